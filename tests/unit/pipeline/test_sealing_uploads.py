from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wardline.errors import StorageFullError, UnknownMasterKeyError, VaultUnavailableError, WardlineError
from wardline.pipeline import sealing_uploads
from wardline.records import AlarmKind
from wardline.testing.harness import Line


class Refusing:
    """A vault that takes nothing for a while."""

    def __init__(self, vault: Any, error: WardlineError) -> None:
        self._vault = vault
        self.error: WardlineError | None = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._vault, name)

    def seal(self, *what: Any) -> None:
        if self.error is not None:
            raise self.error
        self._vault.seal(*what)


def told(line: Line) -> list[str]:
    return [
        each.message
        for each in line.store.open_alarms()
        if (each.kind, each.subject_id) == (AlarmKind.WORK_FAILED, sealing_uploads.VAULT)
    ]


@pytest.mark.parametrize("kind", [VaultUnavailableError, StorageFullError, UnknownMasterKeyError])
def test_somebody_hears_of_a_vault_that_takes_nothing_until_it_takes_something(
    tmp_path: Path, kind: type[WardlineError]
) -> None:
    with Line(tmp_path) as line:
        vault: Any = Refusing(line.parts.vault, kind("vault: takes nothing, expected it to"))
        line.wardline.parts = replace(line.parts, vault=vault)
        for _ in range(2):
            with pytest.raises(kind):
                line.submit(b"no picture", flag="spam")
        (message,) = told(line)
        assert kind.code in message
        vault.error = None
        line.submit(b"no picture", flag="spam")
        assert told(line) == []


def test_an_alarm_that_cannot_be_raised_hides_no_error_of_the_vault(line: Line) -> None:
    class Away:
        def __getattr__(self, name: str) -> Any:
            raise StorageFullError("store: no space left, expected room")

    vault: Any = Refusing(line.parts.vault, VaultUnavailableError("vault: away, expected it there"))
    store: Any = Away()
    parts = replace(line.parts, vault=vault, store=store)
    with pytest.raises(VaultUnavailableError):
        sealing_uploads.seal(parts, "item-1", b"x")

"""Where an installation's evidence lies, as far as its settings say it: compared when a back-up is restored, and when evidence is copied."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from wardline import ports
from wardline.errors import ConfigurationError
from wardline.settings import Settings
from wardline.wiring.disk_errors import translated

IN_A_FOLDER = "directory"
_IN_A_BUCKET = "s3"
USUAL_PREFIX = "wardline/"
"""Of the names in a bucket where the settings say none, as the vault has it."""
_STATED = "vault.place"
"""File in the data folder that says in which vault all the evidence is."""
_VAULT = "vault"


def place_of(chosen: Settings) -> dict[str, str]:
    """Give the place of a vault in a bucket. Empty for one in the data folder, and for one that is none of ours: which of its options are a
    place is not known here, so that its name alone is compared."""
    kept = chosen.preservation
    return _in_a_bucket(kept.vault_options) if kept.vault == _IN_A_BUCKET else {}


def _in_a_bucket(options: Mapping[str, str]) -> dict[str, str]:
    """Say where a bucket is, spelled as places are compared; no secret, and nothing of how it is asked. Not checked."""
    endpoint = options.get("endpoint", "").strip().rstrip("/").lower()
    for scheme, port in (("https://", ":443"), ("http://", ":80")):
        if endpoint.startswith(scheme):
            endpoint = endpoint.removesuffix(port)
    return {
        "endpoint": endpoint,
        "bucket": options.get("bucket", ""),
        "prefix": options.get("prefix", USUAL_PREFIX),
    }


def require_same_place(backup_id: str, said: Mapping[str, Any], chosen: Settings) -> None:
    """Require that the settings name the place in which the evidence of a back-up lies. One of before places were written down says none.

    Raises:
        ConfigurationError: They name another one.
    """
    then, now = said.get("vault_place"), place_of(chosen)
    if then is None or then == now:
        return
    names = [each for each in sorted({*then, *now}) if then.get(each) != now.get(each)]
    differs = "; ".join(
        f"{each} {now.get(each, 'none')}, expected {then.get(each, 'none')}" for each in names
    )
    raise ConfigurationError(
        f"back-up {backup_id}: its evidence lies elsewhere than the settings say: {differs}",
        remedy="Correct [preservation.vault_options]. If the evidence itself was moved or copied there, say --evidence-elsewhere.",
    )


def any_place(_backup_id: str, _said: Mapping[str, Any], _chosen: Settings) -> None:
    """Take whatever place the settings name: somebody says that the evidence was brought there."""


def stated(chosen: Settings) -> dict[str, Any] | None:
    """Read in which vault all the evidence of an installation is; None where nothing says so yet."""
    try:
        said: dict[str, Any] = json.loads((chosen.data / _STATED).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise ConfigurationError(
            f"data/{_STATED}: cannot be read, expected the name of the vault that holds the evidence"
        ) from None
    return said


def begin_closing(chosen: Settings, others: Settings) -> None:
    """Say that what is in the vault of these settings is being copied to that of others. Whoever seals something there takes that back."""
    with _locked(chosen):
        _write(chosen, _closing(chosen, others))


def close(chosen: Settings, others: Settings) -> bool:
    """Say that all the evidence is in the vault that the other settings name, unless something was sealed in that of these meanwhile; gives
    whether it is so."""
    with _locked(chosen):
        if _read(chosen) != _closing(chosen, others):
            return False
        _write(chosen, _text(others))
        return True


def state(chosen: Settings) -> None:
    """Say that all the evidence is in the vault that these settings name, durably."""
    with _locked(chosen):
        _write(chosen, _text(chosen))


def is_stated(chosen: Settings) -> bool:
    """Say whether the evidence is said to be in the vault that these settings name."""
    return _read(chosen) == _text(chosen)


def anywhere(_chosen: Settings) -> None:
    """Take whatever vault the settings name: for what copies evidence from one to another."""


def require_evidence_here(chosen: Settings) -> None:
    """Require that the settings name the vault that holds the evidence.

    Raises:
        ConfigurationError: It is said to be in another one, or sealed files lie in the data folder beside a vault that is elsewhere.
    """
    said = stated(chosen)
    if said is None:
        in_a_folder = chosen.preservation.vault == IN_A_FOLDER
        if not in_a_folder and any((chosen.data / _VAULT).glob("*/*.sealed")):
            # They would be called destroyed when their time is over, and lie there for ever.
            raise ConfigurationError(
                f"vault {chosen.preservation.vault}: sealed files lie in data/vault, expected none there",
                remedy='Set preservation.vault back to "directory" and copy the evidence: docs/how-to/keep-evidence-in-s3.md.',
            )
    elif {each: said.get(each) for each in _said(chosen)} != _said(chosen):
        where = " ".join([str(said.get("vault")), *map(str, dict(said.get("place", {})).values())])
        raise ConfigurationError(
            f"vault {chosen.preservation.vault}: the evidence is in the vault {where}, expected the settings to name that one",
            remedy="Correct [preservation] in wardline.toml, or copy the evidence: docs/how-to/keep-evidence-in-s3.md.",
        )


def _said(chosen: Settings) -> dict[str, Any]:
    return {"vault": chosen.preservation.vault, "place": place_of(chosen)}


def _text(chosen: Settings) -> bytes:
    return json.dumps(_said(chosen), sort_keys=True).encode()


def _closing(chosen: Settings, others: Settings) -> bytes:
    return json.dumps({**_said(chosen), "closing": _said(others)}, sort_keys=True).encode()


def _read(chosen: Settings) -> bytes | None:
    try:
        return (chosen.data / _STATED).read_bytes()
    except FileNotFoundError:
        return None


def _write(chosen: Settings, content: bytes) -> None:
    path, written = chosen.data / _STATED, chosen.data / f"{_STATED}.new"
    with os.fdopen(
        os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb"
    ) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    written.rename(path)


@contextmanager
def _locked(chosen: Settings) -> Iterator[None]:
    """Let nobody else say anything meanwhile; what was said is durable afterwards."""
    with translated("vault, where its evidence is"):
        folder = os.open(chosen.data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
            os.fsync(folder)
        finally:
            os.close(folder)


class StatedVault:
    """A vault that says, after it sealed something, that the evidence is in it: whoever copied all of it away before has to copy again.

    Args:
        inner: The vault that the settings name.
        chosen: The settings.
    """

    def __init__(self, inner: ports.Vault, chosen: Settings) -> None:
        self.inner, self._chosen, self._mine = inner, chosen, _text(chosen)

    def seal(self, object_id: str, purpose: str, content: bytes) -> None:
        """Store content durably. See ``ports.Vault``."""
        self.inner.seal(object_id, purpose, content)
        if _read(self._chosen) != self._mine:
            state(self._chosen)

    def open(self, object_id: str, purpose: str) -> bytes:
        """Give the content back. See ``ports.Vault``."""
        return self.inner.open(object_id, purpose)

    def destroy(self, object_id: str, purpose: str) -> None:
        """Make the content unreadable for good. See ``ports.Vault``."""
        self.inner.destroy(object_id, purpose)

    def rewrap(self, object_id: str, purpose: str) -> bool:
        """Put an object's data key under the newest master key. See ``ports.Vault``."""
        return self.inner.rewrap(object_id, purpose)

    def inventory(self) -> Iterator[tuple[str, str, datetime]]:
        """Give each object's id, purpose and sealing time. See ``ports.Vault``."""
        return self.inner.inventory()

    def __getattr__(self, name: str) -> Any:
        """Give what else the vault can do: be examined."""
        return getattr(self.inner, name)

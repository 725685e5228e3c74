"""Evidence that comes in is sealed; where the vault does not take it, uploads are refused and somebody hears of it."""

from __future__ import annotations

from contextlib import suppress

from wardline.errors import StorageFullError, StoreUnavailableError, UnknownMasterKeyError, WardlineError
from wardline.pipeline import alarms
from wardline.pipeline.parts import ORIGINAL, Parts
from wardline.records import AlarmKind

VAULT = "vault"
"""What the alarm is about."""


def seal(parts: Parts, item_id: str, content: bytes) -> None:
    """Seal a file. Whatever the vault raises comes through, also where nobody can be told of it, for the store may be on the same disk."""
    try:
        parts.vault.seal(item_id, ORIGINAL, content)
    except (StorageFullError, StoreUnavailableError, UnknownMasterKeyError) as error:
        with suppress(WardlineError):
            alarms.raise_alarm(parts, AlarmKind.WORK_FAILED, VAULT, (
                f"The vault takes no evidence ({error.code}): uploads that have to be looked at are refused, and not lost where the platform sends them again. "
                "Run `wardline check`."
            ))  # fmt: skip
        raise
    takes_again(parts)


def takes_again(parts: Parts) -> None:
    """Close the alarm, if one is open."""
    with suppress(WardlineError):
        alarms.resolve_about(parts, AlarmKind.WORK_FAILED, VAULT)

"""The care of hash lists: their syncs, entries that are held, and counts that show when something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_utc
from wardline.records.ids import require_id


class HoldCause(StrEnum):
    """Why an entry is held."""

    CANARY = "canary"
    """It is near a picture that is known to be harmless."""
    TOO_MANY = "too-many"
    """It suddenly matched far more uploads than an entry does."""
    BY_HAND = "by-hand"
    """Somebody doubts it."""
    OVERTURNED = "overturned"
    """A decision that followed from it was overturned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntry:
    """An entry of a hash list that nobody may rely on: what it matches goes to a person, and nothing is restricted for it."""

    id: str
    list_id: str
    entry_id: str
    cause: HoldCause
    held_at: datetime
    held_by: str
    """User id, or ``"system"``."""
    released_at: datetime | None = None
    """When a person said that the entry is right after all."""
    released_by: str | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("held-entry", self.id)
        require_utc("held_at", self.held_at)
        require_utc("released_at", self.released_at)
        if (self.released_at is None) != (self.released_by is None):
            raise InputError(f"{self.id}: expected both a time and a person of its release, or none")


class SyncState(StrEnum):
    WAITING = "waiting"
    """Due, and not at its end."""
    DONE = "done"
    REFUSED = "refused"
    """Nothing of it was taken over, or no more than what was before; see ``problem``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSync:
    """One reading of a list's exchange, from where the last one ended to the end."""

    id: str
    list_id: str
    asked_at: datetime
    asked_by: str
    """User id, or ``"system"`` for the schedule."""
    state: SyncState = SyncState.WAITING
    ended_at: datetime | None = None
    pages: int = 0
    added: int = 0
    marked: int = 0
    """Entries that are of another category now."""
    removed: int = 0
    malformed: int = 0
    """Entries that were skipped."""
    unknown: int = 0
    """Withdrawals of entries that were not there."""
    problem: str | None = None
    """Why it was refused, or why the newest try failed; the error's code."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("list-sync", self.id)
        require_utc("asked_at", self.asked_at)
        require_utc("ended_at", self.ended_at)


class Tallied(StrEnum):
    """What is counted of lists and entries, by day."""

    MATCHED = "matched"
    """Uploads that were kept for it."""
    PREVIEWED = "previewed"
    """Uploads that it would have been kept for, were the list not in preview."""
    CLEARED = "cleared"
    """Uploads that were near it, and on a negative list."""
    CONFIRMED = "confirmed"
    """Decisions that the match was right."""
    DENIED = "denied"
    """Decisions that it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A count of one list, or of one entry of it, on one day (UTC). As a change, it adds: no entry of its own in the log."""

    list_id: str
    day: date
    what: Tallied
    entry_id: str = ""
    """Empty for the list as a whole."""
    count: int = 1

    def __post_init__(self) -> None:
        require_range("tally count", self.count, 0, 2**62)

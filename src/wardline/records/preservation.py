"""What others ask of the evidence: that it is preserved, and that it is destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id

MOST_PRESERVED = 5_000
"""Files that one request may be about; more are asked for in parts."""
LONGEST_PARTY = 200
LONGEST_WHY = 2_000
"""Characters."""


class PreservationBasis(StrEnum):
    """Why something is preserved that would not be kept, or not for so long."""

    US_REQUEST = "us-2703f"
    """A governmental entity asks for it: 90 days, and 90 more for a renewed request. Source: 18 USC 2703(f)."""
    ORDER = "order"
    """A court's or an authority's order or notice, until the date that it names."""
    VOLUNTARY = "voluntary"
    """Longer than the year after a report, to reduce the proliferation of such material and prevent exploitation. Source: 18 USC
    2258A(h)(5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: an agency, its own reference, and the officer to write to."""

    agency: str
    reference: str
    contact: str

    def __post_init__(self) -> None:
        require_text("agency", self.agency, most=LONGEST_PARTY)
        require_text("reference", self.reference, most=LONGEST_PARTY)
        require_text("contact", self.contact, most=LONGEST_PARTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A later end."""

    at: datetime
    by: str
    """The id of the person who recorded it."""
    until: datetime
    reason: str

    def __post_init__(self) -> None:
        require_utc("at", self.at)
        require_utc("until", self.until)
        require_text("reason", self.reason, most=LONGEST_WHY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preservation:
    """One request to preserve. What it keeps is said by its holds, one a file."""

    id: str
    basis: PreservationBasis
    asker: Asker
    received_at: datetime
    """When it arrived; its period is counted from here."""
    until: datetime
    account_reference: str = ""
    """Whose content is meant, if that was how it was asked; empty otherwise."""
    case_ids: tuple[str, ...] = ()
    """Cases whose records and account are kept meanwhile."""
    item_ids: tuple[str, ...] = ()
    """Files that were sealed when it was recorded, and are held since."""
    gone: tuple[str, ...] = ()
    """Files of these cases that had been destroyed before it was recorded."""
    recorded_by: str
    recorded_at: datetime
    extensions: tuple[Extension, ...] = ()
    ended_at: datetime | None = None
    """When whoever asked withdrew it; None also for one whose time ran out."""
    ended_by: str | None = None
    why_ended: str | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("preservation", self.id)
        for name in ("received_at", "until", "recorded_at", "ended_at"):
            require_utc(name, getattr(self, name))
        if self.account_reference:
            require_text("account_reference", self.account_reference, most=255)
        require_range("files", len(self.item_ids) + len(self.gone), 0, MOST_PRESERVED)
        if self.why_ended is not None:
            require_text("why_ended", self.why_ended, most=LONGEST_WHY)

    def holds_at(self, now: datetime) -> bool:
        """Say whether it still asks for anything."""
        return self.ended_at is None and now < self.until


class DestructionState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    """Two people agreed; it is being carried out."""
    REFUSED = "refused"
    STOPPED = "stopped"
    """Something holds a file that nobody had been told of. Nothing more was destroyed; it has to be proposed again."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyedFile:
    """One file that is gone."""

    item_id: str
    sha256: str | None
    """Of the content, in hexadecimal, computed in memory just before; None where it could not be opened any more."""
    size_bytes: int
    at: datetime

    def __post_init__(self) -> None:
        require_id("item", self.item_id)
        require_utc("at", self.at)
        if self.sha256 is not None and (len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef")):
            raise InputError("sha256: malformed, expected 64 hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """One request to destroy evidence for good, before its time. Two people decide. Source: 18 USC 2258B(c)(3)."""

    id: str
    asker: Asker
    reason: str
    received_at: datetime
    item_ids: tuple[str, ...]
    despite: tuple[str, ...] = ()
    """Holds that still ran when it was proposed, and that both people were told of."""
    proposed_by: str
    proposed_at: datetime
    state: DestructionState = DestructionState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    destroyed: tuple[DestroyedFile, ...] = ()
    done_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("destruction", self.id)
        require_text("reason", self.reason, most=LONGEST_WHY)
        require_range("files", len(self.item_ids), 1, MOST_PRESERVED)
        for name in ("received_at", "proposed_at", "decided_at", "done_at"):
            require_utc(name, getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Nothing is sent and nothing destroyed: this may be a copy of an installation that still runs."""

    id: str
    raised_at: datetime
    why: str
    """A fixed phrase."""
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("fence", self.id)
        require_text("why", self.why, most=LONGEST_WHY)
        require_utc("raised_at", self.raised_at)
        require_utc("lifted_at", self.lifted_at)

"""Referrals: one report to one authority, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_utc
from wardline.records.ids import require_id


class ReferralState(StrEnum):
    """Where a referral stands. Every state is durable before the remote call that leaves it."""

    DRAFT = "draft"
    """Built and checked; nothing sent."""
    OPENING = "opening"
    """A submit may have been sent; its answer is not stored yet."""
    OPENED = "opened"
    """The authority's report id is stored; files are being attached."""
    FINISHING = "finishing"
    """All files are attached; a finish may have been sent."""
    RETRACTING = "retracting"
    """Something was uncertain: the open report is withdrawn before a new one is opened."""
    FINISHED = "finished"
    """The receipt is stored."""
    NEEDS_HUMAN = "needs-human"
    """Wardline will not guess: a person looks, an alarm is raised."""
    WITHDRAWN = "withdrawn"
    """Its decision was overturned before it was filed: nothing of it was reported, and nothing will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFile:
    """How far one file has got."""

    item_id: str
    remote_file_id: str | None = None
    described: bool = False
    """True when its details were accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    id: str
    case_id: str
    decision_id: str
    authority: str
    """Name of the adapter: ``"ncmec"``."""
    environment: str
    """``"sandbox"``, ``"test"`` or ``"production"``."""
    state: ReferralState
    created_at: datetime
    files: tuple[ReferralFile, ...]
    remote_id: str | None = None
    """The authority's id of the open or finished report."""
    orphans: tuple[str, ...] = ()
    """Remote reports that were opened and given up, for the log."""
    in_flight: bool = False
    """True while a call may be on its way: after a crash its outcome is unknown."""
    attempts: int = 0
    """Failed calls since the last that succeeded."""
    problem: str | None = None
    """What went wrong last, in a fixed phrase."""
    finished_at: datetime | None = None
    version: int = 1
    corrects: str | None = None
    """Id of the finished referral that this one corrects; None for one that reports something."""

    def __post_init__(self) -> None:
        require_id("referral", self.id)
        require_utc("created_at", self.created_at)
        require_utc("finished_at", self.finished_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityAnswer:
    """What an authority answered to one call."""

    remote_id: str | None
    """Report id, or file id after an upload."""
    request_id: str | None
    """The authority's id of this exchange, wanted by its support."""
    body: bytes
    """The answer exactly as received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The authority's final answer, byte for byte. It starts the preservation period."""

    id: str
    referral_id: str
    remote_id: str
    received_at: datetime
    body: bytes
    original: bool = True
    """False when the answer to the finishing call was lost and this is the authority's later confirmation that the report is finished."""

    def __post_init__(self) -> None:
        require_id("receipt", self.id)
        require_utc("received_at", self.received_at)

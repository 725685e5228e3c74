"""Holds: what is kept, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_utc
from wardline.records.ids import require_id


class HoldBasis(StrEnum):
    PROVISIONAL = "provisional"
    """Quarantine from triage until a decision takes effect."""
    REPORTED = "reported"
    """The content of a report. Source: 18 USC 2258A(h)(1), one year after submission."""
    REQUESTED = "requested"
    """Somebody asked that it is preserved; the request says who, why and until when."""


class HoldState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"
    """It keeps nothing any more; the evidence is destroyed unless another hold keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A reason to keep one item's file."""

    id: str
    item_id: str
    case_id: str
    basis: HoldBasis
    placed_at: datetime
    until: datetime
    """Kept at least until here; destroyed only afterwards and never by itself while a case is open."""
    state: HoldState = HoldState.ACTIVE
    referral_id: str | None = None
    version: int = 1
    preservation_id: str | None = None
    """The request that it is for."""

    def __post_init__(self) -> None:
        require_id("hold", self.id)
        require_utc("placed_at", self.placed_at)
        require_utc("until", self.until)

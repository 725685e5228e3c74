"""Random audits: uploads that were drawn uniformly by lot, so that it is known how good machine and people are on everything there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wardline.records.checks import require_text, require_utc
from wardline.records.ids import require_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomAudit:
    """One upload that the lot fell on. Whoever judges its case does not learn of it."""

    id: str
    case_id: str
    item_id: str
    scope: str
    """The automation scope in the settings, 1 to 64 characters."""
    drawn_at: datetime
    expires_at: datetime
    """Nothing is kept for the audit's sake any longer than this."""
    alone: bool
    """Nothing else pointed at it: it was released, and the sealed copy is there for the audit only."""
    ended_at: datetime | None = None
    """It was judged, or its time was over."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("random-audit", self.id)
        require_text("scope", self.scope, most=64)
        require_utc("drawn_at", self.drawn_at)
        require_utc("expires_at", self.expires_at)
        require_utc("ended_at", self.ended_at)

"""Figures: counts and times of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wardline.records.checks import require_range, require_utc


class Step(StrEnum):
    """What is counted. Releases exist only here: nothing else is written about them."""

    ITEMS_RECEIVED = "items_received"
    ITEMS_RELEASED = "items_released"
    ITEMS_MATCHED = "items_matched"
    ITEMS_UNSCANNABLE = "items_unscannable"
    ITEMS_FLAGGED = "items_flagged"
    ITEMS_SCORED = "items_scored"
    """Detectors were asked, and a score came of it."""
    AUDITS_DRAWN = "audits_drawn"
    ITEMS_CLEARED = "items_cleared"
    """Released by the machine under a certificate; counted among the releases too."""
    ITEMS_ACTED = "items_acted"
    """Restricted by the machine under a certificate."""
    INCIDENTS_TOLD = "incidents_told"
    """Incidents without a file, in words; the same one told again is not counted again."""
    CASES_OPENED = "cases_opened"
    CASES_DECIDED = "cases_decided"
    REVEALS = "reveals"
    ACTIONS_TAKEN = "actions_taken"
    REFERRALS_FILED = "referrals_filed"
    FILES_REPORTED = "files_reported"
    """Files in the reports that were filed; several decisions about one account may be one report."""
    RECEIPTS_STORED = "receipts_stored"
    HOLDS_PLACED = "holds_placed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """How often a step happened on a day (UTC)."""

    day: date
    step: Step
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationFigure:
    """How long a step took, over the period."""

    name: str
    """``"case opened to decided"`` and the like."""
    count: int
    median_seconds: float
    p90_seconds: float
    longest_seconds: float

    def __post_init__(self) -> None:
        require_range("count", self.count, 1, 2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The statistical report of a period."""

    first_day: date
    last_day: date
    """Inclusive, UTC."""
    counts: tuple[StepCount, ...]
    durations: tuple[DurationFigure, ...]
    made_at: datetime

    def __post_init__(self) -> None:
        require_utc("made_at", self.made_at)

    def total(self, step: Step) -> int:
        """The sum over all days."""
        return sum(count.count for count in self.counts if count.step is step)

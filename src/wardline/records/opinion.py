"""Opinions: what several people said about one case, none of them knowing what the others said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.case import Stage
from wardline.records.checks import require_text, require_utc
from wardline.records.ids import require_id


class OpinionReason(StrEnum):
    """Why another person's opinion is wanted."""

    ASKED = "asked"
    """The first person asked for it."""
    GRAVEST = "gravest"
    """Category A: always."""
    AUDIT = "audit"
    """The upload was drawn by lot when it came in."""
    RANDOM = "random"
    """Drawn by lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One person's answer about a case that several people judge, and what the case was settled with."""

    id: str
    case_id: str
    decision_id: str
    user_id: str
    at: datetime
    """When the decision was made."""
    stage: Stage
    """Which one it was: the first, the second, or one that decides between others."""
    reason: OpinionReason
    """Why several people judge; the same for all opinions about one matter."""
    answer: str
    """Outcome, and for a violation the category of each file: what has to be the same for two people to agree."""
    in_effect: bool = False
    """The decision took effect before the case was settled."""
    restricts: bool = False
    """It hid content that was visible until then."""
    settled_at: datetime | None = None
    settled: str | None = None
    """The answer that the case was settled with; None where nobody was left to give another opinion."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("opinion", self.id)
        require_utc("at", self.at)
        require_utc("settled_at", self.settled_at)
        require_text("answer", self.answer, most=20_000)

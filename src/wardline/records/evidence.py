"""Evidence: what a frozen score said of an item whose truth is known, and what one person, who knew neither, said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id


class Truth(StrEnum):
    """The adjudicated label."""

    VIOLATING = "violating"
    INNOCENT = "innocent"


class Channel(StrEnum):
    """How an item came to be judged."""

    AUDIT = "audit"
    """Drawn uniformly by lot from everything in the scope, whatever the score."""
    VERIFIED_LIST = "verified-list"
    """The same as an entry of a verified list; it was scored all the same."""
    USER_FLAG = "user-flag"
    TRUSTED_FLAGGER = "trusted-flagger"
    POLICE = "police"
    NEAR_THRESHOLD = "near-threshold"
    """Drawn because of its score: good for moving a grid and for estimates, never for certifying or watching."""


class Part(StrEnum):
    """What a piece of evidence may be used for. Drawn by lot when it is recorded, so that caps and thresholds never share one."""

    CAPS = "caps"
    """How often people are wrong."""
    THRESHOLDS = "thresholds"


class Disposal(StrEnum):
    """What became of the item when it came in."""

    CLEARED = "cleared"
    """The machine released it under a certificate."""
    ACTED = "acted"
    """The machine acted on it under a certificate."""
    LEFT = "left"
    """The machine decided nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One judged item. It names no account and holds no hash."""

    id: str
    source_id: str
    """The audit or case whose judgements it rests on; one piece of evidence for each source, score and scope."""
    scope: str
    """The automation scope in the settings that the upload fell into, 1 to 64 characters."""
    detector: str
    """Of the one score that counts for the scope: a detector's name, or that of the combination."""
    detector_version: str
    score: float
    """As at intake, 0 to 1."""
    scored_at: datetime
    """Aware UTC: when the item came in."""
    recorded_at: datetime
    """Aware UTC: when its truth was settled."""
    channel: Channel
    truth: Truth
    person_was_right: bool
    """Whether the one person who was drawn to stand for people gave the adjudicated answer, blind to the score and to the others."""
    judges: int
    """How many people judged it, 2 and up."""
    part: Part
    disposal: Disposal = Disposal.LEFT
    certificate_id: str | None = None
    """Under which the machine decided; None when it was left to people. The watch over that certificate goes by what was done as well as by the
    score: an item that was decided, though by its score it should not have been, counts against it too."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("evidence", self.id)
        require_text("scope", self.scope, most=64)
        require_text("detector", self.detector, most=100)
        require_text("detector_version", self.detector_version, most=200)
        require_range("score", self.score, 0.0, 1.0)
        require_utc("scored_at", self.scored_at)
        require_utc("recorded_at", self.recorded_at)
        require_range("judges", self.judges, 2, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCount:
    """How many pieces of evidence are alike in all that may be counted without looking at a score."""

    channel: Channel
    truth: Truth
    part: Part
    person_was_right: bool
    count: int

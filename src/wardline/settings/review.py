"""The moderators' day, as far as an installation sets it."""

from __future__ import annotations

from dataclasses import dataclass, field

from wardline.review import Weights
from wardline.settings.wellbeing import WellbeingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    lease_minutes: float = 15.0
    """How long a claim lasts without renewal."""
    undo_seconds: float = 60.0
    """How long a decision may be taken back before it takes effect."""
    look_ahead_hours: float = 24.0
    """Until when capacity is expected back: harm until then counts in the order of the queue."""
    oldest_percent: float = 5.0
    """So many of the cases that are handed out are the oldest, whatever the order says."""
    weights: Weights = field(default_factory=Weights)
    wellbeing: WellbeingSettings = field(default_factory=WellbeingSettings)

"""The moderators' day, as far as an installation sets it."""

from __future__ import annotations

from dataclasses import dataclass, field

from wardline.review import CalibrationLimits, Order, QueueRule, Targets, Weights
from wardline.settings.clusters import ClusterSettings
from wardline.settings.opinions import GoldenSettings, OpinionSettings
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
    """So many of the cases that are handed out come whatever the order says: half of them the oldest, half drawn by lot."""
    order: Order = Order.HARM
    """``"harm"``: by the harm that is avoided; ``"score"``: the likeliest violation first."""
    restricted_most_days: float = 7.0
    """Content that is hidden for longer without a decision goes first, and leads hear of it."""
    restricted_percent: float = 50.0
    """So many of the cases that are handed out are such, while there are any."""
    restore_unverified: bool = False
    """Show it again by itself then, where no verified list knows it."""
    weights: Weights = field(default_factory=Weights)
    targets: Targets = field(default_factory=Targets)
    calibration: CalibrationLimits = field(default_factory=CalibrationLimits)
    queues: tuple[QueueRule, ...] = ()
    """Beside the general one, in the order in which a case is tried on them."""
    clusters: ClusterSettings = field(default_factory=ClusterSettings)
    opinions: OpinionSettings = field(default_factory=OpinionSettings)
    golden: GoldenSettings = field(default_factory=GoldenSettings)
    wellbeing: WellbeingSettings = field(default_factory=WellbeingSettings)

"""Why a case is more urgent than another: how likely, how grave, how many see it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.category import Category
from wardline.records.checks import require_range


class Lane(StrEnum):
    """How long content is looked at after it was posted. Within a lane the order of cases never changes with time."""

    HOURS = "hours"
    """Gone or forgotten within the day: a live stream, a story, a chat."""
    DAYS = "days"
    """A post in a feed."""
    WEEKS = "weeks"
    """What stays in its place: an avatar, a profile."""

    @property
    def decay_hours(self) -> float:
        """Hours in which the views in an hour fall to 1/e. Turns that are stored rest on these, so they are no settings."""
        return _DECAY_HOURS[self]


_DECAY_HOURS = {Lane.HOURS: 6.0, Lane.DAYS: 48.0, Lane.WEEKS: 720.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How likely it is that a case turns out to be what; the rest to 1 is that nothing is wrong."""

    a: float
    """Probability of the scale's A, 0 to 1."""
    b: float
    """Of its B, 0 to 1."""
    other: float
    """Of any other violation, 0 to 1."""

    def __post_init__(self) -> None:
        for field in ("a", "b", "other"):
            require_range(field, getattr(self, field), 0.0, 1.0)
        require_range("odds", self.violation, 0.0, 1.0)

    @property
    def violation(self) -> float:
        """Probability that it is any of these."""
        return round(self.a + self.b + self.other, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """The three factors that decide the order. Source: Ofcom, Illegal content Codes of Practice for user-to-user services, ICU C5."""

    odds: Odds
    """Likelihood, and with the letters severity."""
    category: Category | None
    """Severity in the words of the list that knows it; None where no list says."""
    views_per_hour: float
    """Virality, when the case was opened; 0 and up."""
    views_known: bool
    """False where the platform did not say, and the settings' number stands in."""
    odds_known: bool = True
    """False where nothing says how likely it is, as of an incident in words: the mix of what people flag stands in."""

    def __post_init__(self) -> None:
        require_range("views_per_hour", self.views_per_hour, 0.0, MOST_VIEWS_PER_HOUR)


MOST_VIEWS_PER_HOUR = 1e9
"""Nothing is seen more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a case stands in the order, as numbers that no time changes; see ``kernels.queueing.turns``. The smaller, the sooner."""

    lane: Lane
    views_turn: float | None
    """For the harm of views, within the lane; None for no views."""
    delay_turn: float | None
    """For the harm of waiting itself, among all lanes; None for none."""

    def __post_init__(self) -> None:
        if any(turn is not None and not math.isfinite(turn) for turn in (self.views_turn, self.delay_turn)):
            raise InputError("place: a turn is no number, expected a finite one")

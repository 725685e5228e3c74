"""What counts how much in the order of the queue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """From ``[review.weights]`` in wardline.toml. Units of harm: only their proportions matter.

    The first six are those that the comparison in docs/explanation/queue-order.md was simulated with. They are a judgement, no measurement.
    """

    severity_a: float = 100.0
    """Harm of one view of the scale's A."""
    severity_b: float = 20.0
    """Of its B."""
    severity_other: float = 3.0
    """Of any other violation."""
    delay_a: float = 20.0
    """Harm of each hour in which nobody has reported A, whether or not it is seen."""
    delay_b: float = 2.0
    """The same of B."""
    wrongful_restriction: float = 0.3
    """Harm of each hour in which innocent content is hidden."""
    restricted_exposure_percent: float = 2.0
    """How many of its views content still has that is hidden on the platform."""
    views_per_hour: float = 10.0
    """Of public content of which the platform does not say it."""
    private_views_per_hour: float = 1.0
    """Likewise of private content."""

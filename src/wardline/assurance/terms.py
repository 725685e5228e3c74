"""What is fixed before any evidence is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from wardline.errors import ConfigurationError
from wardline.records import Arm


def _grid() -> tuple[float, ...]:
    # Even in logits, for scores crowd near 0 and 1: from 0.0003 to 0.9997 in steps of a quarter.
    return tuple(1 / (1 + math.exp(-place / 4)) for place in range(-32, 33))


def error_of_try(delta: float, number: int) -> float:
    """Give what a try of one arm may spend of the error of a scope's whole life.

    Half of it belongs to each arm, and over all tries that there may ever be the parts add up to that half: the sum of ``6 / (pi^2 k^2)``
    over all k is 1.

    Args:
        delta: That error, both arms together.
        number: Which try, from 1.
    """
    return delta / 2 * 6 / (math.pi**2 * number**2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """From ``[automation]`` in wardline.toml. A change of any of these starts cold."""

    delta: float = 0.05
    """How often a scope may, in its whole life, be given a certificate that does not keep its cap; both arms and all tries together."""
    clear_cap: float = 0.005
    """Largest share of violating items that may be cleared although a person would have caught them."""
    act_cap: float = 0.0005
    """Largest share of innocent items that may be acted on although a person would have cleared them."""
    grid: tuple[float, ...] = field(default_factory=_grid)
    """Thresholds in rising order."""
    channel_level: float = 0.01
    """How often channels that do not differ may be refused."""
    alarm_level: float = 0.05
    """How often a watch may suspend a certificate that keeps its cap, in the certificate's whole life."""

    def __post_init__(self) -> None:
        for name in ("delta", "clear_cap", "act_cap", "channel_level", "alarm_level"):
            if not 0 < getattr(self, name) < 1:
                raise ConfigurationError(
                    f"automation.{name}: {getattr(self, name)}, expected above 0 and below 1"
                )
        rising = all(one < other for one, other in zip(self.grid, self.grid[1:], strict=False))
        if not self.grid or not rising or not 0 < self.grid[0] <= self.grid[-1] < 1:
            raise ConfigurationError(
                "automation.grid: not rising, expected thresholds in rising order, above 0 and below 1"
            )

    def policy_cap(self, arm: Arm) -> float:
        """Give the largest cap of an arm."""
        return self.clear_cap if arm is Arm.CLEAR else self.act_cap

    def error_level(self, number: int) -> float:
        """Give what a try of one arm may spend, the first being number 1."""
        return error_of_try(self.delta, number)

"""What a machine may decide alone, as far as an installation sets it. A change of any of these starts cold: see docs/how-to/certify-an-arm.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from wardline import assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationSettings:
    delta_percent: float = 5.0
    """How often a scope may, in its whole life, be given a certificate that does not keep its cap; both arms and all tries together."""
    clear_cap_percent: float = 0.5
    """Of all violating items, at most so many may be cleared although a person would have caught them."""
    act_cap_percent: float = 0.05
    """Of all innocent items, at most so many may be acted on although a person would have cleared them."""
    grid_step: float = 0.25
    """Thresholds lie so far apart, in logits, from -8 to 8."""
    certificate_days: float = 180.0
    """A certificate lasts so long, from its proposal on."""
    evidence_days: float = 365.0
    """Older evidence does not count for a certificate."""
    watch_items: int = 10_000
    """How many judged items a watch is made for. Fewer find an error sooner."""
    watch_alarm_percent: float = 5.0
    """How often a watch may suspend a certificate that keeps its cap, in the certificate's whole life."""
    score_shift: float = 0.2
    """Somebody hears of it when the scores of uploads moved so far, 0 to 1. A warning; nothing is switched off."""

    def terms(self) -> assurance.Terms:
        """Give what is fixed before any evidence is looked at."""
        steps = int(8 / self.grid_step)
        return assurance.Terms(
            delta=self.delta_percent / 100, clear_cap=self.clear_cap_percent / 100, act_cap=self.act_cap_percent / 100,
            grid=tuple(1 / (1 + math.exp(-place * self.grid_step)) for place in range(-steps, steps + 1)),
            alarm_level=self.watch_alarm_percent / 100,
        )  # fmt: skip

    def days(self) -> tuple[timedelta, timedelta]:
        """Give how long a certificate lasts, and how old its evidence may be."""
        return timedelta(days=self.certificate_days), timedelta(days=self.evidence_days)

"""Detectors, and where they are asked."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from wardline import assurance
from wardline.triage import ScopeMode


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSettings:
    name: str
    """What scopes call it; stays the same for ever."""
    adapter: str
    """``"http"``, ``"reference"`` (for trials only), or what a package of yours brings."""
    version: str
    """The version that is asked for and no other; another one is another detector, without evidence and without certificate."""
    options: dict[str, str] = field(default_factory=dict)
    """What the adapter takes: docs/reference/settings.md."""
    secret_file: Path | None = None
    max_side: int = 512
    """It is given a rendering whose longer side has at most so many pixels, made in the decode sandbox."""
    send_original: bool = False
    """Give it the file as uploaded instead. What leaves this machine then is the evidence itself; ask counsel first."""
    lowest: float = 0.0
    """The lowest score that it gives."""
    highest: float = 1.0
    """The highest; whatever is outside is no score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSettings:
    name: str
    """Stays the same for ever."""
    surfaces: tuple[str, ...]
    """Where it was posted, in the platform's words; capital letters make no difference. A surface is in one scope at most."""
    detectors: tuple[str, ...]
    """By their names. Several are combined by the mean of their logits."""
    mode: ScopeMode = ScopeMode.REVIEW_ALL
    """``"review_all"``: everything goes to a person; ``"watch"``: a score from ``opens_case_from`` on opens a case."""
    opens_case_from: float = 1.0
    """With ``"watch"`` only."""
    near_hash: bool = False
    """Let how near a list's entry is count as one more part of the score. What a list found is no evidence for that score then."""
    audit_percent: float = 0.0
    """So much of everything that comes in is drawn by lot, kept sealed for 14 days at most, and judged blind."""
    caps_percent: float = 25.0
    """So much of the evidence is only used to learn how often people are wrong, and never to choose a threshold."""
    calibration_scores: tuple[float, ...] = ()
    """Scores, rising, whose probabilities are known; for the order of the queue only."""
    calibration_probabilities: tuple[float, ...] = ()
    """The probability of a violation at each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationSettings:
    """What a machine may decide alone. A change of any of these starts cold, but for the days: see docs/how-to/certify-an-arm.md."""

    scopes: tuple[ScopeSettings, ...] = ()
    """Without any, no detector is asked."""
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

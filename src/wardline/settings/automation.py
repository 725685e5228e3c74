"""Detectors, and where they are asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

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
    scopes: tuple[ScopeSettings, ...] = ()
    """Without any, no detector is asked."""

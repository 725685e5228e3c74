"""Strikes, appeals, flags and what people are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wardline.enforcement import Statements


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeSettings:
    category_a: int = 4
    """Weight of a violation of the scale's A."""
    category_b: int = 4
    """Of its B."""
    other_rule: int = 1
    """Of content that breaks the platform's own rules; 0: no strike."""
    expire_days: float = 365.0
    """How long a strike counts."""
    warn_at: int = 1
    """The sum of strikes that warns an account; 0: off."""
    suspend_at: int = 3
    """The sum that suspends it; 0: off. A violation suspends anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementSettings:
    strikes: StrikeSettings = field(default_factory=StrikeSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintSettings:
    appeal_days: float = 180.0
    """How long after a decision takes effect it may be appealed."""
    acknowledge_hours: float = 24.0
    """When who complains has heard that it came in; later is an alarm."""
    outcome_days: float = 14.0
    """When who complains has an answer; later is an alarm."""
    statement_of_reasons: Statements = Statements.UNLESS_REFERRED
    """``"never"``, ``"unless-referred"``: not about what is reported to an authority, or ``"always"``. Counsel must confirm."""
    territory: str = ""
    """Where decisions hold, in words, for statements of reasons."""
    terms: str = ""
    """Where the platform's own rules stand, in words."""
    redress: str = ""
    """Other ways than an appeal, in words: bodies for disputes out of court, courts."""
    wording: str = "templates"
    """Who words messages."""
    templates: dict[str, Path] = field(default_factory=dict)
    """Kind of message to a template of your own, relative to wardline.toml."""

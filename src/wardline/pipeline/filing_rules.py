"""The settings of filing, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wardline import referral


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """Whom to telephone in a region when a child may be in danger now."""

    phone: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRules:
    """Clocks, second persons, telephones."""

    clocks: referral.Clocked = field(default_factory=referral.Clocked)
    approval: referral.Approval = field(default_factory=referral.Approval)
    emergency: Mapping[str, Emergency] = field(default_factory=dict)
    """By region, ISO 3166-1 alpha-2."""
    duties: Mapping[str, referral.Duty] = field(default_factory=dict)
    """By region: to whom reports are owed. Where none speaks of a region, the settings' authority gets them."""
    batches: Mapping[str, referral.Agreement] = field(default_factory=dict)
    """By the name of a receiver: what was agreed with it about batched reports. Nothing is batched for any other."""

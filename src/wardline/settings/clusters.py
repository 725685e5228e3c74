"""Files that look alike, as far as an installation sets how they are treated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings:
    audit_percent: float = 5.0
    """So many of the cases that would be decided as an identical file was go to a person instead; 100: all, so that no decision spreads."""

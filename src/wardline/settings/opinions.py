"""Second opinions and files with a known answer, as far as an installation sets them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionSettings:
    gravest: bool = True
    """A decision for category A, or for an incident as grave, always needs a second person."""
    random_percent: float = 5.0
    """So many of all other decisions are judged by a second person too, drawn by lot; they take effect meanwhile."""
    most_hours: float = 12.0
    """A violation waits for agreement so long; then it takes effect alone. Ours, no law's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenSettings:
    percent: float = 0.0
    """After so many of the cases that are handed out comes a file with a known answer. 0: off."""
    violating: bool = False
    """Whether evidence that is lawfully held may be among them, from `wardline golden add-evidence`."""

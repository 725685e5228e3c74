"""One line of a benchmark's result."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from wardline.errors import ConfigurationError

TARGET = "target"
"""What a figure is compared with where no other program does the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure beside what it is compared with."""

    case: str
    ours: float
    peer: str
    """What it is compared with: another program, or the target."""
    theirs: float
    ratio: float
    """Beside a target: ours divided by it. Beside another program: how many times better ours is."""
    unit: str


def row(case: str, ours: float, unit: str, *, peer: str, theirs: float) -> Row:
    """Round the figures and divide them."""
    ratio = ours / theirs if theirs else 0.0
    return Row(
        case=case, ours=round(ours, 3), peer=peer, theirs=round(theirs, 3), ratio=round(ratio, 3), unit=unit
    )


def beside(case: str, ours: float, unit: str, *, named: str, theirs: float, times_better: float) -> Row:
    """Make a row beside another program; four digits are enough for all sizes."""

    def rounded(number: float) -> float:
        return float(f"{number:.4g}")

    return Row(
        case=case,
        ours=rounded(ours),
        peer=named,
        theirs=rounded(theirs),
        ratio=rounded(times_better),
        unit=unit,
    )


def peer(module: str) -> Any:
    """Import another program to measure beside.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"{module.partition('.')[0]}: not installed, expected it to measure beside",
            remedy="Install the peers: pip install 'wardline[bench]'.",
        ) from error

"""One line of a benchmark's result."""

from __future__ import annotations

from dataclasses import dataclass

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
    """Ours divided by theirs."""
    unit: str


def row(case: str, ours: float, unit: str, *, peer: str, theirs: float) -> Row:
    """Round the figures and divide them."""
    ratio = ours / theirs if theirs else 0.0
    return Row(
        case=case, ours=round(ours, 3), peer=peer, theirs=round(theirs, 3), ratio=round(ratio, 3), unit=unit
    )

"""How a count of one period differs from that of another, and how much of it may be the variation of the process alone.

A count of what happened is a full count, not a sample: the interval is about what brings the events about, and a change in what is recorded
can be larger than all of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy import special

from wardline.errors import InputError

PARTS = 12
"""A period is cut into so many parts of nearly the same length, to see how much counts vary by themselves."""
_ONE_DAY = timedelta(days=1)
_TAIL = 0.975


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One count beside another."""

    before: int
    after: int
    percent: int | None
    """The relative change, to whole percent, half up, from the unrounded counts; None from nothing."""
    low_percent: float | None
    """Of the interval, 95 %; None where one of the counts is 0 or the periods are too short to see how counts vary."""
    high_percent: float | None
    spread: float | None
    """How many times more the parts vary than a Poisson process would, 1 and up."""


def change(before: Mapping[date, int], after: Mapping[date, int], *, starts: tuple[date, date], days: int) -> Change:  # fmt: skip
    """Compare two periods of the same length.

    The interval is that of a quasi-Poisson model: the ratio of two counts, widened by how much the parts of each period vary, with Student's
    t for as many degrees of freedom as there are parts, less two.

    Args:
        before: Counts by day, of the earlier period; days without one are 0.
        after: Of the later one.
        starts: The first day of each.
        days: How many days each has, 1 and up.

    Source: McCullagh & Nelder, Generalized Linear Models, 2nd ed. 1989, section 6.2.3.
    """
    if days < 1 or not timedelta(0) < starts[1] - starts[0] or starts[0] + days * _ONE_DAY > starts[1]:
        raise InputError(
            "statistics: periods that overlap, expected the earlier one to end before the later one"
        )
    first, second = _parts(before, starts[0], days), _parts(after, starts[1], days)
    one, other = sum(count for count, _ in first), sum(count for count, _ in second)
    percent = None if one == 0 else math.floor(100 * (other - one) / one + 0.5)
    plain = Change(before=one, after=other, percent=percent, low_percent=None, high_percent=None, spread=None)
    freedom = len(first) + len(second) - 2
    if not one or not other or freedom < 1:
        return plain
    spread = max(1.0, (_pearson(first) + _pearson(second)) / freedom)
    half = float(special.stdtrit(freedom, _TAIL)) * math.sqrt(spread * (1 / one + 1 / other))
    ratio = math.log(other / one)
    low, high = (100 * math.expm1(ratio + sign * half) for sign in (-1, 1))
    return Change(before=one, after=other, percent=percent, low_percent=low, high_percent=high, spread=spread)


def _parts(counts: Mapping[date, int], start: date, days: int) -> list[tuple[int, int]]:
    """Cut a period into parts: the count and the length in days of each."""
    edges = np.linspace(0, days, min(PARTS, days) + 1).round().astype(int).tolist()
    return [
        (sum(counts.get(start + day * _ONE_DAY, 0) for day in range(low, high)), high - low)
        for low, high in itertools.pairwise(edges)
    ]


def _pearson(parts: list[tuple[int, int]]) -> float:
    """Sum how far the parts are from what their lengths let expect, as Pearson's statistic does."""
    total, days = sum(count for count, _ in parts), sum(length for _, length in parts)
    expected = [total * length / days for _, length in parts]
    return sum((count - mean) ** 2 / mean for (count, _), mean in zip(parts, expected, strict=True))

"""Where the bars of a day-by-day chart go. Numbers only: the template draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wardline.adapters.publishers.wording import short_day

WIDTH = 880
HEIGHT = 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 12, 28
_MOST_LABELS = 8
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float
    label: str
    """Below the axis; empty where there is no room."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over an axis that starts at 0."""

    bars: tuple[Bar, ...]
    grid: tuple[tuple[int, float], ...]
    """Values with a line, and how far down it is."""
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    floor: float = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def chart(days: Sequence[date], counts: Sequence[int]) -> Chart:
    """Lay out one bar a day.

    Args:
        days: In order, at least one.
        counts: As many, 0 and up.
    """
    top = _round_up(max(counts))
    floor, room = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    slot = (WIDTH - _LEFT - _RIGHT) / len(days)
    every = math.ceil(len(days) / _MOST_LABELS)
    bars = []
    for number, (one, count) in enumerate(zip(days, counts, strict=True)):
        height = room * count / top
        label = short_day(one) if number % every == 0 else ""
        width = min(slot * 0.72, 48)
        bars.append(
            Bar(one, count, _LEFT + slot * (number + 0.5) - width / 2, floor - height, width, height, label)
        )
    values = sorted({0, top // 2, top} if top % 2 == 0 else {0, top})
    return Chart(tuple(bars), tuple((value, floor - room * value / top) for value in values))


def _round_up(most: int) -> int:
    """Give a round number that is no smaller, and at least 1."""
    if most <= 1:
        return 1
    power: int = 10 ** (len(str(most)) - 1)
    return next(power * step for step in _STEPS if power * step >= most)

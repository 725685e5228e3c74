"""From counters and times to Figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np

from wardline import records
from wardline.errors import InputError


def figures(
    counts: Sequence[records.StepCount],
    durations: Mapping[str, Sequence[float]],
    *,
    first: date,
    last: date,
    now: datetime,
) -> records.Figures:
    """Make the figures of a period, both days inclusive.

    Args:
        counts: How often each step happened on each day.
        durations: Seconds each finished step took, by its name; empty ones are left out, for a median of nothing is no number.
        first: First day, UTC.
        last: Last day, UTC.
        now: When they are made.
    """
    if first > last:
        raise InputError(f"statistics: from {first} to {last}, expected a first day before the last")
    return records.Figures(
        first_day=first, last_day=last, counts=tuple(sorted(counts, key=lambda count: (count.day, count.step))),
        durations=tuple(_duration(name, seconds) for name, seconds in durations.items() if seconds), made_at=now,
    )  # fmt: skip


def _duration(name: str, seconds: Sequence[float]) -> records.DurationFigure:
    median, p90 = np.quantile(np.asarray(seconds, dtype=np.float64), (0.5, 0.9))
    return records.DurationFigure(
        name=name,
        count=len(seconds),
        median_seconds=float(median),
        p90_seconds=float(p90),
        longest_seconds=float(max(seconds)),
    )

"""Two periods compared: whole percent from unrounded counts, and an interval that knows how much counts vary anyhow."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import statistics
from wardline.errors import InputError

FIRST, SECOND = date(2025, 1, 1), date(2026, 1, 1)


def even(total: int, start: date, days: int) -> dict[date, int]:
    """Spread a count over a period as evenly as may be."""
    low, more = divmod(total, days)
    return {start + timedelta(days=day): low + (day < more) for day in range(days)}


def compared(before: int, after: int, days: int = 365) -> statistics.Change:
    return statistics.change(
        even(before, FIRST, days), even(after, SECOND, days), starts=(FIRST, SECOND), days=days
    )


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        (6485, 7279, 12),
        (200, 225, 13),
        (200, 175, -12),
        (100, 100, 0),
        (3, 0, -100),
        (0, 5, None),
        (0, 0, None),
    ],
)
def test_percent_is_whole_and_half_up_from_the_counts(before: int, after: int, percent: int | None) -> None:
    assert compared(before, after).percent == percent


def test_the_interval_of_even_counts_is_a_poissons() -> None:
    found = compared(6485, 7279)
    assert found.spread == 1
    # By hand: log ratio 0.11551, standard error sqrt(1/7279 + 1/6485), t of 22 degrees of freedom 2.0739.
    half = 2.0739 * math.sqrt(1 / 7279 + 1 / 6485)
    expected = [100 * math.expm1(math.log(7279 / 6485) + sign * half) for sign in (-1, 1)]
    assert [found.low_percent, found.high_percent] == pytest.approx(expected, abs=0.01)


def test_counts_that_come_in_bursts_widen_it() -> None:
    bursts = {FIRST + timedelta(days=30 * month): 1081 if month % 2 else 0 for month in range(12)}
    found = statistics.change(bursts, even(7279, SECOND, 365), starts=(FIRST, SECOND), days=365)
    plain = compared(sum(bursts.values()), 7279)
    assert found.spread is not None
    assert found.spread > 10
    assert found.low_percent is not None
    assert plain.low_percent is not None
    assert found.low_percent < plain.low_percent


def test_nothing_is_said_of_what_cannot_be_known() -> None:
    for found in (compared(0, 9), compared(9, 0), compared(9, 9, days=1)):
        assert (found.low_percent, found.high_percent, found.spread) == (None, None, None)


@pytest.mark.parametrize(("starts", "days"), [((SECOND, FIRST), 30), ((FIRST, FIRST), 30), ((FIRST, FIRST + timedelta(days=29)), 30), ((FIRST, SECOND), 0)])  # fmt: skip
def test_periods_that_overlap_are_refused(starts: tuple[date, date], days: int) -> None:
    with pytest.raises(InputError, match="overlap"):
        statistics.change({}, {}, starts=starts, days=days)


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=90),
    st.lists(st.integers(0, 50), min_size=2, max_size=90),
)
def test_the_interval_holds_the_change_itself(one: list[int], other: list[int]) -> None:
    days = min(len(one), len(other))
    before, after = (
        {start + timedelta(days=day): counts[day] for day in range(days)}
        for start, counts in ((FIRST, one), (SECOND, other))
    )
    found = statistics.change(before, after, starts=(FIRST, SECOND), days=days)
    if found.low_percent is not None and found.high_percent is not None:
        exact = 100 * (found.after - found.before) / found.before
        assert found.low_percent <= exact + 1e-9
        assert exact <= found.high_percent + 1e-9

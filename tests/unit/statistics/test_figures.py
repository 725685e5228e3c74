from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW
from wardline import records, statistics
from wardline.errors import InputError
from wardline.records import Step, StepCount

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 2)
seconds = st.floats(0, 1e9, allow_nan=False)


def made(counts: list[StepCount], durations: dict[str, list[float]] | None = None) -> records.Figures:
    return statistics.figures(counts, durations or {}, first=FIRST, last=LAST, now=NOW)


def test_counts_are_ordered_and_add_up() -> None:
    counts = [
        StepCount(day=day, step=step, count=amount)
        for day, step, amount in (
            (LAST, Step.REVEALS, 2),
            (FIRST, Step.REVEALS, 3),
            (FIRST, Step.CASES_OPENED, 5),
        )
    ]
    figures = made(counts)
    assert [(each.day, each.step) for each in figures.counts] == [
        (FIRST, Step.CASES_OPENED), (FIRST, Step.REVEALS), (LAST, Step.REVEALS),
    ]  # fmt: skip
    assert (figures.total(Step.REVEALS), figures.total(Step.ITEMS_RECEIVED)) == (5, 0)


def test_a_time_that_nothing_took_has_no_median() -> None:
    assert made([], {"nothing": []}).durations == ()


def test_the_median_and_the_ninth_decile_are_interpolated() -> None:
    (figure,) = made([], {"step": [4.0, 1.0, 2.0, 3.0]}).durations
    assert (figure.count, figure.median_seconds, figure.longest_seconds) == (4, 2.5, 4.0)
    assert figure.p90_seconds == pytest.approx(3.7)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="expected a first day"):
        statistics.figures([], {}, first=LAST, last=FIRST, now=NOW)


@given(st.lists(seconds, min_size=1, max_size=50))
def test_the_figures_of_a_time_lie_in_order_within_its_values(times: list[float]) -> None:
    (figure,) = made([], {"step": times}).durations
    assert min(times) <= figure.median_seconds <= figure.p90_seconds <= figure.longest_seconds == max(times)
    assert figure.count == len(times)

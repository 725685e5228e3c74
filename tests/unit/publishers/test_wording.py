from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import records
from wardline.adapters.publishers.wording import PARTS, WORDS, period, span


def test_every_step_has_words_and_a_place_on_the_page() -> None:
    assert set(WORDS) == set(records.Step)
    assert sorted(step for _, steps in PARTS for step in steps) == sorted(records.Step)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "under 0.01 s"), (0.012, "0.01 s"), (9.99, "9.99 s"), (9.999, "10 s"), (59.4, "59 s"), (59.6, "1 min"), (61, "1 min 1 s"),
        (3599.6, "1 h"), (7260, "2 h 1 min"), (47 * 3600, "47 h"), (48 * 3600, "2 days"), (400_000, "4 days 15 h"),
    ],
)  # fmt: skip
def test_times_are_written_in_two_units_at_most(seconds: float, text: str) -> None:
    assert span(seconds) == text


@given(st.floats(0, 10**10))
def test_every_time_can_be_written(seconds: float) -> None:
    assert 0 < len(span(seconds)) < 25


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), "23 November 2026"),
        (date(2026, 11, 1), date(2026, 11, 30), "1 to 30 November 2026"),
        (date(2026, 10, 31), date(2026, 11, 2), "31 October to 2 November 2026"),
        (date(2025, 12, 31), date(2026, 1, 1), "31 December 2025 to 1 January 2026"),
    ],
)
def test_a_period_says_no_month_twice(first: date, last: date, text: str) -> None:
    assert period(first, last) == text

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW, new_id
from wardline import records, review
from wardline.records import Grade
from wardline.review import Limits, Reached

MIKA = new_id("user")
FREE = Limits(
    most_files=None, most_seconds=None, most_severe_in_a_row=None, files_before_break=None, time_before_break=None,
    severe_before_rotation=None,
)  # fmt: skip


def shown(item: str, minutes_ago: float) -> records.Reveal:
    at = NOW - timedelta(minutes=minutes_ago)
    return records.Reveal(id=new_id("reveal"), case_id="case-1", item_id=item, user_id=MIKA, at=at, frame=0)


def counted(*minutes_ago: float, grades: list[Grade] | None = None, limits: Limits = FREE) -> review.Exposure:
    """Count files of these grades that were shown so long ago, the first first."""
    names = [f"item-{place}" for place in range(len(minutes_ago))]
    known = dict(zip(names, grades or [], strict=False))
    reveals = [shown(name, ago) for name, ago in zip(names, minutes_ago, strict=True)]
    return review.exposure(reveals, [], now=NOW, limits=limits, grades=known)


# --- the shift and the break ----------------------------------------------------------------------------------------------------------
def test_a_shift_begins_after_a_pause_and_not_at_midnight() -> None:
    early = NOW.replace(hour=0, minute=20)
    reveals = [shown("item-1", 9 * 60 + 10), shown("item-2", 8 * 60 + 45)]
    across = review.exposure(reveals, [], now=early, limits=FREE)
    assert (across.files, across.began_at) == (2, reveals[0].at)
    assert counted(500, 100, 5).files == 2
    assert counted(800, 400, 40).files == 2


def test_a_pause_that_lasts_now_has_ended_the_shift() -> None:
    found = counted(500, 400)
    assert (found.files, found.seconds, found.began_at, found.last_at) == (0, 0, None, None)


def test_a_pause_counts_from_the_end_of_a_showing() -> None:
    gap = FREE.break_length
    reveal = shown("item-1", gap.total_seconds() / 60)
    assert review.exposure([reveal], [], now=NOW, limits=FREE).since_break == 1
    after = NOW + review.LONGEST_LOOK
    assert review.exposure([reveal], [], now=after, limits=FREE).since_break == 0
    assert review.exposure([reveal], [], now=after, limits=FREE).files == 1


def test_the_stretch_goes_back_to_the_last_break() -> None:
    found = counted(100, 61, 55, 50, 41)
    assert found.since_break == 0
    running = counted(61, 29, 20, 11, 5)
    assert (running.since_break, running.stretch) == (4, timedelta(minutes=29))


def test_a_short_showing_counts_no_longer_than_it_was_meant_to_last() -> None:
    brief = records.Reveal(
        id=new_id("reveal"), case_id="case-1", item_id="item-1", user_id=MIKA, at=NOW - timedelta(minutes=3), frame=0, seconds=5
    )  # fmt: skip
    assert review.exposure([brief], [], now=NOW).seconds == 5
    assert review.running_reveals([brief], [], now=brief.at + timedelta(seconds=4)) == (brief,)
    assert review.running_reveals([brief], [], now=brief.at + timedelta(seconds=5)) == ()


def test_a_clock_that_went_back_gives_no_negative_time() -> None:
    found = review.exposure([shown("item-1", -30)], [], now=NOW, limits=FREE)
    assert (found.files, found.seconds, found.stretch) == (1, 0, timedelta(0))


# --- severity and repeats -------------------------------------------------------------------------------------------------------------
def test_files_are_weighed_by_their_grade() -> None:
    found = counted(5, 4, 3, 2, grades=[Grade.A, Grade.B, Grade.OTHER])
    assert found.weighted == 3 + 2 + 1 + 1
    assert found.by_grade == {Grade.A: 1, Grade.B: 1, Grade.OTHER: 1, Grade.UNKNOWN: 1}


@pytest.mark.parametrize(
    ("grades", "in_a_row"),
    [
        ([Grade.A, Grade.B, Grade.A], 3),
        ([Grade.A, Grade.HARMLESS, Grade.B], 1),
        ([Grade.A, Grade.UNKNOWN, Grade.B], 2),
        ([Grade.A, Grade.B, Grade.UNKNOWN], 2),
        ([Grade.A, Grade.A, Grade.OTHER], 0),
    ],
)
def test_severe_ones_in_a_row_are_counted_from_the_end(grades: list[Grade], in_a_row: int) -> None:
    assert counted(5, 4, 3, grades=grades).severe_in_a_row == in_a_row


def test_a_break_ends_the_row() -> None:
    assert counted(45, 44, 3, grades=[Grade.A] * 3).severe_in_a_row == 1


def test_copies_and_near_copies_are_repeats() -> None:
    reveals = [shown(f"item-{place}", 9 - place) for place in range(5)]
    alike = {"item-0": "x", "item-2": "x", "item-3": "x", "item-1": "y"}
    assert review.exposure(reveals, [], now=NOW, alike=alike).repeats == 2


# --- the limits -----------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("limits", "reached", "minutes"),
    [
        ({"most_files": 3}, Reached.FILES, 6 * 60),
        ({"most_files": 4}, None, None),
        ({"most_seconds": 239.0}, Reached.SECONDS, 6 * 60),
        ({"most_seconds": 240.0}, None, None),
        ({"most_severe_in_a_row": 2}, Reached.SEVERE, 10),
        ({"most_severe_in_a_row": 3}, None, None),
        ({"files_before_break": 3}, Reached.BREAK, 10),
        ({"files_before_break": 4}, None, None),
        ({"time_before_break": timedelta(minutes=8)}, Reached.BREAK, 10),
        ({"time_before_break": timedelta(minutes=9)}, None, None),
    ],
)
def test_a_limit_is_reached_at_its_number_and_over_after_its_pause(
    limits: dict[str, Any], reached: Reached | None, minutes: int | None
) -> None:
    rule = replace(FREE, **limits)
    found = review.capacity(counted(8, 4, 2, grades=[Grade.HARMLESS, Grade.A, Grade.B], limits=rule), rule)
    assert found.reached == reached
    assert found.may_look is (reached is None)
    ended = NOW - timedelta(minutes=1)
    assert found.until == (ended + timedelta(minutes=minutes) if minutes else None)
    assert (found.files_left == 0) is (reached is not None)


def test_what_is_left_is_the_least_of_what_the_limits_leave() -> None:
    rule = Limits(most_files=10, files_before_break=4)
    assert review.capacity(counted(3, 2, limits=rule), rule).files_left == 2
    assert review.capacity(counted(3, 2), FREE).files_left is None


def test_a_person_without_any_exposure_may_look() -> None:
    found = review.capacity(counted(), Limits())
    assert (found.reached, found.until, found.turns_aside, found.files_left) == (None, None, False, 60)


@given(st.lists(st.floats(0, 2000), max_size=12), st.integers(1, 5), st.integers(1, 4))
def test_nobody_may_look_at_or_over_a_limit(ago: list[float], files: int, stretch: int) -> None:
    rule = Limits(most_files=files, files_before_break=stretch)
    exposure = counted(*ago, limits=rule)
    found = review.capacity(exposure, rule)
    assert found.may_look is (exposure.files < files and exposure.since_break < stretch)
    assert exposure.since_break <= exposure.files

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.made import NOW, new_id
from wardline import records, review
from wardline.records import Grade
from wardline.review import Band

NOTHING = review.exposure((), (), now=NOW)


def shift(files: int, seconds: float = 0, severe: int = 0) -> review.Exposure:
    return replace(NOTHING, files=files, seconds=seconds, by_grade={Grade.A: severe} if severe else {})


def choices(*grades: Grade, queues: tuple[str, ...] = ()) -> records.ViewingChoices:
    return records.ViewingChoices(
        id=new_id("viewing-choices"), user_id=new_id("user"), changed_at=NOW, grades=grades, queues=queues
    )  # fmt: skip


def test_of_nine_people_nothing_is_told_and_of_ten_a_mean() -> None:
    assert review.team_exposure([[shift(20)]] * 9) is None
    found = review.team_exposure([[shift(22, seconds=600, severe=11)]] * 10)
    assert found is not None
    assert (found.files, found.minutes, found.severe_percent) == (
        Band(low=20, high=25),
        Band(low=10, high=15),
        Band(low=50, high=60),
    )


def test_people_who_were_shown_nothing_do_not_make_ten() -> None:
    assert review.team_exposure([[shift(20)]] * 9 + [[]]) is None


def test_each_person_counts_once_however_many_shifts_they_had() -> None:
    often = [shift(100)] * 30
    found = review.team_exposure([often, *([[shift(10)]] * 9)])
    assert found is not None
    assert found.files == Band(low=15, high=20)


def test_one_person_more_or_less_in_a_mean_is_not_told() -> None:
    usual = [[shift(22)]] * 10
    assert review.team_exposure(usual) == review.team_exposure([*usual, [shift(30)]])


def test_who_does_not_take_what_is_told_of_ten_who_chose_the_same() -> None:
    nine = [choices(Grade.A, queues=("video",))] * 9
    assert review.team_choices(nine) == review.TeamChoices(grades=(), queues=())
    found = review.team_choices([*nine, choices(Grade.A, Grade.B)])
    assert found == review.TeamChoices(grades=((Grade.A, 10),), queues=())


@pytest.mark.parametrize(
    ("left", "told"), [([5] * 9, None), ([5] * 10, 50), ([7] * 11, 70), ([0] * 10, 0), ([5] * 10 + [None], None)]
)  # fmt: skip
def test_what_is_left_is_a_total_of_ten_or_more(left: list[int | None], told: int | None) -> None:
    assert review.team_capacity(left) == told


def test_past_shifts_are_cut_at_their_pauses() -> None:
    user = new_id("user")
    reveals = [
        records.Reveal(id=new_id("reveal"), case_id="case-1", item_id=f"item-{place}", user_id=user, at=NOW.replace(hour=hour), frame=0)
        for place, hour in enumerate((0, 1, 8, 9, 9))
    ]  # fmt: skip
    found = review.past_shifts(reveals, [], now=NOW.replace(hour=23), limits=review.Limits(), grades={})
    assert [each.files for each in found] == [3, 2]

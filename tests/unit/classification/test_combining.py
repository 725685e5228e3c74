"""One score of several detectors: frozen, in no order, and none at all where a part is missing."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import match
from wardline import records
from wardline.classification import CLIP, Asked, Raw, Scale, combine, name_of, near_hash, version_of
from wardline.errors import InputError
from wardline.records import HashKind

A, B, C = (Asked(name=name, version="1") for name in "abc")


def raw(asked: Asked, value: float, version: str | None = None) -> Raw:
    return Raw(detector=asked.name, version=version or asked.version, value=value)


def whole(*answers: Raw) -> float:
    made = combine([Asked(name=each.detector, version=each.version) for each in answers], answers)
    assert not isinstance(made, records.Unscannable)
    return made[0].probability


def test_one_detector_is_its_own_score() -> None:
    assert combine([A], [raw(A, 0.25)]) == (
        records.Score(detector="a", detector_version="1", probability=0.25),
    )


def test_several_are_combined_by_the_mean_of_their_logits() -> None:
    together = whole(raw(A, 0.9), raw(B, 0.5))
    logit = (math.log(9) + 0) / 2
    assert together == pytest.approx(1 / (1 + math.exp(-logit)))


def test_the_score_that_counts_comes_first_and_its_parts_after_it() -> None:
    made = combine([B, A], [raw(A, 0.2), raw(B, 0.4)])
    assert isinstance(made, tuple)
    assert [each.detector for each in made] == ["mean-logit of a, b", "a", "b"]


def test_a_detector_that_is_certain_does_not_outvote_all_others_for_ever() -> None:
    assert whole(raw(A, 1.0), raw(B, CLIP), raw(C, CLIP)) < 0.5
    assert whole(raw(A, 1.0), raw(B, 0.5)) == whole(raw(A, 1 - CLIP / 2), raw(B, 0.5))


def test_name_and_version_are_the_same_in_any_order() -> None:
    assert len({(name_of(some), version_of(some)) for some in permutations([A, B, C])}) == 1


def test_the_version_of_a_combination_is_what_it_was_in_every_release() -> None:
    # Written out here: another digest would void every certificate of everybody.
    assert version_of([A, B]) == "1 81ec5f166b911211"


@pytest.mark.parametrize(
    "other",
    [
        [A],
        [A, C],
        [A, B, C],
        [A, Asked(name="b", version="2")],
        [A, Asked(name="b", version="1", scale=Scale(highest=100.0))],
    ],
)
def test_another_part_another_version_or_another_scale_is_another_score(other: list[Asked]) -> None:
    assert (name_of(other), version_of(other)) != (name_of([A, B]), version_of([A, B]))


@pytest.mark.parametrize(
    ("answers", "source", "reason"),
    [
        ([raw(A, 0.5)], "b", "gave no answer"),
        ([raw(A, 0.5), records.Unscannable(source="b", reason="is down")], "b", "is down"),
        ([raw(A, 0.5), raw(B, 0.5, "2")], "b", records.OTHER_VERSION),
        ([raw(A, 7.0), raw(B, 0.5)], "a", "answered with a score outside its scale"),
        ([raw(A, -0.1), raw(B, 0.5)], "a", "answered with a score outside its scale"),
        ([raw(A, math.nan), raw(B, 0.5)], "a", "answered with a score outside its scale"),
        ([raw(A, math.inf), raw(B, 0.5)], "a", "answered with a score outside its scale"),
    ],
)
def test_a_part_that_is_missing_failed_or_another_version_makes_no_score(
    answers: list[Raw | records.Unscannable], source: str, reason: str
) -> None:
    assert combine([A, B], answers) == records.Unscannable(source=source, reason=reason)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=4))
def test_whatever_detectors_answer_there_is_a_score_from_0_to_1_or_none(values: list[float]) -> None:
    asked = [Asked(name=f"d{number}", version="1") for number in range(len(values))]
    made = combine(asked, [raw(each, value) for each, value in zip(asked, values, strict=True)])
    if all(0 <= value <= 1 for value in values):
        assert isinstance(made, tuple)
        assert all(0 <= each.probability <= 1 for each in made)
    else:
        assert isinstance(made, records.Unscannable)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=4), st.data())
def test_a_higher_part_never_lowers_the_whole(values: list[float], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(values) - 1))
    raised = list(values)
    raised[place] = data.draw(st.floats(values[place], 1))
    asked = [Asked(name=f"d{number}", version="1") for number in range(len(values))]
    before, after = (
        whole(*(raw(each, value) for each, value in zip(asked, some, strict=True)))
        for some in (values, raised)
    )
    assert after >= before - 1e-12


def test_a_scale_is_stretched_to_0_and_1() -> None:
    percent = Asked(name="a", version="1", scale=Scale(lowest=0.0, highest=100.0))
    made = combine([percent], [raw(percent, 25.0)])
    assert isinstance(made, tuple)
    assert made[0].probability == 0.25
    assert made[0].detector_version != "1"


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_a_scale_without_extent_is_refused(low: float, high: float) -> None:
    with pytest.raises(InputError, match="scale"):
        Scale(lowest=low, highest=high)


@pytest.mark.parametrize("asked", [[], [A, A]])
def test_no_detector_or_one_twice_is_refused(asked: list[Asked]) -> None:
    with pytest.raises(InputError, match="expected each once"):
        combine(asked, [])


def test_how_near_an_entry_is_says_something_and_that_none_is_near_says_nothing() -> None:
    def near(distance: int) -> float:
        return near_hash([match(hash_kind=HashKind.PDQ, distance_bits=distance)]).value

    assert near(0) == 1.0
    assert near(0) > near(10) > near(31) > 0.5
    assert near_hash([]).value == 0.5

"""Several votes make a truth, or no evidence at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline import assurance, records
from wardline.assurance import Judged, NotJudged
from wardline.records import Truth
from wardline.testing import store_records as make
from wardline.testing.store_records import later


def votes(*answers: str, settled: str | None) -> list[records.Opinion]:
    return [
        make.opinion(
            user_id=f"user-{number}", at=later(number), answer=answer, settled_at=later(60), settled=settled
        )
        for number, answer in enumerate(answers)
    ]


@pytest.mark.parametrize(
    ("answers", "settled", "truth", "right"),
    [
        (("violation A2", "violation A2"), "violation A2", Truth.VIOLATING, True),
        (("not-a-violation", "not-a-violation"), "not-a-violation", Truth.INNOCENT, True),
        (("not-a-violation", "violation B1", "violation B1"), "violation B1", Truth.VIOLATING, False),
        (("violation A2", "violation B1", "violation B1"), "violation B1", Truth.VIOLATING, True),
        (("violation A2", "not-a-violation", "not-a-violation"), "not-a-violation", Truth.INNOCENT, False),
        (("not-a-violation", "other-rule", "other-rule"), "other-rule", Truth.INNOCENT, True),
        (
            ("violation A2", "other-rule", "not-a-violation", "other-rule"),
            "other-rule",
            Truth.INNOCENT,
            False,
        ),
    ],
)
def test_the_first_person_is_measured_by_what_all_came_to(
    answers: tuple[str, ...], settled: str, truth: Truth, right: bool
) -> None:
    found = assurance.judge(votes(*answers, settled=settled))
    assert found == Judged(truth=truth, person_was_right=right, judges=len(answers))
    assert assurance.judge(votes(*answers, settled=settled)[::-1]) == found


def test_a_missing_vote_is_no_evidence() -> None:
    for some in ([], votes("violation A2", settled="violation A2")):
        found = assurance.judge(some)
        assert isinstance(found, NotJudged)
        assert "missing" in found.reason


def test_two_votes_by_one_person_are_no_evidence() -> None:
    first, second = votes("violation A2", "violation A2", settled="violation A2")
    found = assurance.judge([first, replace(second, user_id=first.user_id)])
    assert isinstance(found, NotJudged)
    assert "one person" in found.reason


def test_votes_about_two_cases_are_no_evidence() -> None:
    first, second = votes("violation A2", "violation A2", settled="violation A2")
    assert isinstance(assurance.judge([first, replace(second, case_id="case-other")]), NotJudged)


def test_votes_that_came_to_nothing_are_no_evidence() -> None:
    assert isinstance(assurance.judge(votes("violation A2", "not-a-violation", settled=None)), NotJudged)

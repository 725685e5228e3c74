"""When a second person is asked, what counts as the same, and when it is settled."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW, case
from wardline import records, review
from wardline.records import Category, Finding, IncidentKind, OpinionReason, Outcome
from wardline.review import Turn
from wardline.testing import store_records as make

RULES = review.SecondOpinions(gravest=True, random_share=0.1)


def in_words(kind: IncidentKind) -> records.Decision:
    """Make a decision about an incident without a file."""
    return make.decision(findings=(Finding(item_id="item-1", incident=kind),))


def decision(category: Category | None = None, **values: Any) -> records.Decision:
    """Make a decision about the one file of a case."""
    if category is None:
        given_values: dict[str, Any] = {"outcome": Outcome.NOT_VIOLATION, "findings": (), "annotations": ()}
    else:
        given_values = {"findings": (Finding(item_id="item-1", category=category),)}
    return make.decision(**{**given_values, **values})


@pytest.mark.parametrize(
    ("made", "drawn", "expected"),
    [
        (decision(Category.A1), False, OpinionReason.GRAVEST),
        (decision(Category.A2), True, OpinionReason.GRAVEST),
        (decision(Category.B1), False, None),
        (decision(Category.B1), True, OpinionReason.RANDOM),
        (in_words(IncidentKind.ENTICEMENT), True, OpinionReason.GRAVEST),
        (in_words(IncidentKind.MOLESTATION), False, OpinionReason.GRAVEST),
        (in_words(IncidentKind.TRAFFICKING), False, OpinionReason.GRAVEST),
        (in_words(IncidentKind.TOURISM), False, OpinionReason.GRAVEST),
        (in_words(IncidentKind.UNSOLICITED), False, None),
        (in_words(IncidentKind.MISLEADING_WORDS), False, None),
        (in_words(IncidentKind.MISLEADING_DOMAIN), True, OpinionReason.RANDOM),
        (decision(), False, None),
        (decision(second_opinion=True), True, OpinionReason.ASKED),
    ],
)
def test_somebody_else_is_asked_for_a_reason(
    made: records.Decision, drawn: bool, expected: OpinionReason | None
) -> None:
    assert review.reason_for(made, RULES, drawn=drawn) is expected


def test_by_default_nobody_is_asked_but_by_the_person() -> None:
    plain = review.SecondOpinions()
    assert review.reason_for(decision(Category.A1), plain, drawn=False) is None
    assert review.reason_for(decision(second_opinion=True), plain, drawn=False) is OpinionReason.ASKED


def test_the_category_of_each_file_counts_and_annotations_do_not() -> None:
    matter = make.case(item_ids=("item-1", "item-2"))
    findings = (Finding(item_id="item-2", category=Category.A1), Finding(item_id="item-1", category=None))
    made = decision(Category.A1, findings=findings)
    assert review.answer_of(made, matter) == "violation - A1"
    assert review.answer_of(replace(made, annotations=(), findings=findings[:1]), matter) == "violation - A1"
    assert review.answer_of(decision(), matter) == "not-a-violation"


ANSWERS = st.sampled_from(["not-a-violation", "other-rule", "violation A1", "violation A2", "violation B1"])


@given(st.lists(ANSWERS, min_size=4, max_size=4))
def test_it_ends_after_four_at_most_and_the_last_answer_settles_it(answers: list[str]) -> None:
    turns = [review.next_turn(answers[:count]) for count in range(1, 5)]
    assert turns[0] is Turn.SECOND
    end = turns.index(Turn.NOBODY)
    assert end >= 1
    settled = answers[end]
    if end < 3:
        assert answers[: end + 1].count(settled) == 2
    else:
        assert turns[2] is Turn.LEADS
        assert len(set(answers[:3])) == 3


@given(st.lists(ANSWERS, min_size=3, max_size=3))
def test_the_order_of_three_people_does_not_matter(answers: list[str]) -> None:
    def outcome(order: tuple[str, ...]) -> str | None:
        for count in (2, 3):
            if review.next_turn(order[:count]) is Turn.NOBODY:
                return order[count - 1]
        return None

    assert len({outcome(order) for order in permutations(answers)}) == 1


def test_who_has_given_an_opinion_is_asked_no_more() -> None:
    waiting = review.await_another(case(escalated_by="user-9", passed_by=("user-1",)), "user-2", Turn.SECOND)
    assert waiting.passed_by == ("user-1", "user-2")
    assert (waiting.stage, waiting.escalated_by) == (records.Stage.SECOND, None)


def test_danger_counts_only_with_a_violation() -> None:
    urgent = case(imminent_since=NOW)
    assert review.in_effect_at_once(urgent, decision(Category.A1), OpinionReason.GRAVEST)
    assert not review.in_effect_at_once(urgent, decision(second_opinion=True), OpinionReason.ASKED)
    assert review.in_effect_at_once(case(), decision(), OpinionReason.RANDOM)


def test_only_the_account_itself_makes_a_person_a_party() -> None:
    person = make.user(accounts=("account-7",))
    assert review.is_party(case(account_reference="account-7"), person)
    assert not review.is_party(case(account_reference="account-77"), person)
    assert not review.is_party(case(account_reference=""), make.user(accounts=()))

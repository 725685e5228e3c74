from __future__ import annotations

from typing import Any

import pytest

from tests.unit.made import NOW, case, item, new_id
from wardline import records, review
from wardline.records import Category, DecisionState, Grade, HashKind, ListMeaning, ListTrust, Outcome

MIKA = new_id("user")


def matched(**fields: Any) -> records.Match:
    given: dict[str, Any] = {
        "list_id": "hash-list-1", "entry_id": "entry-1", "hash_kind": HashKind.SHA256, "distance_bits": 0,
        "trust": ListTrust.VERIFIED, "category": Category.A1,
    }  # fmt: skip
    return records.Match(**(given | fields))


def shown(file: records.Item) -> records.Reveal:
    return records.Reveal(
        id=new_id("reveal"), case_id="case-1", item_id=file.id, user_id=MIKA, at=NOW, frame=0
    )


def decided(outcome: Outcome, *findings: records.Finding, **fields: Any) -> records.Decision:
    given: dict[str, Any] = {
        "id": new_id("decision"), "case_id": "case-1", "user_id": MIKA, "at": NOW, "outcome": outcome, "findings": findings,
        "annotations": (), "escalation": None, "undo_until": NOW,
    }  # fmt: skip
    return records.Decision(**(given | fields))


@pytest.mark.parametrize(
    ("matches", "grade"),
    [
        ((), Grade.UNKNOWN),
        ((matched(),), Grade.A),
        ((matched(category=Category.B2),), Grade.B),
        ((matched(category=Category.B2), matched(category=Category.A2)), Grade.A),
        ((matched(category=None),), Grade.UNKNOWN),
        ((matched(category=None, meaning=ListMeaning.HOUSE_RULES),), Grade.OTHER),
    ],
)
def test_a_file_that_nobody_decided_has_the_grade_of_its_lists(
    matches: tuple[records.Match, ...], grade: Grade
) -> None:
    file = item(matches=matches)
    assert review.grades_of([shown(file)], [file], []) == {file.id: grade}


def test_ones_own_decision_counts_before_the_lists() -> None:
    file = item(matches=(matched(),))
    for outcome, found, grade in (
        (Outcome.VIOLATION, [records.Finding(item_id=file.id, category=Category.B1)], Grade.B),
        (Outcome.NOT_VIOLATION, [], Grade.HARMLESS), (Outcome.OTHER_RULE, [], Grade.OTHER), (Outcome.CANNOT_TELL, [], Grade.A),
    ):  # fmt: skip
        assert review.grades_of([shown(file)], [file], [decided(outcome, *found)]) == {file.id: grade}


def test_what_was_taken_back_or_is_about_another_case_says_nothing() -> None:
    file = item(matches=(matched(),))
    undone = decided(Outcome.NOT_VIOLATION, state=DecisionState.UNDONE)
    elsewhere = decided(Outcome.NOT_VIOLATION, case_id="case-2")
    assert review.grades_of([shown(file)], [file], [undone, elsewhere]) == {file.id: Grade.A}


def test_a_file_that_is_gone_is_unknown() -> None:
    gone = item(matches=(matched(),))
    assert review.grades_of([shown(gone)], [], []) == {gone.id: Grade.UNKNOWN}


def urgency(category: Category | None, **odds: float) -> records.Urgency:
    given = {"a": 0.0, "b": 0.0, "other": 0.0} | odds
    return records.Urgency(
        odds=records.Odds(**given), category=category, views_per_hour=1.0, views_known=True
    )


@pytest.mark.parametrize(
    ("known", "grade"),
    [
        (None, Grade.UNKNOWN),
        (urgency(Category.A2, a=0.9), Grade.A),
        (urgency(Category.B1, b=0.9), Grade.B),
        (urgency(None, other=0.9), Grade.OTHER),
        (urgency(None, a=0.1, b=0.1, other=0.1), Grade.UNKNOWN),
        (urgency(None), Grade.UNKNOWN),
    ],
)
def test_a_case_has_the_grade_of_what_its_lists_say(known: records.Urgency | None, grade: Grade) -> None:
    assert review.grade_of_case(case(urgency=known)) is grade


@pytest.mark.parametrize(
    ("file", "needs"),
    [
        (item(), True),
        (item(matches=(matched(),)), False),
        (item(matches=(matched(hash_kind=HashKind.PDQ),)), True),
        (item(matches=(matched(trust=ListTrust.UNVERIFIED),)), True),
        (item(matches=(matched(category=None),)), True),
        (item(matches=(matched(doubt=records.Doubt.HELD),)), True),
    ],
)
def test_only_what_a_verified_list_knows_needs_no_look(file: records.Item, needs: bool) -> None:
    assert review.needs_view([file.matches]) is needs
    assert review.needs_view([file.matches, ()]) is True


def test_a_case_of_files_that_nobody_can_see_needs_no_look() -> None:
    assert review.needs_view([]) is False

"""When the answer of a case counts as known."""

from __future__ import annotations

from wardline import assurance, records
from wardline.testing import store_records as make


def opinion(user: str, answer: str, settled: str | None) -> records.Opinion:
    return make.opinion(
        user_id=user, answer=answer, settled=settled, settled_at=make.NOON if settled else None, decision_id=f"decision-{user}"
    )  # fmt: skip


def test_two_people_of_one_answer_are_enough() -> None:
    said = [opinion("user-1", "a", "a"), opinion("user-2", "a", "a")]
    assert assurance.is_beyond_doubt("decision-user-2", said)


def test_a_third_person_makes_two_where_two_differed() -> None:
    said = [opinion("user-1", "a", "a"), opinion("user-2", "b", "a"), opinion("user-3", "a", "a")]
    assert assurance.is_beyond_doubt("decision-user-3", said)
    assert not assurance.is_beyond_doubt("decision-user-2", said)


def test_a_lead_alone_against_three_is_not_enough() -> None:
    said = [opinion(f"user-{number}", answer, "d") for number, answer in enumerate("abcd")]
    assert not assurance.is_beyond_doubt("decision-user-3", said)


def test_nobody_and_what_was_never_settled_are_not_enough() -> None:
    assert not assurance.is_beyond_doubt("decision-user-1", [])
    assert not assurance.is_beyond_doubt("decision-user-1", [opinion("user-1", "a", None), opinion("user-2", "a", None)])  # fmt: skip

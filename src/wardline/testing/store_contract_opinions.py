"""The part of the store's contract that is about second opinions and files with a known answer."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Insert
from wardline.testing import store_records as make
from wardline.testing.store_records import later


class OpinionsContract:
    """Opinions by case and by person; golden items and their showings."""

    def test_opinions_are_given_by_case_and_by_person(self, store: ports.Store) -> None:
        first, second, third = (
            make.opinion(user_id=f"user-{number}", at=later(number)) for number in (1, 2, 3)
        )
        other = make.opinion(case_id="case-2", user_id="user-1", at=later(9))
        store.commit(*map(Insert, (second, other, third, first)), entries=[make.entry()])
        assert store.opinions_of("case-1") == [first, second, third]
        assert store.opinions_of("case-9") == []
        assert store.opinions_of_several(["case-1", "case-2", "case-9"]) == {
            "case-1": [first, second, third],
            "case-2": [other],
        }
        assert store.opinions_by("user-1", most=9) == [other, first]
        assert store.opinions_by("user-1", most=1) == [other]

    def test_opinions_are_given_by_when_they_were_settled(self, store: ports.Store) -> None:
        early, late, edge = (make.opinion(settled_at=later(number), settled="a") for number in (1, 3, 5))
        open_one = make.opinion(at=later(2))
        store.commit(*map(Insert, (early, late, edge, open_one)), entries=[make.entry()])
        assert store.opinions_settled(since=later(1), until=later(5), most=9) == [late, early]
        assert store.opinions_settled(since=later(1), until=later(6), most=1) == [edge]
        assert store.opinions_settled(since=later(6), until=later(9), most=9) == []

    def test_a_decision_is_one_opinion_at_most(self, store: ports.Store) -> None:
        opinion = make.opinion()
        store.commit(Insert(opinion), entries=[make.entry()])
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(make.opinion(decision_id=opinion.decision_id)), entries=[make.entry()])

    def test_golden_items_in_use_are_given_oldest_first(self, store: ports.Store) -> None:
        young, old = make.golden_item(added_at=later(5)), make.golden_item()
        retired = make.golden_item(retired_at=later(7))
        store.commit(*map(Insert, (young, retired, old)), entries=[make.entry()])
        assert store.golden_items() == [old, young]
        assert store.golden_item(retired.id) == retired

    def test_showings_are_found_by_case_by_file_and_by_person(self, store: ports.Store) -> None:
        golden = make.golden_item()
        answered = make.golden_case(
            golden_id=golden.id, made_for="user-1", user_id="user-2", outcome=records.Outcome.NOT_VIOLATION, answered_at=later(3)
        )  # fmt: skip
        waiting = make.golden_case(golden_id=golden.id, made_for="user-2", made_at=later(4))
        other = make.golden_case(made_for="user-3")
        store.commit(*map(Insert, (waiting, other, answered)), entries=[make.entry()])
        assert store.golden_case_of(waiting.case_id) == waiting
        assert store.golden_case_of("case-1") is None
        assert store.golden_cases_of(golden.id) == [answered, waiting]
        assert store.golden_cases_for("user-2") == [answered, waiting]
        assert store.golden_cases_for("user-1") == [answered]

    def test_a_case_that_waits_for_opinions_or_is_golden_is_in_no_time(self, store: ports.Store) -> None:
        given, golden, plain = (
            make.decision(state=state, case_id=make.new_id("case"), at=later(2))
            for state in (
                records.DecisionState.GIVEN,
                records.DecisionState.EFFECTIVE,
                records.DecisionState.EFFECTIVE,
            )
        )
        cases = [make.case(id=each.case_id, decision_id=each.id) for each in (given, golden, plain)]
        store.commit(
            *map(Insert, (given, golden, plain, *cases, make.golden_case(case_id=golden.case_id))),
            entries=[make.entry()],
        )
        day = make.NOON.date()
        assert store.durations(day, day) == {"case opened to decided": [120.0]}

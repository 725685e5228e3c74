"""The part of the store's contract that is about targets, and about what is measured of decided cases."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from wardline import ports, records
from wardline.records import CaseState, DecisionState, Drawn, Insert, Outcome, Target
from wardline.testing import store_records as make
from wardline.testing.store_records import later

_LONG_AGO, _NEVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


def _decided(
    store: ports.Store, *, at: datetime = make.NOON, outcome: Outcome = Outcome.NOT_VIOLATION,
    decision_state: DecisionState = DecisionState.EFFECTIVE, **values: Any,
) -> records.Case:  # fmt: skip
    decision = make.decision(
        at=at, outcome=outcome, findings=(), annotations=(), answers=(), state=decision_state
    )
    case = make.case(**{"state": CaseState.CLOSED, "decision_id": decision.id, **values})
    store.commit(Insert(_about(decision, case)), Insert(case), entries=[make.entry()])
    return case


def _about(decision: records.Decision, case: records.Case) -> records.Decision:
    return replace(decision, case_id=case.id)


class TargetsContract:
    """What leads and alarms ask."""

    def test_open_cases_are_counted_by_queue_and_class(self, store: ports.Store) -> None:
        assert store.waiting_by_target() == []
        cases = [
            make.case(queue="b", target=Target.A),
            make.case(queue="b", target=Target.A),
            make.case(queue="a"),
        ]
        closed = make.case(queue="b", target=Target.A, state=CaseState.CLOSED)
        store.commit(*map(Insert, [*cases, closed]), entries=[make.entry()])
        assert store.waiting_by_target() == [
            records.Waiting(queue="a", target=None, cases=1),
            records.Waiting(queue="b", target=Target.A, cases=2),
        ]

    def test_what_ends_before_some_times_is_counted_with_what_is_open(self, store: ports.Store) -> None:
        assert store.waiting_by_target(ends=(later(1), later(2))) == []
        chance = random.Random(11)
        times = [None, _LONG_AGO, *map(later, range(6)), _NEVER]
        cases = [
            make.case(
                queue=chance.choice(("a", "b", "ä", "Z")), target=chance.choice((None, *Target)), due_at=chance.choice(times),
                state=chance.choice((CaseState.OPEN, CaseState.OPEN, CaseState.CLOSED)),
            )
            for _ in range(150)
        ]  # fmt: skip
        store.commit(*map(Insert, cases), entries=[make.entry()])
        of_open = [case for case in cases if case.state is CaseState.OPEN]
        for ends in ((), (later(2),), (later(2), later(2), later(4)), (_LONG_AGO, later(1), _NEVER)):
            found = store.waiting_by_target(ends=ends)
            assert [(each.queue, each.target) for each in found] == sorted(
                {(case.queue, case.target) for case in of_open}, key=lambda kind: (kind[0], kind[1] or "")
            )
            for each in found:
                alike = [case for case in of_open if (case.queue, case.target) == (each.queue, each.target)]
                assert each.cases == len(alike)
                assert each.due == tuple(
                    sum(case.due_at is not None and case.due_at < end for case in alike) for end in ends
                )

    def test_what_is_due_is_counted_and_the_first_is_found_also_where_clocks_jumped(
        self, store: ports.Store
    ) -> None:
        due = [make.case(target=Target.B, due_at=at) for at in (later(5), _NEVER, _LONG_AGO, later(7))]
        others = [
            make.case(target=Target.A, due_at=_LONG_AGO), make.case(target=Target.B, due_at=_LONG_AGO, queue="other"),
            make.case(target=Target.B, due_at=_LONG_AGO, state=CaseState.DECIDED), make.case(target=Target.B),
        ]  # fmt: skip
        store.commit(*map(Insert, [*due, *others]), entries=[make.entry()])
        asked: dict[str, Any] = {"queue": "general", "target": Target.B}
        assert store.first_due(**asked) == due[2]
        counts = [
            store.count_due(**asked, by=by, most=9)
            for by in (later(4), later(5), later(7), _NEVER, _LONG_AGO)
        ]
        assert counts == [1, 2, 3, 4, 1]
        assert store.count_due(**asked, by=_NEVER, most=2) == 2
        counts = [
            store.count_due(**asked, by=_NEVER, after=after, most=most)
            for after, most in ((later(5), 9), (later(4), 9), (_LONG_AGO, 9), (_LONG_AGO, 2), (_NEVER, 9))
        ]
        assert counts == [2, 3, 3, 2, 0]
        assert store.first_due(queue="general", target=Target.APPEAL) is None
        assert list(store.drifted()) == []

    def test_a_target_was_kept_by_what_was_decided_by_then(self, store: ports.Store) -> None:
        asked: dict[str, Any] = {"target": Target.A, "due_at": later(5)}
        _decided(store, at=later(5), **asked)
        _decided(store, at=later(5.1), **asked)
        _decided(store, at=later(1), decision_state=DecisionState.UNDONE, **asked)
        _decided(store, at=later(1), outcome=Outcome.CANNOT_TELL, **asked)
        _decided(store, at=later(1), **asked | {"state": CaseState.OPEN})
        _decided(store, at=later(1), **asked | {"state": CaseState.DECIDED})
        _decided(store, at=later(1), **asked | {"due_at": later(9)})
        store.commit(
            Insert(make.case(**asked)),
            Insert(make.case(target=Target.B, due_at=later(5))),
            entries=[make.entry()],
        )
        assert store.attained(since=later(5), until=later(9)) == [
            records.Attained(queue="general", target=Target.A, due=5, kept=2),
        ]
        assert [(each.target, each.cases, each.due) for each in store.waiting_by_target(ends=(later(5), later(9)))] == [
            (Target.A, 2, (0, 2)), (Target.B, 1, (0, 1)),
        ]  # fmt: skip
        assert store.attained(since=later(5.01), until=later(9)) == []

    def test_only_cases_that_were_drawn_by_lot_measure_probabilities(self, store: ports.Store) -> None:
        asked: dict[str, Any] = {"drawn": Drawn.LOT, "score_turn": -0.25}
        _decided(store, **asked, opened_at=later(1))
        _decided(store, **asked | {"score_turn": -0.5}, opened_at=later(2), outcome=Outcome.OTHER_RULE)
        _decided(store, **asked | {"drawn": Drawn.OLDEST})
        _decided(store, **asked | {"drawn": None})
        _decided(store, **asked | {"score_turn": None})
        _decided(store, **asked | {"state": CaseState.DECIDED})
        newest = [(0.5, Outcome.OTHER_RULE), (0.25, Outcome.NOT_VIOLATION)]
        assert store.opinions_by_lot(most=9) == newest
        assert store.opinions_by_lot(most=1) == newest[:1]

    def test_handling_times_are_from_the_claim_to_the_decision(self, store: ports.Store) -> None:
        _decided(store, at=later(3), claimed_at=later(1), queue="a", item_ids=("item-1", "item-2"))
        _decided(store, at=later(4), claimed_at=later(3.5), queue="b")
        _decided(store, at=later(2), claimed_at=later(2.5))
        _decided(store, at=later(1))
        _decided(store, at=later(5), claimed_at=later(3), outcome=Outcome.CANNOT_TELL)
        assert sorted(store.handling_times(most=9)) == [("a", 2, 120.0), ("b", 1, 30.0)]
        assert list(store.handling_times(most=1)) == [("b", 1, 30.0)]

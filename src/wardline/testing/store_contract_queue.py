"""The part of the store's contract that is about the order of the queue."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wardline import ports, records
from wardline.records import Insert, Lane, Replace
from wardline.testing import store_records as make
from wardline.testing.store_records import later

_ASKED: dict[str, Any] = {"now": later(10), "taker": make.taker("user-1")}


def _placed(lane: Lane, views: float | None, delay: float | None, **values: Any) -> records.Case:
    return make.case(lane=lane, views_turn=views, delay_turn=delay, **values)


def _put(store: ports.Store, *cases: records.Case) -> None:
    store.commit(*map(Insert, cases), entries=[make.entry()])


class QueueContract:
    """The first of each lane, and what comes before all of them."""

    def test_the_first_of_every_lane_and_of_all_by_delay_are_given_once_each(
        self, store: ports.Store
    ) -> None:
        best = {lane: _placed(lane, -20.5, 9.0) for lane in Lane}
        waits_dearly = _placed(Lane.DAYS, None, -3.25)
        for number in range(4):
            _put(store, *(_placed(lane, number + 0.5, 9.0 + number) for lane in Lane))
        _put(store, *best.values(), waits_dearly, make.case(opened_at=later(-999)))
        assert set(store.urgent_cases(**_ASKED, most=1)) == {*best.values(), waits_dearly}
        some = store.urgent_cases(**_ASKED, most=3)
        assert len({case.id for case in some}) == len(some)
        for lane in Lane:
            turns = sorted(
                case.views_turn for case in some if case.lane is lane and case.views_turn is not None
            )
            assert turns[:3] == [-20.5, 0.5, 1.5]

    def test_equal_turns_come_by_id(self, store: ports.Store) -> None:
        cases = [
            _placed(Lane.HOURS, 1.0, None, id=make.new_id("case", later(minute))) for minute in (3, 1, 2)
        ]
        _put(store, *cases)
        assert store.urgent_cases(**_ASKED, most=2) == [cases[1], cases[2]]

    def test_what_this_person_may_not_take_is_in_no_lane(self, store: ports.Store) -> None:
        lapsed = _placed(Lane.DAYS, 1.0, 1.0, claimed_by="user-2", lease_until=later(10))
        likewise = _placed(Lane.DAYS, 1.5, 1.5, passed_by=("user-11", "xuser-1"))
        kept: dict[str, Any] = {"lane": Lane.DAYS, "views_turn": 0.0, "delay_turn": 0.0}
        others = [
            make.case(**kept, claimed_by="user-2", lease_until=later(11)), make.case(**kept, held_until=later(11)),
            make.case(**kept, escalated_by="user-2"), make.case(**kept, passed_by=("user-3", "user-1")),
            make.case(**kept, state=records.CaseState.DECIDED),
        ]  # fmt: skip
        _put(store, lapsed, likewise, *others)
        assert store.urgent_cases(**_ASKED, most=9) == [lapsed, likewise]
        assert len(store.urgent_cases(now=later(11), taker=make.taker("%"), most=9)) == 5

    def test_a_case_changes_its_place_with_one_row(self, store: ports.Store) -> None:
        first, second = _placed(Lane.DAYS, 1.0, None), _placed(Lane.DAYS, 2.0, None)
        _put(store, first, second)
        better = replace(second, views_turn=-1.0, version=2)
        store.commit(Replace(better), entries=[make.entry()])
        assert store.urgent_cases(**_ASKED, most=1) == [better]
        assert list(store.drifted()) == []

    def test_where_a_child_may_be_in_danger_comes_in_the_order_in_which_that_was_known(
        self, store: ports.Store
    ) -> None:
        known = [make.case(imminent_since=later(minute)) for minute in (3, 1, 2)]
        handed = make.case(imminent_since=later(0), escalated_by="user-2")
        taken = make.case(imminent_since=later(0), claimed_by="user-2", lease_until=later(99))
        _put(store, *known, handed, taken, make.case())
        assert store.imminent_cases(**_ASKED, most=9) == [known[1], known[2], known[0]]
        assert store.imminent_cases(**_ASKED, most=1) == [known[1]]
        assert store.imminent_cases(**_ASKED, most=9, escalated=True) == [handed]

    def test_what_a_place_was_computed_from_is_kept(self, store: ports.Store) -> None:
        urgency = records.Urgency(
            odds=records.Odds(a=0.1, b=0.2, other=0.3), category=records.Category.B1, views_per_hour=12.5, views_known=True
        )  # fmt: skip
        case = _placed(Lane.WEEKS, 689.123456789012, -0.1, urgency=urgency, imminent_since=later(1))
        _put(store, case)
        assert store.case(case.id) == case
        assert list(store.drifted()) == []

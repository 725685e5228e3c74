"""The part of the store's contract that is about the order of the queue."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wardline import ports, records, review
from wardline.records import Category, Grade, Insert, Lane, Replace
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
        for most in (1, 3):
            standings = store.urgent_standings(**_ASKED, most=most)
            assert {
                each.id: (each.opened_at, each.lane, each.views_turn, each.delay_turn) for each in standings
            } == {
                each.id: (each.opened_at, each.lane, each.views_turn, each.delay_turn)
                for each in store.urgent_cases(**_ASKED, most=most)
            }
        some = store.urgent_cases(**_ASKED, most=3)
        assert len({case.id for case in some}) == len(some)
        for lane in Lane:
            turns = sorted(
                case.views_turn for case in some if case.lane is lane and case.views_turn is not None
            )
            assert turns[:3] == [-20.5, 0.5, 1.5]

    def test_kinds_of_work_are_told_of_the_oldest_and_of_the_first_once_each(
        self, store: ports.Store
    ) -> None:
        urgency = records.Urgency(
            odds=records.Odds(a=0.0, b=0.9, other=0.0),
            category=Category.B1,
            views_per_hour=1.0,
            views_known=False,
        )
        first = _placed(Lane.DAYS, -9.0, 1.0, opened_at=later(5), urgency=urgency)
        old = [_placed(Lane.DAYS, 3.0, 3.0, opened_at=later(minute)) for minute in (1, 2, 3)]
        handed = [make.case(escalated_by="user-2", opened_at=later(minute)) for minute in (2, 1)]
        others = [make.case(queue="other"), _placed(Lane.DAYS, -9.0, 1.0, state=records.CaseState.CLOSED)]
        _put(store, first, *old, *handed, *others)
        found = store.waiting_kinds(**_ASKED, oldest=1, first=1)
        assert {each.id: each for each in found} == {
            case.id: records.glance_at(case) for case in (first, old[0], handed[1])
        }
        assert len(found) == 3
        every = store.waiting_kinds(**_ASKED, oldest=9, first=9)
        assert sorted(each.id for each in every) == sorted(case.id for case in (first, *old, *handed))
        assert (
            store.waiting_kinds(now=later(10), taker=make.taker("user-1", "empty"), oldest=9, first=9) == []
        )

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

    # --- several queues, and other orders than by harm ---------------------------------------------------------------------------
    def test_nobody_is_given_what_waits_in_a_queue_they_do_not_take_from(self, store: ports.Store) -> None:
        general = _placed(Lane.DAYS, 2.0, 2.0, opened_at=later(2), imminent_since=later(2))
        german = _placed(Lane.DAYS, 1.0, 1.0, opened_at=later(1), imminent_since=later(1), queue="german")
        handed = make.case(opened_at=later(3), queue="german", escalated_by="user-2")
        _put(store, general, german, handed)
        for queues, expected in (
            (("general",), [general]), (("german",), [german]), (("german", "general"), [german, general]), (("french",), []),
        ):  # fmt: skip
            asked: dict[str, Any] = {"now": later(10), "taker": make.taker("user-1", *queues), "most": 9}
            assert store.waiting_cases(**asked) == expected
            assert store.imminent_cases(**asked) == expected
            assert sorted(case.id for case in store.urgent_cases(**asked)) == sorted(
                case.id for case in expected
            )
            assert store.count_waiting(**asked) == len(expected)
            assert store.waiting_cases(**asked, escalated=True) == ([handed] if "german" in queues else [])
        nothing: dict[str, Any] = {"now": later(10), "taker": records.Taker(user_id="user-1", queues=())}
        assert store.waiting_cases(**nothing, most=9) == store.urgent_cases(**nothing, most=9) == []
        assert store.imminent_cases(**nothing, most=9) == []
        assert store.count_waiting(**nothing, most=9) == 0

    def test_several_queues_are_one_list_page_by_page(self, store: ports.Store) -> None:
        cases = [make.case(opened_at=later(minute % 3), queue=f"q{minute % 2}") for minute in range(8)]
        _put(store, *cases)
        expected = sorted(cases, key=lambda case: (case.opened_at, case.id))
        asked: dict[str, Any] = {"now": later(10), "taker": make.taker("user-1", "q0", "q1"), "most": 3}
        paged: list[records.Case] = []
        while page := store.waiting_cases(**asked, after=paged[-1].id if paged else None):
            paged += page
        assert paged == expected

    def test_the_likeliest_come_first_where_the_order_goes_by_score(self, store: ports.Store) -> None:
        cases = [
            make.case(score_turn=-score, queue=queue) for score, queue in ((0.2, "a"), (0.9, "b"), (0.5, "a"))
        ]
        _put(store, *cases, make.case(queue="a"), make.case(score_turn=-1.0, queue="a", held_until=later(11)))
        asked: dict[str, Any] = {"now": later(10), "taker": make.taker("user-1", "a", "b")}
        assert store.likeliest_cases(**asked, most=9) == [cases[1], cases[2], cases[0]]
        assert store.likeliest_cases(**asked, most=1) == [cases[1]]

    def test_a_lot_finds_the_next_case_and_goes_round(self, store: ports.Store) -> None:
        cases = [make.case(lot=lot, queue=queue) for lot, queue in ((0.1, "a"), (0.5, "b"), (0.9, "a"))]
        _put(
            store,
            *cases,
            make.case(queue="a"),
            make.case(lot=0.6, queue="c"),
            make.case(lot=0.6, queue="a", passed_by=("user-1",)),
        )
        asked: dict[str, Any] = {"now": later(10), "taker": make.taker("user-1", "a", "b")}
        for lot, first in ((0.0, 0), (0.1, 0), (0.11, 1), (0.55, 2), (0.95, 0)):
            assert store.cases_by_lot(**asked, lot=lot, most=1) == [cases[first]]
        assert store.cases_by_lot(**asked, lot=0.55, most=9) == [cases[2], cases[0], cases[1]]

    def test_what_is_hidden_for_long_is_found_oldest_first(self, store: ports.Store) -> None:
        old = [make.case(opened_at=later(minute), queue="a") for minute in (2, 1)]
        taken = make.case(opened_at=later(0), queue="a", claimed_by="user-2", lease_until=later(99))
        others = [
            make.case(opened_at=later(0), queue="a", restricted=False), make.case(opened_at=later(5), queue="a"),
            make.case(opened_at=later(0), queue="a", state=records.CaseState.CLOSED),
        ]  # fmt: skip
        _put(store, *old, taken, *others)
        asked: dict[str, Any] = {"now": later(10), "taker": make.taker("user-1", "a"), "before": later(5)}
        assert store.restricted_cases(**asked, most=9) == [old[1], old[0]]
        assert store.restricted_cases(**asked, most=1) == [old[1]]
        assert store.long_restricted(queue="a", before=later(5), most=9) == [taken, old[1], old[0]]
        assert store.long_restricted(queue="a", before=later(5), after=taken.id, most=1) == [old[1]]
        assert store.long_restricted(queue="b", before=later(5), most=9) == []

    def test_open_queues_are_named_once_each(self, store: ports.Store) -> None:
        assert store.open_queues() == []
        closed = make.case(queue="over", state=records.CaseState.CLOSED)
        _put(store, *(make.case(queue=queue) for queue in ("b", "a", "b")), closed)
        assert store.open_queues() == ["a", "b"]
        assert {case.queue for case in store.cases_in_queue("b", most=9)} == {"b"}
        assert len(store.cases_in_queue("b", most=9)) == 2
        assert len(store.cases_in_queue("b", most=1)) == 1

    def test_cases_without_a_lot_are_those_from_before(self, store: ports.Store) -> None:
        old = [make.case() for _ in range(3)]
        _put(store, *old, make.case(lot=0.5), make.case(state=records.CaseState.CLOSED))
        assert store.unplaced_cases(most=2) == sorted(old, key=lambda case: case.id)[:2]
        again = [replace(case, lot=0.25, version=2) for case in old]
        store.commit(*map(Replace, again), entries=[make.entry()])
        assert store.unplaced_cases(most=9) == []

    def test_what_is_of_a_grade_that_somebody_does_not_take_is_left_out(self, store: ports.Store) -> None:
        known = [
            _graded(category, odds, minute)
            for minute, (category, odds) in enumerate(
                ((Category.A1, (0.9, 0, 0)), (Category.A2, (0.3, 0.0, 0.0)), (Category.B2, (0.0, 0.6, 0)), (None, (0, 0, 0.7)),
                 (None, (0.0, 0.0, 1e-05)), (None, (0, 0.0, 0.0)), (None, (0.016, 0.061, 0.134)), (None, None))
            )
        ]  # fmt: skip
        in_danger = replace(_graded(Category.A1, (0.9, 0, 0), 9), imminent_since=later(9))
        _put(store, *known, in_danger)
        for grade in records.DECLINABLE:
            taker = replace(make.taker("user-1"), declined=(grade,))
            wanted = {each.id for each in (*known, in_danger) if review.grade_of_case(each) is not grade}
            asked: dict[str, Any] = {"now": later(10), "taker": taker, "most": 20}
            assert {each.id for each in store.waiting_cases(**asked)} == wanted
            assert {each.id for each in store.urgent_cases(**asked)} == wanted
            assert {each.id for each in store.cases_by_lot(**asked, lot=0.5)} == wanted
            assert [each.id for each in store.imminent_cases(**asked)] == [in_danger.id] * (
                grade is not Grade.A
            )
        later_on = replace(make.taker("user-1"), put_off=(Grade.A, Grade.B))
        found = store.waiting_cases(now=later(10), taker=later_on, most=20)
        assert set(found) == {in_danger, *known[3:]}

    def test_somebody_who_takes_no_severe_cases_finds_others_behind_very_many(
        self, store: ports.Store
    ) -> None:
        before = [
            replace(_graded(Category.A1, (0.9, 0, 0), -minute), restricted=True)
            for minute in range(1, ports.LOOKED_AT + 9)
        ]
        wanted = [
            replace(each, views_turn=2.0, delay_turn=2.0, restricted=True)
            for each in (_graded(Category.B1, (0.0, 0.6, 0), 1), _graded(None, (0, 0, 0.7), 2))
        ]
        in_danger = replace(before[0], id=make.new_id("case"), imminent_since=later(9), views_turn=3.0)
        _put(store, *before, *wanted, in_danger)
        for declined, put_off, found in (
            ((Grade.A,), (), wanted),
            ((Grade.A, Grade.B), (), wanted[1:]),
            ((), (Grade.A, Grade.B), [*wanted[1:], in_danger]),
            ((Grade.B,), (Grade.A,), [*wanted[1:], in_danger]),
        ):
            taker = replace(make.taker("user-1"), declined=declined, put_off=put_off)
            asked: dict[str, Any] = {"now": later(10), "taker": taker, "most": 3}
            ids = {each.id for each in found}
            assert {each.id for each in store.waiting_cases(**asked)} == ids
            assert {each.id for each in store.urgent_cases(**asked)} == ids
            assert {each.id for each in store.urgent_standings(**asked)} == ids
            assert {each.id for each in store.restricted_cases(**asked, before=later(9))} == ids
            first = store.urgent_standings(**{**asked, "most": 1})
            assert {each.id for each in first} <= ids


def _graded(category: Category | None, odds: tuple[float, float, float] | None, minute: int) -> records.Case:
    urgency = None
    if odds is not None:
        a, b, other = odds
        urgency = records.Urgency(
            odds=records.Odds(a=a, b=b, other=other), category=category, views_per_hour=1.0, views_known=False
        )
    return _placed(Lane.DAYS, 1.0, 1.0, urgency=urgency, opened_at=later(minute), lot=minute % 10 / 10)

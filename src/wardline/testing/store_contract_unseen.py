"""The part of the store's contract that is about what can be decided without looking."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wardline import ports, records
from wardline.records import Category, Grade, Insert, Lane, Replace
from wardline.testing import store_records as make
from wardline.testing.store_records import later

_SAME = records.Match(
    list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.SHA256, distance_bits=0,
    trust=records.ListTrust.VERIFIED, category=Category.A1,
)  # fmt: skip
_NEAR = replace(_SAME, hash_kind=records.HashKind.PDQ, distance_bits=3)
_GRAVE = records.Urgency(
    odds=records.Odds(a=0.9, b=0.0, other=0.0), category=Category.A1, views_per_hour=1.0, views_known=False
)
_TAKER = replace(make.taker("user-1"), unseen=True)
_ASKED: dict[str, Any] = {"now": later(10), "taker": _TAKER, "most": 9}


def _pair(item: records.Item, minute: float = 0, **values: Any) -> tuple[records.Item, records.Case]:
    placed: dict[str, Any] = {
        "lane": Lane.DAYS,
        "views_turn": float(minute),
        "delay_turn": float(minute),
        "score_turn": -0.5,
        "lot": 0.5,
    }
    case = make.case(item_ids=(item.id,), opened_at=later(minute), restricted=True, **{**placed, **values})
    return item, case


def _put(store: ports.Store, *pairs: tuple[records.Item, records.Case]) -> None:
    changes = [Insert(each) for pair in zip(*pairs, strict=True) for each in pair]
    store.commit(*changes, entries=[make.entry()])


class UnseenContract:
    """Whoever may not look finds what needs no look, wherever it stands in an order."""

    def test_only_what_needs_no_look_is_for_whoever_may_not_look(self, store: ports.Store) -> None:
        same, near, plain = (make.item(matches=found) for found in ((_SAME,), (_NEAR,), ()))
        unreadable = make.item(matches=(), picture=None)
        words = make.item(matches=(), picture=None, told=records.IncidentKind.ENTICEMENT)
        every_kind = (same, near, plain, unreadable, words)
        pairs = [_pair(item, minute) for minute, item in enumerate(every_kind)]
        _put(store, *pairs)
        wanted = {pairs[0][1].id, pairs[3][1].id}
        answers: list[Sequence[Any]] = [
            store.waiting_cases(**_ASKED), store.urgent_cases(**_ASKED), store.urgent_standings(**_ASKED), store.likeliest_cases(**_ASKED),
            store.cases_by_lot(**_ASKED, lot=0.25), store.restricted_cases(**_ASKED, before=later(9)),
        ]  # fmt: skip
        assert [{each.id for each in found} for found in answers] == [wanted] * len(answers)
        every = {**_ASKED, "taker": make.taker("user-1")}
        assert {case.id for case in store.waiting_cases(**every)} == {case.id for _, case in pairs}

    def test_danger_and_what_was_handed_over_are_no_exceptions(self, store: ports.Store) -> None:
        same, plain = make.item(matches=(_SAME,)), make.item(matches=())
        known: dict[str, Any] = {"imminent_since": later(1)}
        _put(store, danger := _pair(same, **known), _pair(plain, **known))
        _put(store, handed := _pair(make.item(matches=(_SAME,)), escalated_by="user-2"))
        _put(store, _pair(make.item(matches=()), escalated_by="user-2"))
        assert store.imminent_cases(**_ASKED) == [danger[1]]
        assert store.waiting_cases(**_ASKED, escalated=True) == [handed[1]]

    def test_one_is_found_behind_very_many_that_have_to_be_looked_at(self, store: ports.Store) -> None:
        crowd = [_pair(make.item(matches=()), minute / 100) for minute in range(ports.LOOKED_AT + 9)]
        grave = _pair(make.item(matches=(_SAME,)), 8, urgency=_GRAVE)
        unreadable = _pair(make.item(matches=(), picture=None), 9)
        _put(store, *crowd, grave, unreadable)
        for declined, found in (((), [grave, unreadable]), ((Grade.A,), [unreadable])):
            asked = {**_ASKED, "taker": replace(_TAKER, declined=declined)}
            ids = [case.id for _, case in found]
            assert [case.id for case in store.waiting_cases(**asked)] == ids
            assert {case.id for case in store.urgent_cases(**asked)} == set(ids)
            assert {each.id for each in store.urgent_standings(**asked)} == set(ids)

    def test_what_becomes_known_of_a_file_counts_with_its_case(self, store: ports.Store) -> None:
        item, case = _pair(make.item(matches=()))
        _put(store, (item, case))
        assert store.waiting_cases(**_ASKED) == []
        told = replace(item, matches=(_SAME,), version=2)
        again = replace(case, reasons=("match on list X",), version=2)
        store.commit(Replace(told), Replace(again), entries=[make.entry()])
        assert store.waiting_cases(**_ASKED) == [again]
        claimed = replace(again, claimed_by="user-2", lease_until=later(60), version=3)
        store.commit(Replace(claimed), entries=[make.entry()])
        assert store.waiting_cases(**_ASKED) == []
        free = replace(claimed, claimed_by=None, lease_until=None, version=4)
        store.commit(Replace(free), entries=[make.entry()])
        assert store.waiting_cases(**_ASKED) == [free]
        assert list(store.drifted()) == []

    def test_a_case_of_several_files_needs_no_look_if_none_of_them_does(self, store: ports.Store) -> None:
        same, other, plain = (make.item(matches=found) for found in ((_SAME,), (_SAME,), ()))
        certain = make.case(item_ids=(same.id, other.id))
        mixed = make.case(item_ids=(same.id, plain.id))
        made = (same, other, plain, certain, mixed)
        store.commit(*map(Insert, made), entries=[make.entry()])
        assert store.waiting_cases(**_ASKED) == [certain]

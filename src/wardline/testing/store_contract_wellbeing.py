"""The part of the store's contract that is about what one person was shown and chose."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Insert, Replace
from wardline.testing import store_records as make
from wardline.testing.store_records import later

_ME, _OTHER = "user-1", "user-2"


def _put(store: ports.Store, *made: object) -> None:
    store.commit(*map(Insert, made), entries=[make.entry()])


class WellbeingContract:
    """One person's reveals have numbers of their own, and what they were shown is found by them."""

    def test_no_two_reveals_of_a_person_have_one_number(self, store: ports.Store) -> None:
        assert store.last_number(_ME) == 0
        _put(
            store,
            make.reveal(number=1),
            make.reveal(number=2, at=later(-5)),
            make.reveal(user_id=_OTHER, number=1),
        )
        _put(store, make.reveal(), make.reveal())  # from before there were numbers
        assert (store.last_number(_ME), store.last_number(_OTHER)) == (2, 1)
        with pytest.raises(AlreadyExistsError):
            _put(store, make.reveal(number=2))

    def test_items_and_decisions_are_those_of_what_one_person_was_shown(self, store: ports.Store) -> None:
        items = [make.item() for _ in range(3)]
        shown = [
            make.reveal(case_id="case-1", item_id=items[0].id, at=later(1)), make.reveal(case_id="case-1", item_id=items[0].id, at=later(2)),
            make.reveal(case_id="case-2", item_id=items[1].id, at=later(-1)),
            make.reveal(case_id="case-3", item_id=items[2].id, at=later(1), user_id=_OTHER),
            make.reveal(case_id="case-4", item_id="item-that-is-gone", at=later(1)),
        ]  # fmt: skip
        mine = [make.decision(case_id="case-1", at=later(9 - number)) for number in range(2)]
        others = [
            make.decision(case_id="case-1", user_id=_OTHER), make.decision(case_id="case-2"), make.decision(case_id="case-3"),
        ]  # fmt: skip
        _put(store, *items, *shown, *mine, *others)
        assert store.items_shown(_ME, since=later(0)) == [items[0]]
        assert store.items_shown(_ME, since=later(-1)) == sorted(items[:2], key=lambda item: item.id)
        assert store.own_decisions(_ME, since=later(0)) == mine[::-1]
        assert store.own_decisions(_OTHER, since=later(0)) == []

    def test_the_clusters_are_those_of_the_cases_that_one_person_was_shown(self, store: ports.Store) -> None:
        cases = [make.case(cluster_id="cluster-1"), make.case(), make.case(cluster_id="cluster-2")]
        _put(store, *cases, *(make.reveal(case_id=case.id, at=later(1)) for case in cases[:2]))
        assert store.clusters_shown(_ME, since=later(0)) == {cases[0].id: "cluster-1"}
        assert store.clusters_shown(_ME, since=later(2)) == {}

    def test_a_person_has_their_choices_once(self, store: ports.Store) -> None:
        assert store.choices_of(_ME) is None
        mine, theirs = (
            make.viewing_choices(user_id=_ME),
            make.viewing_choices(user_id=_OTHER, queues=(), grades=()),
        )
        _put(store, mine, theirs)
        assert store.choices_of(_ME) == mine
        with pytest.raises(AlreadyExistsError):
            _put(store, make.viewing_choices(user_id=_ME))
        changed = replace(mine, steps=True, grades=(records.Grade.OTHER,), version=2)
        store.commit(Replace(changed), entries=[make.entry()])
        assert store.choices_of(_ME) == changed
        assert store.all_choices() == sorted([changed, theirs], key=lambda each: each.id)

"""What every store's reader of hash lists does. Part of ``StoreContract``."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Replace
from wardline.testing import store_records as make
from wardline.testing.store_contract_readers import put
from wardline.testing.store_records import later


class ListReadersContract:
    """The reader of the room matching."""

    def test_hash_lists_come_by_name_with_only_their_own_batches(self, store: ports.Store) -> None:
        lists = [make.hash_list(name=name) for name in ("b", "a", "C")]
        batches = [
            make.hash_batch(list_id=lists[number % 2].id, number=20 - number // 2) for number in range(24)
        ]
        put(store, *lists, *batches)
        assert [each.name for each in store.hash_lists()] == ["C", "a", "b"]
        expected = [each for each in reversed(batches) if each.list_id == lists[0].id]
        assert list(store.batches_of(lists[0].id, after=0)) == expected
        assert list(store.batches_of(lists[0].id, after=18)) == expected[-2:]
        assert list(store.batches_of(lists[0].id, after=20)) == []
        assert list(store.batches_of(lists[2].id, after=0)) == []

    def test_two_batches_of_a_list_never_have_one_number(self, store: ports.Store) -> None:
        batch = make.hash_batch()
        put(store, batch)
        with pytest.raises(AlreadyExistsError):
            put(store, make.hash_batch(list_id=batch.list_id, number=batch.number))
        put(store, make.hash_batch(number=batch.number))

    def test_the_stamp_changes_with_active_lists_and_with_nothing_else(self, store: ports.Store) -> None:
        proposed = make.hash_list()
        stamps = [store.lists_stamp()]
        put(store, proposed, make.hash_list(state=records.HashListState.DISABLED), make.case())
        assert store.lists_stamp() == stamps[0]
        active = replace(proposed, state=records.HashListState.ACTIVE, version=2)
        refreshed = replace(active, refreshed_at=later(1), version=3)
        disabled = replace(refreshed, state=records.HashListState.DISABLED, version=4)
        for version in (active, refreshed, disabled):
            store.commit(Replace(version), entries=[make.entry()])
            assert store.lists_stamp() == store.lists_stamp()
            stamps.append(store.lists_stamp())
        assert len(set(stamps)) == 3
        assert stamps[3] == stamps[0]

    def test_the_stamp_changes_when_an_entry_is_held_and_when_it_is_released(
        self, store: ports.Store
    ) -> None:
        before = store.lists_stamp()
        held = make.held_entry()
        put(store, held)
        assert store.lists_stamp() != before
        released = replace(held, released_at=later(1), released_by="user-1", version=2)
        store.commit(Replace(released), entries=[make.entry()])
        assert store.lists_stamp() == before

    def test_entries_are_held_until_they_are_released_and_again_afterwards(self, store: ports.Store) -> None:
        first, other = make.held_entry(held_at=later(2)), make.held_entry(entry_id="hash-batch-1:8")
        put(store, first, other)
        assert store.held_entries() == [other, first]
        with pytest.raises(AlreadyExistsError):
            put(store, make.held_entry())
        assert store.last_release(first.list_id, first.entry_id) is None
        released = replace(first, released_at=later(3), released_by="user-1", version=2)
        store.commit(Replace(released), entries=[make.entry()])
        again = make.held_entry(held_at=later(4))
        put(store, again)
        assert store.held_entry(first.id) == released
        assert store.held_entries() == [other, again]
        assert store.last_release(first.list_id, first.entry_id) == released
        later_on = replace(again, released_at=later(9), released_by="user-2", version=2)
        store.commit(Replace(later_on), entries=[make.entry()])
        assert store.last_release(first.list_id, first.entry_id) == later_on

    def test_syncs_and_feedback_of_a_list_come_newest_first_and_one_sync_waits_at_a_time(
        self, store: ports.Store
    ) -> None:
        done = [
            make.list_sync(asked_at=later(m), ended_at=later(m), state=records.SyncState.DONE)
            for m in (3, 1, 2)
        ]
        waiting = make.list_sync(asked_at=later(4), problem="source-away")
        words = [make.list_feedback(created_at=later(minute)) for minute in (3, 1, 2)]
        put(store, *done, waiting, make.list_sync(list_id="hash-list-2"), *words)
        assert store.syncs_of("hash-list-1", most=3) == [waiting, done[0], done[2]]
        assert store.list_sync(done[1].id) == done[1]
        with pytest.raises(AlreadyExistsError):
            put(store, make.list_sync())
        assert store.feedback_of("hash-list-1", most=2) == [words[0], words[2]]
        assert store.list_feedback(words[1].id) == words[1]
        assert store.feedback_of("hash-list-2", most=2) == []

    def test_tallies_add_up_by_day_list_and_entry(self, store: ports.Store) -> None:
        day, matched = make.NOON.date(), records.Tallied.MATCHED
        of_list = records.Tally(list_id="hash-list-1", day=day, what=matched)
        of_entry = replace(of_list, entry_id="hash-batch-1:7", count=2)
        next_day = replace(of_list, day=later(24 * 60).date(), what=records.Tallied.DENIED)
        store.commit(of_list, of_entry, of_list, next_day, entries=[])
        store.commit(of_entry, entries=[])
        assert store.tallies(day, day) == [replace(of_list, count=2)]
        assert store.tallies(day, next_day.day) == [replace(of_list, count=2), next_day]
        assert store.tally_of("hash-list-1", "hash-batch-1:7", day=day, what=matched) == 4
        assert store.tally_of("hash-list-1", "hash-batch-1:8", day=day, what=matched) == 0

    def test_a_batch_is_found_by_its_id_with_its_keys(self, store: ports.Store) -> None:
        batch = make.hash_batch(keys="4-7\n4-ü\n".encode())
        put(store, batch)
        assert store.batch(batch.id) == batch

    def test_items_come_oldest_first_from_a_time_on_page_by_page(self, store: ports.Store) -> None:
        items = [make.item(received_at=later(minute)) for minute in (5, 1, 3, 3)]
        put(store, *items)
        expected = sorted(
            (each for each in items if each.received_at >= later(3)),
            key=lambda each: (each.received_at, each.id),
        )
        assert store.items_since(later(3), most=9) == expected
        assert store.items_since(later(3), after=expected[0].id, most=1) == expected[1:2]

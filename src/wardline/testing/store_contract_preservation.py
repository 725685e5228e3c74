"""The part of the store's contract that is about requests to preserve and to destroy, and about the fence."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from dataclasses import replace

import pytest

from wardline import ports, records
from wardline.errors import AlreadyExistsError
from wardline.records import Insert, Replace
from wardline.testing import store_records as make
from wardline.testing import store_records_preservation as of_preservation
from wardline.testing.store_records import later


class PreservationContract:
    """Requests by time, and the one fence."""

    def test_requests_to_preserve_are_listed_in_the_order_in_which_they_were_recorded(
        self, store: ports.Store
    ) -> None:
        second, first = (of_preservation.preservation(recorded_at=later(minute)) for minute in (2, 1))
        store.commit(Insert(second), Insert(first), entries=[make.entry()])
        assert store.preservations(most=9) == [first, second]
        assert store.preservations(most=1) == [first]
        assert store.preservations(after=first.id, most=9) == [second]
        assert store.preservation(second.id) == second

    def test_a_request_is_open_until_its_time_is_over_or_it_was_withdrawn(self, store: ports.Store) -> None:
        long, short = (of_preservation.preservation(until=later(minute)) for minute in (20, 10))
        withdrawn = of_preservation.preservation(until=later(20), ended_at=later(1))
        store.commit(*map(Insert, (long, short, withdrawn)), entries=[make.entry()])
        assert store.open_preservations(later(9)) == [short, long]
        assert store.open_preservations(later(10)) == [long]
        assert store.open_preservations(later(20)) == []

    def test_destructions_are_listed_in_the_order_in_which_they_were_proposed(
        self, store: ports.Store
    ) -> None:
        gone = of_preservation.destroyed_file()
        second, first = (of_preservation.destruction(proposed_at=later(minute)) for minute in (2, 1))
        store.commit(Insert(second), Insert(first), entries=[make.entry()])
        done = replace(first, destroyed=(gone,), state=records.DestructionState.DONE, version=2)
        store.commit(Replace(done), entries=[make.entry()])
        assert store.destructions(most=9) == [done, second]
        assert store.destructions(after=done.id, most=9) == [second]
        assert store.destruction(first.id).destroyed == (gone,)

    def test_exports_are_listed_in_the_order_in_which_they_were_proposed(self, store: ports.Store) -> None:
        second, first = (of_preservation.export(proposed_at=later(minute)) for minute in (2, 1))
        store.commit(Insert(second), Insert(first), entries=[make.entry()])
        approved = replace(
            first, state=records.ExportState.APPROVED, decided_by="user-2", decided_at=later(3), version=2
        )
        store.commit(Replace(approved), entries=[make.entry()])
        assert store.exports(most=9) == [approved, second]
        assert store.exports(most=1) == [approved]
        assert store.exports(after=approved.id, most=9) == [second]
        assert store.export(first.id) == approved

    def test_the_fence_that_stands_is_the_one_that_was_not_lifted(self, store: ports.Store) -> None:
        assert store.fence() is None
        raised = of_preservation.fence()
        store.commit(Insert(raised), entries=[make.entry()])
        assert store.fence() == raised
        with pytest.raises(AlreadyExistsError):
            store.commit(Insert(of_preservation.fence()), entries=[make.entry()])
        assert store.lifted_fences() == []
        lifted = replace(raised, lifted_at=later(1), version=2)
        store.commit(Replace(lifted), entries=[make.entry()])
        assert store.fence() is None
        assert store.lifted_fences() == [lifted]

    def test_the_last_fence_is_known_when_it_is_down(self, store: ports.Store) -> None:
        assert store.last_fence() is None
        lifted = [of_preservation.fence(raised_at=later(each), lifted_at=later(9)) for each in (3, 1)]
        for each in lifted:
            store.commit(Insert(each), entries=[make.entry()])
        assert store.last_fence() == lifted[0]
        standing = of_preservation.fence(raised_at=later(4))
        store.commit(Insert(standing), entries=[make.entry()])
        assert store.last_fence() == standing

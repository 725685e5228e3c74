"""What is read of hash lists, over dictionaries, and what every reader over dictionaries stands on."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from wardline import records
from wardline.adapters.stores import kinds, list_readers
from wardline.adapters.stores.preparation import TallyKey
from wardline.errors import NotFoundError

R = TypeVar("R")


class MemoryReading:
    """Records by their type and id."""

    def __init__(self) -> None:
        self._gate = threading.RLock()
        self._records: dict[type[Any], dict[str, Any]] = defaultdict(dict)
        self._remembered: dict[str, records.Remembered] = {}
        self._counts: Counter[tuple[date, records.Step]] = Counter()
        self._tallies: Counter[TallyKey] = Counter()

    def _table(self, record_type: type[R]) -> dict[str, R]:
        return self._records[record_type]

    def _one(self, record_type: type[R], record_id: str) -> R:
        with self._gate:
            found = self._table(record_type).get(record_id)
        if found is None:
            raise NotFoundError(
                f"{kinds.name_of(record_type)} {record_id}: not stored, expected an existing one"
            )
        return found

    def _all(
        self, record_type: type[R], order: Callable[[R], Any], fits: Callable[[R], bool] = lambda _: True
    ) -> list[R]:
        with self._gate:
            return sorted((record for record in self._table(record_type).values() if fits(record)), key=order)


class MemoryListReaders(MemoryReading):
    """The reader of the room matching."""

    def hash_list(self, list_id: str) -> records.HashList:
        return self._one(records.HashList, list_id)

    def hash_lists(self) -> list[records.HashList]:
        return self._all(records.HashList, lambda found: found.name)

    def batches_of(self, list_id: str, *, after: int) -> Iterator[records.HashBatch]:
        def fits(found: records.HashBatch) -> bool:
            return found.list_id == list_id and found.number > after

        return iter(self._all(records.HashBatch, lambda found: found.number, fits))

    def batch(self, batch_id: str) -> records.HashBatch:
        return self._one(records.HashBatch, batch_id)

    def lists_stamp(self) -> str:
        searched = [found for found in self.hash_lists() if found.is_searched]
        held = self.held_entries()
        return list_readers.stamp(
            [(found.id, found.version, found.refreshed_at) for found in searched]
            + [(found.id, found.version, found.held_at) for found in held]
        )

    def held_entry(self, held_id: str) -> records.HeldEntry:
        return self._one(records.HeldEntry, held_id)

    def held_entries(self) -> list[records.HeldEntry]:
        return self._all(
            records.HeldEntry,
            lambda found: (found.held_at, found.id),
            lambda found: found.released_at is None,
        )

    def last_release(self, list_id: str, entry_id: str) -> records.HeldEntry | None:
        released = [
            (found.released_at, found)
            for found in self._table(records.HeldEntry).values()
            if (found.list_id, found.entry_id) == (list_id, entry_id) and found.released_at is not None
        ]
        return max(released, key=lambda pair: pair[0])[1] if released else None

    def list_sync(self, sync_id: str) -> records.ListSync:
        return self._one(records.ListSync, sync_id)

    def syncs_of(self, list_id: str, *, most: int) -> list[records.ListSync]:
        of_list = self._all(
            records.ListSync, lambda found: (found.asked_at, found.id), lambda found: found.list_id == list_id
        )
        return of_list[::-1][:most]

    def list_feedback(self, feedback_id: str) -> records.ListFeedback:
        return self._one(records.ListFeedback, feedback_id)

    def feedback_of(self, list_id: str, *, most: int) -> list[records.ListFeedback]:
        of_list = self._all(
            records.ListFeedback,
            lambda found: (found.created_at, found.id),
            lambda found: found.list_id == list_id,
        )
        return of_list[::-1][:most]

    def tallies(self, first: date, last: date) -> list[records.Tally]:
        with self._gate:
            return [
                records.Tally(day=key[0], list_id=key[1], what=key[3], count=count)
                for key, count in sorted(self._tallies.items())
                if first <= key[0] <= last and not key[2]
            ]

    def tally_of(self, list_id: str, entry_id: str, *, day: date, what: records.Tallied) -> int:
        with self._gate:
            return self._tallies[day, list_id, entry_id, what]

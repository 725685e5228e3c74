"""Looking back: when a list grows, files that are kept anyway are matched with what is new on it.

Off unless the settings say so. Nothing is kept longer for it, nothing is decoded or opened, and no file is looked at that a signal, a flag
or the audit had not kept before: only the hashes of kept items are compared. See docs/explanation/matching.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

import numpy as np

from wardline import matching, ports, records
from wardline.pipeline import renewing
from wardline.pipeline.parts import Parts
from wardline.records import (
    HASH_BYTES,
    BatchChange,
    HashKind,
    HashListState,
    ListRole,
    Task,
    Verb,
)

_ITEMS_AT_ONCE = 500


def tasks(parts: Parts, owner: records.HashList, known: int) -> list[Task]:
    """Give the work of looking back at what came to an active bank after its batch of this number; none where that is off."""
    is_counted = owner.state is HashListState.ACTIVE and owner.role is ListRole.BANK
    if not parts.rules.look_back or not is_counted or owner.batches == known:
        return []
    return [Task(name="look-back", record_id=f"{owner.id}:{known}:{owner.batches}")]


def look_back(parts: Parts, record_id: str, attempt: int) -> None:  # noqa: ARG001 -- a task may run again from its start
    """Match the items of the last days with what came to a list. An item that is found already is passed over.

    Args:
        parts: The installation's.
        record_id: List id, the batch that was known, and the newest one then; with colons between.
        attempt: Not needed.
    """
    list_id, known, newest = record_id.rsplit(":", 2)
    owner = parts.store.hash_list(list_id)
    if not parts.rules.look_back or owner.state is not HashListState.ACTIVE:
        return  # switched off since
    recent = _Recent(parts, parts.rules.look_back)
    new = (
        batch
        for batch in parts.store.batches_of(list_id, after=int(known))
        if batch.number <= int(newest) and batch.change is BatchChange.ADD
    )
    renewed = renewing.renew(parts, recent.near(new, owner))
    detail = f"batches {int(known) + 1} to {newest}: {len(recent)} items, {renewed} cases"
    parts.store.commit(entries=[parts.entry(Verb.LIST_LOOKED_BACK, list_id, detail=detail)])


class _Recent:
    """The kept items of the last days, ready to be compared with entries: they are few, and the entries many."""

    def __init__(self, parts: Parts, age: timedelta) -> None:
        self._items: list[records.Item] = []
        self._index: ports.Index = parts.make_index()
        self._same: dict[tuple[HashKind, bytes], list[int]] = {}
        self._owner_of: list[int] = []
        after: str | None = None
        while page := parts.store.items_since(parts.now() - age, after=after, most=_ITEMS_AT_ONCE):
            after = page[-1].id
            for item in page:
                if item.told is None:  # no list is asked about words
                    self._take(item)

    def __len__(self) -> int:
        return len(self._items)

    def near(
        self, batches: Iterable[records.HashBatch], owner: records.HashList
    ) -> Iterator[tuple[records.Item, records.Match]]:
        """Give each item that an entry is near, with the nearest."""
        best: dict[int, records.Match] = {}
        for batch in batches:
            for number, place, distance_bits in self._hits(batch, owner.radius_bits):
                item = self._items[number]
                if item.context is None or not _may_be_looked_at(item.context, owner):
                    continue
                if number not in best or distance_bits < best[number].distance_bits:
                    best[number] = _match(batch, place, distance_bits, owner)
        for number, match in best.items():
            yield self._items[number], match

    def _take(self, item: records.Item) -> None:
        number = len(self._items)
        self._items.append(item)
        for each in item.hashes:
            value = bytes.fromhex(each.value)
            if each.kind is not HashKind.PDQ:
                self._same.setdefault((each.kind, value), []).append(number)
            elif (each.quality or 0) >= matching.MIN_PDQ_QUALITY:
                row = np.frombuffer(value, np.uint8).reshape(1, -1)
                self._index.add(row, np.array([len(self._owner_of)], np.int64))
                self._owner_of.append(number)

    def _hits(self, batch: records.HashBatch, radius_bits: int) -> Iterator[tuple[int, int, int]]:
        length = HASH_BYTES[batch.kind]
        if batch.kind is HashKind.PDQ:
            queries = np.frombuffer(batch.hashes, np.uint8).reshape(-1, length)
            for place, hits in enumerate(self._index.search(queries, radius_bits=radius_bits)):
                yield from ((self._owner_of[row], place, distance_bits) for row, distance_bits in hits)
            return
        for place in range(batch.size):
            same = self._same.get((batch.kind, batch.digest(place)), ())
            yield from ((number, place, 0) for number in same)


def _may_be_looked_at(context: records.UploadContext, owner: records.HashList) -> bool:
    """Say whether a file may be matched again: none from a private surface, for the reason that it was kept for is another one."""
    return context.visibility is records.Visibility.PUBLIC and owner.covers(context.surface)


def _match(
    batch: records.HashBatch, place: int, distance_bits: int, owner: records.HashList
) -> records.Match:
    return records.Match(
        list_id=owner.id, entry_id=f"{batch.id}:{place}", hash_kind=batch.kind, distance_bits=distance_bits, trust=owner.trust,
        meaning=owner.meaning, category=records.category_of(batch.categories[place]),
    )  # fmt: skip

"""Lists, entries and hashes for tests of matching."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wardline import matching, records
from wardline.matching import contents

NOW = datetime(2026, 1, 2, tzinfo=UTC)
KIND, STATE, TRUST = records.HashKind, records.HashListState, records.ListTrust
_DIGITS = {KIND.MD5: 32, KIND.SHA1: 40, KIND.SHA256: 64, KIND.PDQ: 64}


class NaiveIndex:
    """A near index in the plainest form."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int]] = []

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        values = [int.from_bytes(row.tobytes(), "big") for row in hashes]
        self.rows += zip(ids.tolist(), values, strict=True)

    def remove(self, ids: NDArray[np.int64]) -> None:
        gone = set(ids.tolist())
        self.rows = [pair for pair in self.rows if pair[0] not in gone]

    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        return [self._search(int.from_bytes(query.tobytes(), "big"), radius_bits) for query in queries]

    def _search(self, query: int, radius_bits: int) -> list[tuple[int, int]]:
        distances = [(number, (value ^ query).bit_count()) for number, value in self.rows]
        return [pair for pair in distances if pair[1] <= radius_bits]


def hash_list(
    number: int,
    trust: records.ListTrust = TRUST.VERIFIED,
    state: records.HashListState = STATE.ACTIVE,
    **terms: Any,
) -> records.HashList:
    list_id = records.new_id("hash-list", NOW, number.to_bytes(10, "big"))
    return records.HashList(
        id=list_id, name=f"list {number}", provenance="drawn for a test", trust=trust, state=state, entries=0, created_at=NOW,
        created_by="user", refreshed_at=NOW, **terms,
    )  # fmt: skip


def value(kind: records.HashKind, number: int) -> str:
    """Give a hash value; no two numbers share one."""
    return hashlib.sha256(str(number).encode()).hexdigest()[: _DIGITS[kind]]


def moved(text: str, bits: int) -> str:
    """Give a PDQ value at this distance from another."""
    return f"{int(text, 16) ^ ((1 << bits) - 1):064x}"


def item_hash(kind: records.HashKind, text: str, quality: int = 100) -> records.Hash:
    return records.Hash(kind=kind, value=text, quality=quality if kind is KIND.PDQ else None)


def change(
    kind: records.HashKind, text: str, category: records.Category | None = None
) -> records.EntryChange:
    return records.EntryChange(kind=kind, value=text, category=category)


def held(changes: Iterable[records.EntryChange]) -> contents.Contents:
    """Give what a list holds that was told of these."""
    gathering = contents.Gathering()
    gathering.take(changes)
    return gathering.contents()


def batches(
    owner: records.HashList, old: contents.Contents, new: contents.Contents, *, after: int = 0
) -> list[records.HashBatch]:
    """Give the batches that turn one into the other."""
    numbers = itertools.count(after * 1000)
    return list(
        contents.batches(
            contents.difference(old, new), list_id=owner.id, after=after,
            new_id=lambda: records.new_id("hash-batch", NOW, next(numbers).to_bytes(10, "big")),
        )
    )  # fmt: skip


class Shelf:
    """Lists and their batches, as a store holds them."""

    def __init__(self) -> None:
        self.lists: dict[str, records.HashList] = {}
        self.batches: dict[str, list[records.HashBatch]] = {}
        self._held: dict[str, contents.Contents] = {}
        self.read: list[str] = []
        """The ids of the batches that were read."""

    def put(self, owner: records.HashList, changes: Iterable[records.EntryChange]) -> None:
        """Let a list hold these, and nothing else, from now on."""
        stored, new = self.batches.setdefault(owner.id, []), held(changes)
        stored += batches(owner, self._held.get(owner.id, contents.nothing()), new, after=len(stored))
        self._held[owner.id] = new
        self.lists[owner.id] = replace(owner, entries=contents.count(new), batches=len(stored))

    def batches_of(self, list_id: str, after: int) -> Iterator[records.HashBatch]:
        for batch in self.batches.get(list_id, [])[after:]:
            self.read.append(batch.id)
            yield batch


def catalogue(
    lists: Mapping[records.HashList, Iterable[records.EntryChange]],
) -> matching.Catalogue:
    """Make a catalogue of lists that hold these."""
    shelf = Shelf()
    for owner, changes in lists.items():
        shelf.put(owner, changes)
    made = matching.Catalogue(NaiveIndex)
    made.follow(shelf.lists.values(), shelf.batches_of)
    return made

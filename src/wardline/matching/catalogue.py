"""The catalogue: every entry of every active list, in memory, ready to be searched."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wardline import records
from wardline.errors import IntegrityError
from wardline.matching.lookup import RADIUS_BITS, lookup

_PDQ_BATCH = 4096
"""PDQ hashes handed to the index at a time."""
_BYTES = {
    records.HashKind.MD5: 16,
    records.HashKind.SHA1: 20,
    records.HashKind.SHA256: 32,
    records.HashKind.PDQ: 32,
}
_KINDS = tuple(records.HashKind)
_CATEGORIES = (None, *records.Category)


class NearIndex(Protocol):
    """What the catalogue asks of an index: the part of ``ports.Index`` that it uses, under the same contract."""

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None: ...

    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]: ...


class Catalogue:
    """A snapshot of the active lists. It never changes once built, so any number of threads may match against it.

    An entry takes about 60 bytes, and its cryptographic hash about 150 more or its PDQ hash what the index needs. To follow the lists,
    build another catalogue and put it in this one's place.
    """

    def __init__(self, index: NearIndex) -> None:
        """Make an empty catalogue; ``build`` is the way to a full one."""
        self._index = index
        self._lists: list[tuple[str, records.ListTrust]] = []
        self._exact: dict[bytes, int | list[int]] = {}
        """Kind and hash to the rows of the entries that hold it; nearly always one."""
        self._list_of_row = array("I")
        self._kind_of_row = array("B")
        self._category_of_row = array("B")
        self._id_ends = array("Q")
        self._ids = bytearray()
        self._malformed: dict[str, int] = {}

    @classmethod
    def build(
        cls,
        lists: Iterable[records.HashList],
        entries_of: Callable[[str], Iterable[records.HashListEntry]],
        make_index: Callable[[], NearIndex],
    ) -> Catalogue:
        """Read every active list. Proposed and disabled ones are passed over.

        An entry whose hash is malformed is left out and counted, and hides no other.

        Args:
            lists: Hash lists in any state.
            entries_of: Gives the entries of a list by the list's id; read once, one at a time.
            make_index: Makes an empty index for the PDQ hashes. The catalogue alone changes it.
        """
        catalogue = cls(make_index())
        pdq = _PdqBatch(catalogue._index)
        for hash_list in lists:
            if hash_list.state is not records.HashListState.ACTIVE:
                continue
            catalogue._lists.append((hash_list.id, hash_list.trust))
            for entry in entries_of(hash_list.id):
                catalogue._admit(entry, hash_list.id, pdq)
        pdq.flush()
        return catalogue

    def __len__(self) -> int:
        """Count the entries that can be found."""
        return len(self._id_ends)

    @property
    def malformed(self) -> dict[str, int]:
        """How many entries of which list were left out; lists without any are absent."""
        return dict(self._malformed)

    def match(
        self, hashes: Iterable[records.Hash], *, radius_bits: int = RADIUS_BITS
    ) -> tuple[records.Match, ...]:
        """Find an item on the active lists by its hashes: nearest first, and at equal distance verified lists first.

        Whatever the index raises comes through: the item was not looked up, which is not the same as not found.
        """
        return lookup(hashes, exact=self._exact_matches, near=partial(self._near_matches, radius_bits))

    def _admit(self, entry: records.HashListEntry, list_id: str, pdq: _PdqBatch) -> None:
        value = _digest(entry)
        if value is None:
            self._malformed[list_id] = self._malformed.get(list_id, 0) + 1
            return
        row = len(self._id_ends)
        self._list_of_row.append(len(self._lists) - 1)
        self._kind_of_row.append(_KINDS.index(entry.kind))
        self._category_of_row.append(_CATEGORIES.index(entry.category))
        self._ids += entry.id.encode()
        self._id_ends.append(len(self._ids))
        if entry.kind is records.HashKind.PDQ:
            pdq.add(value, row)
            return
        key = _key(entry.kind, value)
        rows = self._exact.get(key)
        if rows is None:
            self._exact[key] = row
        elif isinstance(rows, list):
            rows.append(row)
        else:
            self._exact[key] = [rows, row]

    def _exact_matches(self, kind: records.HashKind, value: bytes) -> Iterator[records.Match]:
        rows = self._exact.get(_key(kind, value), [])
        for row in rows if isinstance(rows, list) else [rows]:
            yield self._match(row, 0)

    def _near_matches(self, radius_bits: int, value: bytes) -> Iterator[records.Match]:
        query = np.frombuffer(value, np.uint8).reshape(1, -1)
        for row, distance_bits in self._index.search(query, radius_bits=radius_bits)[0]:
            yield self._match(row, distance_bits)

    def _match(self, row: int, distance_bits: int) -> records.Match:
        if not 0 <= row < len(self):
            raise IntegrityError(
                f"index id {row}: not one that the catalogue added, expected 0 to {len(self) - 1}"
            )
        list_id, trust = self._lists[self._list_of_row[row]]
        id_start = self._id_ends[row - 1] if row else 0
        return records.Match(
            list_id=list_id,
            entry_id=self._ids[id_start : self._id_ends[row]].decode(),
            hash_kind=_KINDS[self._kind_of_row[row]],
            distance_bits=distance_bits,
            trust=trust,
            category=_CATEGORIES[self._category_of_row[row]],
        )


class _PdqBatch:
    """PDQ hashes on their way into the index."""

    def __init__(self, index: NearIndex) -> None:
        self._index = index
        self._hashes = bytearray()
        self._rows: list[int] = []

    def add(self, value: bytes, row: int) -> None:
        self._hashes += value
        self._rows.append(row)
        if len(self._rows) == _PDQ_BATCH:
            self.flush()

    def flush(self) -> None:
        hashes = np.frombuffer(bytes(self._hashes), np.uint8).reshape(-1, _BYTES[records.HashKind.PDQ])
        self._index.add(hashes, np.array(self._rows, np.int64))
        self._hashes.clear()
        self._rows.clear()


def _digest(entry: records.HashListEntry) -> bytes | None:
    """Give the bytes of an entry's hash; None when it is malformed."""
    try:
        value = bytes.fromhex(entry.value)
    except ValueError:
        return None
    return value if len(entry.value) == 2 * len(value) == 2 * _BYTES[entry.kind] else None


def _key(kind: records.HashKind, value: bytes) -> bytes:
    return bytes((_KINDS.index(kind),)) + value

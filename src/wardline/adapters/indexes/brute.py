"""An index that compares with every hash: exact, nothing to build, quick enough for tens of thousands of hashes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wardline.errors import AlreadyExistsError, InputError
from wardline.kernels import hamming

_FIRST_CAPACITY = 1024


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """One state of the index. What a snapshot covers of the arrays is never written again; rows beyond it may be."""

    hashes: NDArray[np.uint8]
    """``uint8[capacity, 32]``."""
    ids: NDArray[np.int64]
    """``int64[capacity]``."""
    alive: NDArray[np.bool_]
    """``bool[capacity]``; False for rows that were removed."""
    size: int
    """Rows in use, removed ones included."""


class BruteIndex:
    """``ports.Index`` over one growing array.

    Safe to call from many threads: a search works on the state it found when it began and waits for nobody; changes wait for each
    other. A change is searchable when its call returns. Removed rows are dropped when they outnumber the others.
    """

    def __init__(self) -> None:
        self._writing = threading.Lock()
        self._snapshot = _empty(_FIRST_CAPACITY)
        self._row_of: dict[int, int] = {}

    def __len__(self) -> int:
        """Count the hashes that can be found."""
        return len(self._row_of)

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Make hashes findable: all of them or, when an id is taken (``AlreadyExistsError``), none."""
        if (
            hashes.dtype != np.uint8
            or ids.dtype != np.int64
            or hashes.shape != (len(ids), hamming.HASH_BYTES)
        ):
            raise InputError(
                "index addition: arrays do not fit, expected uint8[n, 32] hashes and int64[n] ids"
            )
        numbers = ids.tolist()
        with self._writing:
            if len(set(numbers)) < len(numbers) or not self._row_of.keys().isdisjoint(numbers):
                raise AlreadyExistsError("index addition: an id is there already, expected new ids")
            snapshot = _with_room(self._snapshot, len(numbers))
            start, stop = snapshot.size, snapshot.size + len(numbers)
            snapshot.hashes[start:stop] = hashes
            snapshot.ids[start:stop] = ids
            snapshot.alive[start:stop] = True
            self._row_of.update(zip(numbers, range(start, stop), strict=True))
            self._snapshot = _Snapshot(snapshot.hashes, snapshot.ids, snapshot.alive, stop)

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Take hashes out. Unknown ids are ignored."""
        with self._writing:
            rows = [self._row_of.pop(number) for number in set(ids.tolist()) if number in self._row_of]
            if not rows:
                return
            old = self._snapshot
            alive = old.alive.copy()
            alive[rows] = False
            snapshot = _Snapshot(old.hashes, old.ids, alive, old.size)
            if 2 * len(self._row_of) < snapshot.size:
                snapshot = _compacted(snapshot)
                numbers = snapshot.ids[: snapshot.size].tolist()
                self._row_of = dict(zip(numbers, range(snapshot.size), strict=True))
            self._snapshot = snapshot

    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        """For each of ``uint8[q, 32]`` give every ``(id, distance_bits)`` within the radius, nearest first."""
        snapshot = self._snapshot
        result = hamming.search(snapshot.hashes[: snapshot.size], queries, radius_bits)
        kept = snapshot.alive[result.rows].tolist()
        numbers = snapshot.ids[result.rows].tolist()
        distances = result.distances.tolist()
        offsets = result.offsets.tolist()
        return [
            [(numbers[at], distances[at]) for at in range(start, stop) if kept[at]]
            for start, stop in pairwise(offsets)
        ]


def _empty(capacity: int) -> _Snapshot:
    return _Snapshot(
        np.zeros((capacity, hamming.HASH_BYTES), np.uint8),
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.bool_),
        0,
    )


def _with_room(snapshot: _Snapshot, more: int) -> _Snapshot:
    """Give the same state in arrays that hold ``more`` further rows: its own where they are long enough."""
    needed = snapshot.size + more
    if needed <= len(snapshot.ids):
        return snapshot
    grown = _empty(max(needed, 2 * len(snapshot.ids)))
    size = snapshot.size
    for array, source in (
        (grown.hashes, snapshot.hashes),
        (grown.ids, snapshot.ids),
        (grown.alive, snapshot.alive),
    ):
        array[:size] = source[:size]
    return _Snapshot(grown.hashes, grown.ids, grown.alive, size)


def _compacted(snapshot: _Snapshot) -> _Snapshot:
    """Give the same state without its removed rows, in new arrays."""
    rows = np.flatnonzero(snapshot.alive[: snapshot.size])
    fresh = _empty(max(_FIRST_CAPACITY, len(rows)))
    fresh.hashes[: len(rows)] = snapshot.hashes[rows]
    fresh.ids[: len(rows)] = snapshot.ids[rows]
    fresh.alive[: len(rows)] = True
    return _Snapshot(fresh.hashes, fresh.ids, fresh.alive, len(rows))

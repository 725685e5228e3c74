"""The index in memory: exact and quick from one hash to 100 million, and it goes on changing and answering while it is merged."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from wardline.kernels.hamming import HASH_BYTES, HammingIndex

_FREE_CHANGES = 16_384
"""So many are compared one by one: some 10 microseconds of a search."""
_PART = 16
_MOST_OUT_OF_ORDER = 1 << 18

Hashes = NDArray[np.uint8]
Ids = NDArray[np.int64]


class MemoryIndex:
    """``ports.Index`` over a ``HammingIndex``, which it replaces by a merged one. Safe to call from many threads; changes wait for each other.

    A change is searchable when its call returns. Additions are only appended, so that a list of millions is read at full speed; the
    first search that finds many of them starts a merge in another thread, and until it is done they are compared one by one.

    Args:
        base: What to start from, in memory or mapped from a file; nothing by default.
        merges: See the attribute.
    """

    def __init__(self, base: HammingIndex | None = None, *, merges: bool = True) -> None:
        self._writing = threading.RLock()
        if base is None:
            base = HammingIndex.build(np.empty((0, HASH_BYTES), np.uint8), np.empty(0, np.int64))
        self._index = base
        self.merges = merges
        """Whether it merges by itself when many changes came; False as long as somebody else is to make a merged one of it."""
        self._since: list[tuple[Hashes | None, Ids]] | None = None
        """Changes made while a merge is under way, to be made in the new index too: additions have hashes, removals none."""
        self._merger: threading.Thread | None = None
        self._failed_with = 0
        """How many changes there were when merging failed last: the next attempt waits for as many again."""

    def __len__(self) -> int:
        """Count the hashes that can be found."""
        return len(self._index)

    def add(self, hashes: Hashes, ids: Ids) -> None:
        """Make hashes findable: all of them or, when an id is taken (``AlreadyExistsError``), none."""
        with self._writing:
            self._index.add(hashes, ids)
            if self._since is not None:
                self._since.append((hashes.copy(), ids.copy()))
        if self._is_crowded():
            self.merge()

    def remove(self, ids: Ids) -> None:
        """Take hashes out. Unknown ids are ignored."""
        with self._writing:
            self._index.remove(ids)
            if self._since is not None:
                self._since.append((None, ids.copy()))

    def search(self, queries: Hashes, *, radius_bits: int) -> list[list[tuple[int, int]]]:
        """For each of ``uint8[q, 32]`` give every ``(id, distance_bits)`` within the radius, nearest first, then by id."""
        if self.merges and self._since is None:
            changes = self._index.changes - self._failed_with
            if changes > most_changes(len(self._index)):
                self._merge_in_background()
        return self._index.search(queries, radius_bits).pairs()

    @property
    def changes(self) -> int:
        """How many changes are not merged yet."""
        return self._index.changes

    def frozen(self) -> HammingIndex:
        """Give this very state to merge, or to write when it has no changes."""
        with self._writing:
            return self._index.frozen()

    def close(self) -> None:
        """Wait for a merge under way."""
        if self._merger is not None:
            self._merger.join()

    def merge(self) -> None:
        """Take all changes into a new index, and go over to it. Returns at once when another thread is at it."""
        with self._writing:
            if self._since is not None:
                return
            self._since = []
            state = self._index.frozen()
        try:
            fresh = state.merged()
            with self._writing:
                for hashes, ids in self._since:
                    _apply(fresh, hashes, ids)
                self._index = fresh
                self._failed_with = 0
        except BaseException:
            self._failed_with = self._index.changes
            raise
        finally:
            self._since = None

    def _merge_in_background(self) -> None:
        with self._writing:
            if self._merger is None or not self._merger.is_alive():
                self._merger = threading.Thread(target=self.merge, name="index-merge", daemon=True)
                self._merger.start()

    def _is_crowded(self) -> bool:
        """Say whether so many ids were added out of order that the memory for finding them matters."""
        return self._index.out_of_order > _MOST_OUT_OF_ORDER + len(self._index) // 4


def most_changes(size: int) -> int:
    """Say how many changes an index of a size bears before it is merged: then comparing them costs a search more than they are worth."""
    return _FREE_CHANGES + size // _PART


def _apply(index: HammingIndex, hashes: Hashes | None, ids: Ids) -> None:
    if hashes is None:
        index.remove(ids)
    else:
        index.add(hashes, ids)

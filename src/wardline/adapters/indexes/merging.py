"""An index that goes on changing and answering while a merged one is made beside it. What both built-in indexes are made from."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wardline.kernels.hamming import HammingIndex

_FREE_CHANGES = 16_384
"""So many are compared one by one: some 10 microseconds of a search."""
_PART = 16
_MOST_OUT_OF_ORDER = 1 << 18

Hashes = NDArray[np.uint8]
Ids = NDArray[np.int64]


class MergingIndex:
    """Holds the current ``HammingIndex`` and replaces it. Safe to call from many threads; changes wait for each other."""

    def __init__(self, index: HammingIndex) -> None:
        self._writing = threading.RLock()
        self._index = index
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
            self._index.check_addition(hashes, ids)
            if not len(ids):
                return
            self._record(hashes, ids)
            self._index.add(hashes, ids)
            if self._since is not None:
                self._since.append((hashes.copy(), ids.copy()))

    def remove(self, ids: Ids) -> None:
        """Take hashes out. Unknown ids are ignored."""
        with self._writing:
            self._record(None, ids)
            self._index.remove(ids)
            if self._since is not None:
                self._since.append((None, ids.copy()))

    def search(self, queries: Hashes, *, radius_bits: int) -> list[list[tuple[int, int]]]:
        """For each of ``uint8[q, 32]`` give every ``(id, distance_bits)`` within the radius, nearest first, then by id."""
        return self._index.search(queries, radius_bits).pairs()

    @property
    def changes(self) -> int:
        """How many changes are not merged yet."""
        return self._index.changes

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
        try:
            with self._writing:
                # What was added since the line above is in the state; what is added from here on is not.
                self._since = []
                state = self._begin_merge()
            fresh = self._merged(state)
            with self._writing:
                for hashes, ids in self._since:
                    apply(fresh, hashes, ids)
                self._index = fresh
                self._failed_with = 0
                self._end_merge()
        except BaseException:
            self._failed_with = self._index.changes
            raise
        finally:
            self._since = None

    def _merge_when_due(self, start: Callable[[], None]) -> None:
        """Start a merge when there are many changes: when comparing them costs a search more than they are worth."""
        changes = self._index.changes - self._failed_with
        if self._since is None and changes > _FREE_CHANGES + len(self._index) // _PART:
            start()

    def _merge_in_background(self) -> None:
        with self._writing:
            if self._merger is None or not self._merger.is_alive():
                self._merger = threading.Thread(target=self.merge, name="index-merge", daemon=True)
                self._merger.start()

    def _is_crowded(self) -> bool:
        """Say whether so many ids were added out of order that the memory for finding them matters."""
        return self._index.out_of_order > _MOST_OUT_OF_ORDER + len(self._index) // 4

    # --- what an index on disk does besides -------------------------------------------------------------------------------------------
    def _record(self, hashes: Hashes | None, ids: Ids) -> None:
        """Make a change durable before it can be found."""

    def _begin_merge(self) -> HammingIndex:
        """Give the state to merge; nobody changes the index meanwhile."""
        return self._index.frozen()

    def _merged(self, state: HammingIndex) -> HammingIndex:
        """Make the new index; others change the old one meanwhile."""
        return state.merged()

    def _end_merge(self) -> None:
        """Tidy up after the new index took the old one's place."""


def apply(index: HammingIndex, hashes: Hashes | None, ids: Ids) -> None:
    """Make a change in an index: an addition, or a removal when there are no hashes."""
    if hashes is None:
        index.remove(ids)
    else:
        index.add(hashes, ids)

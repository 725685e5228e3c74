"""The index in memory: exact and quick from one hash to 100 million. The default."""

from __future__ import annotations

import numpy as np

from wardline import ports
from wardline.adapters.indexes.merging import Hashes, Ids, MergingIndex
from wardline.kernels.hamming import HASH_BYTES, HammingIndex


class MemoryIndex(MergingIndex):
    """``ports.Index`` over a ``HammingIndex`` in memory.

    A change is searchable when its call returns. Additions are only appended, so that a list of millions is read at full speed; the
    first search that finds many of them starts a merge in another thread, and until it is done they are compared one by one.
    """

    def __init__(self) -> None:
        super().__init__(HammingIndex.build(np.empty((0, HASH_BYTES), np.uint8), np.empty(0, np.int64)))

    def add(self, hashes: Hashes, ids: Ids) -> None:
        """Make hashes findable: all of them or, when an id is taken (``AlreadyExistsError``), none."""
        super().add(hashes, ids)
        if self._is_crowded():
            self.merge()

    def search(self, queries: Hashes, *, radius_bits: int) -> list[list[tuple[int, int]]]:
        """For each of ``uint8[q, 32]`` give every ``(id, distance_bits)`` within the radius, nearest first, then by id."""
        self._merge_when_due(self._merge_in_background)
        return super().search(queries, radius_bits=radius_bits)


def create() -> ports.Index:
    """Make an empty index: the entry point's factory."""
    return MemoryIndex()

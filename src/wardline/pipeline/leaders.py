"""The leaders of all clusters, to be searched in memory. The store is what counts: every process follows it, and starts from it."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import numpy as np

from wardline import ports, records
from wardline.pipeline.parts import Parts
from wardline.records import CLUSTER_RADIUS_BITS

_LOOK_AGAIN_SECONDS = 1.0
_AT_ONCE = 5_000
_LATE = timedelta(minutes=10)
"""A cluster may be in the store so long after the time that its id tells: clocks differ, and sealing takes its time. One that comes later
still is known to the other processes from their next start on; until then near files may found another beside it, which harms nobody."""


class Leaders:
    """Finds the clusters that a file may join. Safe to call from many threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.RLock()
        self._made: ports.Index | None = None
        self._ids: list[str] = []
        """Of the index's rows."""
        self._known: set[str] = set()
        self._after = ""
        self._looked = float("-inf")

    @property
    def _index(self) -> ports.Index:
        """Make the index when it is needed first: an installation that cannot search is to be opened all the same, and say why."""
        made = self._made
        if made is None:
            with self._gate:
                made = self._made = self._made or self._parts.make_index()
        return made

    def __len__(self) -> int:
        """Count the leaders that are known."""
        return len(self._ids)

    def near(self, pdq: str) -> list[tuple[int, str]]:
        """Give distance in bits and id of each cluster whose leader is within the radius: the nearest first, of equal ones the oldest.

        Some may have been forgotten since.
        """
        self._follow()
        query = np.frombuffer(bytes.fromhex(pdq), np.uint8).reshape(1, -1)
        (hits,) = self._index.search(query, radius_bits=CLUSTER_RADIUS_BITS)
        return sorted((distance_bits, self._ids[row]) for row, distance_bits in hits)

    def learn(self, cluster: records.Cluster) -> None:
        """Take in a cluster that this process just founded."""
        if cluster.pdq is not None:
            with self._gate:
                self._take([(cluster.id, cluster.pdq)])

    def _follow(self) -> None:
        """Read what other processes founded, a page at a time. While one thread does, others go on with what is known."""
        if time.monotonic() - self._looked <= _LOOK_AGAIN_SECONDS:
            return
        # Before the first look nothing is known: then everybody waits for it.
        if not self._gate.acquire(blocking=self._looked == float("-inf")):
            return
        try:
            if time.monotonic() - self._looked > _LOOK_AGAIN_SECONDS:
                began, after = time.monotonic(), self._after
                while found := self._parts.store.leaders(after=after, most=_AT_ONCE):
                    self._take(found)
                    after = found[-1][0]
                self._after = records.new_id("cluster", self._parts.now() - _LATE, bytes(10))
                self._looked = began
        finally:
            self._gate.release()

    def _take(self, found: list[tuple[str, str]]) -> None:
        new = [(cluster_id, pdq) for cluster_id, pdq in found if cluster_id not in self._known]
        if not new:
            return
        hashes = np.frombuffer(bytes.fromhex("".join(pdq for _, pdq in new)), np.uint8).reshape(len(new), -1)
        first = len(self._ids)
        # Named before they can be found.
        self._ids += [cluster_id for cluster_id, _ in new]
        self._index.add(hashes, np.arange(first, first + len(new), dtype=np.int64))
        self._known |= {cluster_id for cluster_id, _ in new}

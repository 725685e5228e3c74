"""The step match: all enabled lists in memory, following the store."""

from __future__ import annotations

import threading
import time

from wardline import matching, ports, records
from wardline.pipeline.parts import Parts

_LOOK_AGAIN_SECONDS = 1.0
_BUILD_AT_MOST_SECONDS = 30.0


class Lookup:
    """Holds the current catalogue of active lists and renews it when a list changes. Safe to call from many threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._stamp = ("", "")
        self._catalogue = matching.Catalogue(parts.make_index, parts.copies)
        self._looked = float("-inf")
        """When the catalogue was last known to be that of the store, monotonic seconds."""

    def find(
        self, hashes: tuple[records.Hash, ...], *, surface: str | None = None, margin_bits: int = 0
    ) -> matching.Findings:
        """Find every entry near these hashes; see ``matching.Catalogue``. Fast ones need ``matching.FAST_ERROR_BITS`` of margin."""
        return self._current().find(hashes, surface=surface, margin_bits=margin_bits)

    def match(self, hashes: tuple[records.Hash, ...]) -> tuple[records.Match, ...]:
        """Find what counts: entries of active lists near these exact hashes."""
        return self.find(hashes).matches

    def refresh(self) -> None:
        """Look for changed lists now."""
        with self._lock:
            self._look()

    def _current(self) -> matching.Catalogue:
        age = time.monotonic() - self._looked
        if age <= _LOOK_AGAIN_SECONDS:
            return self._catalogue
        # A large list takes seconds to build. Meanwhile the others go on with what is there, but never with nothing and not for long:
        # when building fails again and again, what is there is no more than what once was.
        if not self._lock.acquire(timeout=0 if age <= _BUILD_AT_MOST_SECONDS else -1):
            return self._catalogue
        try:
            if time.monotonic() - self._looked > _LOOK_AGAIN_SECONDS:
                self._look()
        finally:
            self._lock.release()
        return self._catalogue

    def _look(self) -> None:
        began = time.monotonic()
        self._renew(self._parts.store)
        self._looked = began

    def _renew(self, store: ports.Store) -> None:
        copies = self._parts.copies
        stamp = store.lists_stamp(), "" if copies is None else copies.stamp()
        if stamp == self._stamp:
            return
        self._catalogue.follow(
            store.hash_lists(),
            lambda list_id, after: store.batches_of(list_id, after=after),
            store.held_entries(),
        )
        self._stamp = stamp

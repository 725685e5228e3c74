"""The step match: all enabled lists, as a snapshot that follows the store."""

from __future__ import annotations

import threading
import time

from wardline import matching, ports, records
from wardline.pipeline.parts import Parts

_LOOK_AGAIN_SECONDS = 1.0


class Lookup:
    """Holds the current catalogue of active lists and renews it when a list changes. Safe to call from many threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._stamp = ""
        self._catalogue = matching.Catalogue.build((), parts.store.entries_of, parts.make_index)
        self._looked = float("-inf")

    def match(self, hashes: tuple[records.Hash, ...]) -> tuple[records.Match, ...]:
        """Find every entry near these hashes."""
        return self._current().match(hashes)

    def refresh(self) -> None:
        """Look for changed lists now."""
        with self._lock:
            self._looked = float("-inf")
        self._current()

    def _current(self) -> matching.Catalogue:
        if time.monotonic() - self._looked > _LOOK_AGAIN_SECONDS:
            with self._lock:
                if time.monotonic() - self._looked > _LOOK_AGAIN_SECONDS:
                    self._renew(self._parts.store)
                    self._looked = time.monotonic()
        return self._catalogue

    def _renew(self, store: ports.Store) -> None:
        stamp = store.lists_stamp()
        if stamp == self._stamp:
            return
        active = [each for each in store.hash_lists() if each.state is records.HashListState.ACTIVE]
        self._catalogue = matching.Catalogue.build(active, store.entries_of, self._parts.make_index)
        self._stamp = stamp

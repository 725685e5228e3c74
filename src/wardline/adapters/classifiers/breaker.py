"""A circuit breaker: what failed several times in a row is left alone for a while, and then tried by one caller first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Counts failures. Safe to share between threads.

    Args:
        after: So many failures one after the other open it.
        seconds: It stays open so long; then one caller may try.
        monotonic: Gives seconds that only grow.
    """

    def __init__(
        self, *, after: int, seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._after, self._seconds, self._monotonic = after, seconds, monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_again: float | None = None

    def lets(self) -> bool:
        """Say whether this caller may ask. Whoever was let has to tell how it went."""
        with self._lock:
            if self._closed_again is None:
                return True
            now = self._monotonic()
            if now < self._closed_again:
                return False
            self._closed_again = now + self._seconds  # one at a time; should it never tell, another one may
            return True

    def went_well(self) -> None:
        """Note a success."""
        with self._lock:
            self._failures, self._closed_again = 0, None

    def failed(self) -> None:
        """Note a failure."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._after:
                self._closed_again = self._monotonic() + self._seconds

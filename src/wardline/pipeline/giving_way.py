"""Work in the background lets people go first: one interpreter serves both, and a person waits for the next case while a list has time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator


class GivingWay:
    """Knows whether somebody is being handed a case by this process at the moment. Safe to call from many threads."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._served = 0
        self._nobody = threading.Event()
        self._nobody.set()

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Have work in the background wait while this lasts."""
        with self._gate:
            self._served += 1
            self._nobody.clear()
        try:
            yield
        finally:
            with self._gate:
                self._served -= 1
                if self._served == 0:
                    self._nobody.set()

    def wait(self, most_seconds: float) -> float:
        """Wait until nobody is being served, but not for longer than this; gives the seconds that are left of it.

        So work goes on, more slowly, where somebody always is.
        """
        if most_seconds <= 0 or self._nobody.is_set():
            return most_seconds
        began = time.monotonic()
        self._nobody.wait(most_seconds)
        return most_seconds - (time.monotonic() - began)

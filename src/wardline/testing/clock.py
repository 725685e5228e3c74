"""A clock that stands still until it is told to move."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from wardline.errors import InputError
from wardline.records.checks import require_utc


class VirtualClock:
    """A ``ports.Clock`` for tests and simulations. Safe to share between threads.

    Args:
        start: The first time it shows; aware, in UTC.
    """

    def __init__(self, start: datetime) -> None:
        require_utc("virtual clock", start)
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Give the current time, aware, in UTC."""
        with self._lock:
            return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move on and give the new time. Time never runs backwards: a negative step is ``InputError``."""
        if step < timedelta(0):
            raise InputError("virtual clock: a step backwards, expected zero or more")
        with self._lock:
            self._now += step
            return self._now

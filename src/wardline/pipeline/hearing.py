"""What one process knows of each detector's health, so that an upload costs no question to the store while nothing changes."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

_TELL_EVERY = timedelta(minutes=1)


class Hearing:
    """One installation's, by the name of the detector. Safe to call from many threads."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._well: set[str] = set()
        self._told: dict[str, datetime] = {}

    def answered(self, name: str) -> bool:
        """Note a usable answer. True: its alarms are to be closed, for it failed before, or this is the first that the process hears of it.

        The first answer of a process may end what began before the process started, and nobody else would close that alarm.
        """
        with self._gate:
            if name in self._well:
                return False
            self._well.add(name)
            self._told.pop(name, None)
            return True

    def failed(self, name: str, now: datetime) -> bool:
        """Note an answer that is of no use. True: people are to be told, for they were not within the last minute."""
        with self._gate:
            self._well.discard(name)
            told = self._told.get(name)
            if told is not None and abs(now - told) < _TELL_EVERY:
                return False
            self._told[name] = now
            return True

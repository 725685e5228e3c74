"""A clock that jumped: a person hears of it, and nothing is destroyed by a date that may be wrong.

Leases, windows and targets follow the clock wherever it goes, for nothing is lost by that. What is destroyed does not come back.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind

BACK, AHEAD = "clock-back", "clock-ahead"
"""What the two alarms are about."""
_TOLERANCE = timedelta(minutes=2)
"""By so much clocks of several servers differ, and NTP sets one back."""


class ClockWatch:
    """Compares the time of each minute with that of the minute before, and at first with that of the newest checkpoint."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = threading.Lock()
        last = parts.store.last_checkpoint()
        self._seen: datetime | None = last.at if last is not None else None
        self._latest = self._seen
        """The latest time that was ever seen: the clock is right again once it is past that."""

    def watch(self) -> None:
        """Raise and resolve the alarms. Do it before anything that destroys. Safe to call from many threads."""
        with self._gate:
            self._watch()

    def _watch(self) -> None:
        now, before, latest = self._parts.now(), self._seen, self._latest
        self._seen = now
        self._latest = max(now, latest) if latest is not None else now
        if before is None or latest is None:
            return
        if now < before - _TOLERANCE:
            self._tell_back(now, before)
        elif now >= latest:
            alarms.resolve_about(self._parts, AlarmKind.CLOCK_JUMPED, BACK)
        most = self._parts.rules.clock_gap
        if most is not None and now - before > most:
            self._tell_ahead(now, before)

    def _tell_back(self, now: datetime, before: datetime) -> None:
        message = (
            f"The clock shows {alarms.moment(now)} and showed {alarms.moment(before)} before. Claims, windows and holds last longer by that much. "
            "Set it, and keep it right with NTP; a lead may give held cases to others."
        )
        alarms.raise_alarm(self._parts, AlarmKind.CLOCK_JUMPED, BACK, message)

    def _tell_ahead(self, now: datetime, before: datetime) -> None:
        message = (
            f"From {alarms.moment(before)} to {alarms.moment(now)} nothing was seen of this installation: it stood still, or the clock is wrong. Nothing "
            "is destroyed and no account unlinked until somebody has looked at the clock and resolves this alarm."
        )
        alarms.raise_alarm(self._parts, AlarmKind.CLOCK_JUMPED, AHEAD, message)


def is_in_doubt(parts: Parts) -> bool:
    """Say whether the time may be wrong, so that nothing is destroyed by it."""
    return parts.store.open_alarm(AlarmKind.CLOCK_JUMPED, AHEAD) is not None

"""Times on the command line: an exact one is UTC; of a day it is not known in which zone somebody lived it, so nothing ends before it ended everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wardline.errors import InputError

FORMATS = "YYYY-MM-DD or YYYY-MM-DDTHH:MM"
_DAY, _MINUTE = "%Y-%m-%d", "%Y-%m-%dT%H:%M"
_BEGINS_BEFORE, _ENDS_AFTER = timedelta(hours=14), timedelta(hours=12)
"""So long before UTC a day begins where it begins first (UTC+14), and so long after UTC it ends where it ends last (UTC-12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When something arrived."""

    at: datetime
    at_the_latest: datetime
    """The same, unless only the day was given: periods count from here, so that none is cut short by hours."""


def arrival(given: str | None, now: datetime) -> Arrival:
    """Read when something arrived; now where nothing is given."""
    if given is None:
        return Arrival(at=now, at_the_latest=now)
    at, is_day = _read("--received", given)
    if not is_day:
        return Arrival(at=at, at_the_latest=at)
    # In the Pacific it may be a day already that UTC has yet to begin.
    begun = min(at, now) if at <= now + _BEGINS_BEFORE else at
    return Arrival(at=begun, at_the_latest=max(begun, min(now, _over(at))))


def last_of(given: str | None) -> datetime | None:
    """Read until when something lasts: a day to its end, wherever that is last."""
    if given is None:
        return None
    at, is_day = _read("--until", given)
    return _over(at) if is_day else at


def _over(day: datetime) -> datetime:
    return day + timedelta(days=1) + _ENDS_AFTER


def _read(option: str, given: str) -> tuple[datetime, bool]:
    for form in (_DAY, _MINUTE):
        try:
            return datetime.strptime(given, form).replace(tzinfo=UTC), form == _DAY
        except ValueError:
            continue
    raise InputError(f"{option}: no day and no time, expected {FORMATS}")

"""Days of which it is not known in which time zone somebody lived them: nothing ends before they ended everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wardline.errors import InputError

_BEGINS_BEFORE, _ENDS_AFTER = timedelta(hours=14), timedelta(hours=12)
"""So long before UTC a day begins where it begins first (UTC+14), and so long after UTC it ends where it ends last (UTC-12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When something arrived."""

    at: datetime
    at_the_latest: datetime
    """The same, unless only the day was given: periods count from here, so that none is cut short by hours."""


def arrived_on(day: datetime, now: datetime) -> Arrival:
    """Say when something arrived of which only the day is known, given as its first moment in UTC."""
    # In the Pacific it may be a day already that UTC has yet to begin.
    begun = min(day, now) if day <= now + _BEGINS_BEFORE else day
    return Arrival(at=begun, at_the_latest=max(begun, min(now, over(day))))


def over(day: datetime) -> datetime:
    """Say when a day, given as its first moment in UTC, is over everywhere.

    Raises:
        InputError: It is the last that there is.
    """
    try:
        return day + timedelta(days=1) + _ENDS_AFTER
    except OverflowError:
        raise InputError("day: the last of all, expected an earlier one") from None

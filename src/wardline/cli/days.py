"""Times on the command line: an exact one is UTC; of a day it is not known in which zone somebody lived it, so nothing ends before it ended everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wardline.errors import InputError

if TYPE_CHECKING:
    from wardline.preservation import Arrival

FORMATS = "YYYY-MM-DD or YYYY-MM-DDTHH:MM"
_DAY, MINUTE = "%Y-%m-%d", "%Y-%m-%dT%H:%M"


def arrival(given: str | None, now: datetime) -> Arrival:
    """Read when something arrived; now where nothing is given."""
    from wardline.preservation import Arrival, arrived_on

    if given is None:
        return Arrival(at=now, at_the_latest=now)
    at, is_day = _read("--received", given)
    if not is_day:
        return Arrival(at=at, at_the_latest=at)
    return arrived_on(at, now)


def last_of(given: str | None) -> datetime | None:
    """Read until when something lasts: a day to its end, wherever that is last."""
    from wardline.preservation import over

    if given is None:
        return None
    at, is_day = _read("--until", given)
    return over(at) if is_day else at


def _read(option: str, given: str) -> tuple[datetime, bool]:
    for form in (_DAY, MINUTE):
        try:
            return datetime.strptime(given, form).replace(tzinfo=UTC), form == _DAY
        except ValueError:
            continue
    raise InputError(f"{option}: no day and no time, expected {FORMATS}")

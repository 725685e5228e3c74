"""When to ask a platform again."""

from __future__ import annotations

from datetime import timedelta

ALARM_AFTER_ATTEMPTS = 5
"""A platform that failed this often in a row (about two minutes) is worth telling a person; trying goes on."""

_FIRST_SECONDS = 2.0
_LONGEST = timedelta(hours=1)


def retry_delay(attempts: int, jitter: float) -> timedelta:
    """Give the time to wait after failed attempts: 2 s, doubled each time, at most an hour, times 0.5 to 1.

    Args:
        attempts: Failed tries so far, 1 and up.
        jitter: 0 to 1, random: spreads the return of many actions after an outage.
    """
    seconds = min(_FIRST_SECONDS * 2.0 ** min(attempts - 1, 20), _LONGEST.total_seconds())
    return timedelta(seconds=seconds * (0.5 + 0.5 * jitter))

"""What is watched of reports each minute: their clocks, and whether a second person checked what one person filed."""

from __future__ import annotations

from datetime import timedelta

from wardline import referral
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.pipeline.targets import HALF, MOST
from wardline.records import AlarmKind, Priority

MOST_WATCHED = 1_000
"""Of each priority those that are due first: more make no difference to an alarm."""
CHECKS = "checks"
"""What the alarm about reports that nobody checked is about."""
_LEVELS = (
    (HALF, AlarmKind.REFERRAL_NEAR, "half", "have half of their clock behind them"),
    (MOST, AlarmKind.REFERRAL_NEAR, "four-fifths", "have four fifths of their clock behind them"),
    (1.0, AlarmKind.REFERRAL_PAST, "past", "are past their clock"),
)


def watch(parts: Parts) -> None:
    """Raise and resolve what there is to say."""
    for priority in Priority:
        _watch_clock(parts, priority)
    _watch_checks(parts)


def _watch_clock(parts: Parts, priority: Priority) -> None:
    """Raise one alarm a level for all reports of a priority, and resolve it when there are none any more."""
    now, found = parts.now(), parts.store.due_referrals(priority, most=MOST_WATCHED)
    for part, kind, word, words in _LEVELS:
        here = [each for each in found if referral.part_over(each, now=now) >= part]
        if not here:
            alarms.resolve_about(parts, kind, f"{priority}:{word}")
            continue
        first = here[0]
        due = first.due_at.isoformat(" ", "minutes") if first.due_at is not None else "no time"
        alarms.raise_alarm(parts, kind, f"{priority}:{word}", (
            f"{_number(len(here))} of priority {priority} {words} and {'is' if len(here) == 1 else 'are'} not filed. The first is {first.id}, due "
            f"at {due}. See why it is not filed on its page."
        ))  # fmt: skip


def _watch_checks(parts: Parts) -> None:
    now = parts.now()
    late = [
        each
        for each in parts.store.unchecked_referrals(most=MOST_WATCHED)
        if each.check_by is not None and now - each.check_by >= timedelta(0)
    ]
    if not late:
        alarms.resolve_about(parts, AlarmKind.REFERRAL_UNCHECKED, CHECKS)
        return
    message = (
        f"{_number(len(late))} {'was' if len(late) == 1 else 'were'} filed by one person and not checked by another in time. The first is "
        f"{late[0].id}. Open it, read it as the officer does, and say that you looked."
    )
    alarms.raise_alarm(parts, AlarmKind.REFERRAL_UNCHECKED, CHECKS, message)


def _number(count: int) -> str:
    counted = f"{count:,} or more" if count >= MOST_WATCHED else f"{count:,}"
    return f"{counted} report{'' if count == 1 else 's'}"

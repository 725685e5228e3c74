"""What is watched of reports each minute: their clocks, and whether a second person checked what one person filed."""

from __future__ import annotations

from datetime import timedelta

from wardline import referral
from wardline.pipeline import alarms, refer, removed_receivers, viral
from wardline.pipeline.parts import Parts
from wardline.pipeline.targets import HALF, MOST
from wardline.records import AlarmKind, Priority, ReferralState

MOST_WATCHED = 1_000
"""Of each priority those that are due first: more make no difference to an alarm."""
CHECKS = "checks"
"""What the alarm about reports that nobody checked is about."""
_OF_ONE = (AlarmKind.FILING_NEEDS_HUMAN, AlarmKind.REFERRAL_UNAPPROVED)
_LEVELS = (
    (HALF, AlarmKind.REFERRAL_NEAR, "half", "half of the clock is over"),
    (MOST, AlarmKind.REFERRAL_NEAR, "four-fifths", "four fifths of the clock are over"),
    (1.0, AlarmKind.REFERRAL_PAST, "past", "the clock is over"),
)


def watch(parts: Parts) -> None:
    """Raise and resolve what there is to say."""
    for priority in Priority:
        _watch_clock(parts, priority)
    _watch_checks(parts)
    removed_receivers.watch(parts)
    _close_what_is_over(parts)


def _close_what_is_over(parts: Parts) -> None:
    """Close what a crash left open, between the end of a referral and that of its alarms."""
    for alarm in parts.store.open_alarms():
        if alarm.kind in _OF_ONE:
            found = parts.store.referral(alarm.subject_id)
            if found.state in (ReferralState.FINISHED, ReferralState.WITHDRAWN):
                refer.over(parts, found)


def _watch_clock(parts: Parts, priority: Priority) -> None:
    """Raise one alarm a level for all reports of a priority, and resolve it when there are none any more."""
    now, found = parts.now(), parts.store.due_referrals(priority, most=MOST_WATCHED)
    viral.let_go_on(parts, found)
    for part, kind, word, words in _LEVELS:
        here = [each for each in found if referral.part_over(each, now=now) >= part]
        if not here:
            alarms.resolve_about(parts, kind, f"{priority}:{word}")
            continue
        # It names none of them: who may have to judge one reads this too, and the first may be filed long before the last.
        alarms.raise_alarm(parts, kind, f"{priority}:{word}", (
            f"Of {_number(len(here))} of priority {priority} {words}, and {'it is' if len(here) == 1 else 'they are'} not filed. The list of "
            "referrals has the most urgent first, and the page of each says why it is not filed."
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
        f"{_number(len(late))} {'was' if len(late) == 1 else 'were'} filed by one person and not checked by another in time. The list of "
        "referrals has them. Open each, read it as the officer does, and say that you looked."
    )
    alarms.raise_alarm(parts, AlarmKind.REFERRAL_UNCHECKED, CHECKS, message)


def _number(count: int) -> str:
    counted = f"{count:,} or more" if count >= MOST_WATCHED else f"{count:,}"
    return f"{counted} report{'' if count == 1 else 's'}"

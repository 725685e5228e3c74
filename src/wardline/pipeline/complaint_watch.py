"""What is promised to people who complain: a person hears when it is not kept."""

from __future__ import annotations

from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind

_AT_ONCE = 20
"""More that are late are told of when these were seen to."""


def watch(parts: Parts) -> None:
    """Raise an alarm for appeals, flags and messages whose time is over; done each minute."""
    now, store = parts.now(), parts.store
    _resolve(parts)
    for appeal in store.late_appeals(now, most=_AT_ONCE):
        message = (
            f"The appeal {appeal.id} has no answer, which was promised by {alarms.moment(appeal.due_at)}. See to its case "
            f"{appeal.case_id}."
        )
        alarms.raise_alarm(parts, AlarmKind.COMPLAINT_LATE, appeal.id, message)
    for notice in store.late_notices(now, most=_AT_ONCE):
        message = (
            f"The flag {notice.id} has no answer, which was promised by {alarms.moment(notice.due_at)}. See to its case "
            f"{notice.case_id}."
        )
        alarms.raise_alarm(parts, AlarmKind.COMPLAINT_LATE, notice.id, message)
    for late in store.late_messages(now, most=_AT_ONCE):
        message = f"The message {late.id} ({late.kind}) was not delivered in time. Look at the webhook of the platform {late.platform}."
        alarms.raise_alarm(parts, AlarmKind.COMPLAINT_LATE, late.id, message)


def _resolve(parts: Parts) -> None:
    """Close the alarms about appeals and flags that have their answer by now; those about messages go when they are delivered."""
    for alarm in parts.store.open_alarms():
        if alarm.kind is AlarmKind.COMPLAINT_LATE and _is_answered(parts, alarm.subject_id):
            alarms.resolve_about(parts, alarm.kind, alarm.subject_id)


def _is_answered(parts: Parts, subject_id: str) -> bool:
    match subject_id.rsplit("-", 1)[0]:
        case "appeal":
            return parts.store.appeal(subject_id).answered_at is not None
        case "notice":
            return parts.store.notice(subject_id).answered_at is not None
        case _:
            return False

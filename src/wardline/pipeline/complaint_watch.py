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
    for appeal in store.late_appeals(now, most=_AT_ONCE):
        message = (
            f"The appeal {appeal.id} has no answer, which was promised by {appeal.due_at:%Y-%m-%d %H:%M} UTC. See to its case "
            f"{appeal.case_id}."
        )
        alarms.raise_alarm(parts, AlarmKind.COMPLAINT_LATE, appeal.id, message)
    for notice in store.late_notices(now, most=_AT_ONCE):
        message = (
            f"The flag {notice.id} has no answer, which was promised by {notice.due_at:%Y-%m-%d %H:%M} UTC. See to its case "
            f"{notice.case_id}."
        )
        alarms.raise_alarm(parts, AlarmKind.COMPLAINT_LATE, notice.id, message)
    for late in store.late_messages(now, most=_AT_ONCE):
        message = f"The message {late.id} ({late.kind}) was not delivered in time. Look at the webhook of the platform {late.platform}."
        alarms.raise_alarm(parts, AlarmKind.COMPLAINT_LATE, late.id, message)

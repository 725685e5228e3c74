"""What a platform refused for good goes out once more, when a person says that the platform was put right."""

from __future__ import annotations

import re
from dataclasses import replace

from wardline import records
from wardline.errors import ConflictError
from wardline.pipeline import blind_filing, people
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import ActionState, AlarmKind, MessageState, Replace, ReversalState, Scope, Task, Verb

_ONE = re.compile("(action|message)-[0-9a-z]{26}")


def is_possible(alarm: records.Alarm) -> bool:
    """Say whether an open alarm is about one request that a platform refused."""
    refused = alarm.kind is AlarmKind.WEBHOOK_UNDELIVERED and alarm.resolved_at is None
    return refused and _ONE.fullmatch(alarm.subject_id) is not None


def send_again(parts: Parts, alarm_id: str, user: records.User) -> records.Alarm:
    """Send what an alarm is about once more, and close the alarm; refused again, it is raised again.

    Raises:
        ConflictError: The alarm is closed or about something else; or what it is about must not be sent any more.
    """
    people.require_scope(user, Scope.MANAGE)
    blind_filing.require_told(parts, alarm_id, user)
    alarm = parts.store.alarm(alarm_id)
    if not is_possible(alarm):
        raise ConflictError(
            f"alarm {alarm_id}: not open about a refused action or message, expected one that is"
        )
    again = _message if alarm.subject_id.startswith("message-") else _action
    closed = replace(alarm, resolved_at=parts.now(), version=alarm.version + 1)
    written = Writing()
    written.note(
        Replace(closed), parts.entry(Verb.ALARM_RESOLVED, alarm.id, actor=user.id, detail="sent again")
    )
    written.add(again(parts, alarm.subject_id, user))
    written.commit(parts)
    return closed


def _action(parts: Parts, action_id: str, user: records.User) -> Writing:
    action = parts.store.action(action_id)
    if action.reversal is ReversalState.FAILED:
        waiting = replace(action, reversal=ReversalState.PENDING, version=action.version + 1)
        task = Task(name="reverse", record_id=action.id, attempt=action.reversal_attempts)
        detail = "reversal, sent again"
    else:
        _require_wanted(parts, action)
        waiting = replace(action, state=ActionState.PENDING, version=action.version + 1)
        task = Task(name="enforce", record_id=action.id, attempt=action.attempts)
        detail = f"{action.kind}, sent again"
    if not action.account_reference:
        raise ConflictError(f"{action.id}: its account is forgotten, expected one that is known")
    written = Writing()
    written.note(
        Replace(waiting), parts.entry(Verb.ACTION_TAKEN, action.id, actor=user.id, detail=detail), work=[task]
    )
    return written


def _require_wanted(parts: Parts, action: records.Action) -> None:
    """Refuse what was overturned since, and what a newer action about the same content took the place of: the older one must not come last."""
    newer = [
        each.id
        for each in parts.store.actions_of(action.case_id)
        if each.content_reference == action.content_reference
        and each.created_at > action.created_at
        and each.state in (ActionState.PENDING, ActionState.DELIVERED)
    ]
    if action.state is not ActionState.FAILED or not action.stands or newer:
        raise ConflictError(
            f"{action.id}: overturned, or not the newest about its content, expected one that still stands",
            remedy="Close the alarm; do not carry it out by hand.",
        )


def _message(parts: Parts, message_id: str, user: records.User) -> Writing:
    message = parts.store.message(message_id)
    if message.state is not MessageState.FAILED or (
        message.account_reference is None and message.content_reference is None
    ):
        raise ConflictError(
            f"{message_id}: not refused, or whom it is for is forgotten, expected one that can be sent"
        )
    waiting = replace(message, state=MessageState.PENDING, version=message.version + 1)
    written = Writing()
    written.note(
        Replace(waiting), parts.entry(Verb.MESSAGE_WRITTEN, message.id, actor=user.id, detail="sent again"),
        work=[Task(name="tell", record_id=message.id, attempt=message.attempts)],
    )  # fmt: skip
    return written

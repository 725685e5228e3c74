"""The step enforce: one action to one platform, tried until it is answered."""

from __future__ import annotations

from wardline import enforcement, records
from wardline.errors import PlatformError, RefusedError
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, Replace, Step, Task, Verb


def enforce(parts: Parts, action_id: str, attempt: int) -> None:
    """Carry out one pending action. A platform that is down is asked again later; one that refuses raises an alarm.

    What was asked for earlier about the same content goes first: a restriction that failed until now and came after the release would stay.
    """
    action = parts.store.action(action_id)
    if action.state is records.ActionState.FAILED:
        _refused(parts, action)  # a crash may have come between the state and its alarm
    if action.state is not records.ActionState.PENDING:
        return
    try:
        for each in (*_owed_before(parts, action), action):
            _carry_out(parts, each)
    except PlatformError:
        _again(parts, enforcement.tried(action), attempt)


def _owed_before(parts: Parts, action: records.Action) -> list[records.Action]:
    return [
        each
        for each in parts.store.actions_of(action.case_id)
        if each.state is records.ActionState.PENDING
        and each.content_reference == action.content_reference
        and each.created_at < action.created_at
    ]


def _carry_out(parts: Parts, action: records.Action) -> None:
    try:
        parts.platform(action.platform).carry_out(action)
    except RefusedError:
        failed = enforcement.refused(action)
        parts.store.commit(Replace(failed), entries=[parts.entry(Verb.ACTION_FAILED, action.id)])
        _refused(parts, failed)
    else:
        done = enforcement.delivered(action, parts.now())
        parts.store.commit(
            Replace(done),
            parts.count(Step.ACTIONS_TAKEN),
            entries=[parts.entry(Verb.ACTION_DELIVERED, action.id)],
        )
        alarms.resolve_about(parts, AlarmKind.WEBHOOK_UNDELIVERED, action.platform)


def _refused(parts: Parts, action: records.Action) -> None:
    message = f"The platform {action.platform} refused an action for good. Correct the webhook and send it again, or have it carried out by hand."
    alarms.raise_alarm(parts, AlarmKind.WEBHOOK_UNDELIVERED, action.id, message)


def _again(parts: Parts, action: records.Action, attempt: int) -> None:
    later = parts.now() + enforcement.retry_delay(action.attempts, parts.jitter())
    parts.store.commit(
        Replace(action), entries=[parts.entry(Verb.ACTION_FAILED, action.id, detail=f"attempt {action.attempts}")],
        work=[Task(name="enforce", record_id=action.id, attempt=attempt + 1, not_before=later)],
    )  # fmt: skip
    if action.attempts >= enforcement.ALARM_AFTER_ATTEMPTS:
        alarms.raise_alarm(
            parts, AlarmKind.WEBHOOK_UNDELIVERED, action.platform,
            f"The platform {action.platform} does not take actions. They wait and are sent when it answers again.",
        )  # fmt: skip

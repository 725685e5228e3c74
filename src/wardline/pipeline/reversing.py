"""The step that takes actions back: one action at one platform, tried until it is answered."""

from __future__ import annotations

from wardline import enforcement, records
from wardline.errors import PlatformError, RefusedError
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, Replace, ReversalState, Task, Verb


def asked(parts: Parts, reversed_: records.Action, *, actor: str) -> Writing:
    """Have an action taken back that ``enforcement.reverse`` gave."""
    written = Writing()
    told = parts.entry(Verb.ACTION_REVERSED, reversed_.id, actor=actor, detail=reversed_.kind)
    written.note(Replace(reversed_), told, work=[Task(name="reverse", record_id=reversed_.id)])
    return written


def reverse(parts: Parts, action_id: str, attempt: int) -> None:
    """Ask the platform to take one action back. One that is down is asked again later; one that refuses raises an alarm."""
    action = parts.store.action(action_id)
    if action.reversal is ReversalState.FAILED:
        _refused(parts, action)  # a crash may have come between the state and its alarm
    if action.reversal is not ReversalState.PENDING:
        return
    try:
        parts.platform(action.platform).reverse(action)
    except RefusedError:
        failed = enforcement.reversal_refused(action)
        parts.store.commit(
            Replace(failed), entries=[parts.entry(Verb.ACTION_FAILED, action.id, detail="reversal")]
        )
        _refused(parts, failed)
    except PlatformError:
        _again(parts, enforcement.reversal_tried(action), attempt)
    else:
        done = enforcement.taken_back(action)
        parts.store.commit(
            Replace(done), entries=[parts.entry(Verb.ACTION_DELIVERED, action.id, detail="reversal")]
        )
        alarms.resolve_about(parts, AlarmKind.WEBHOOK_UNDELIVERED, action.platform)


def _refused(parts: Parts, action: records.Action) -> None:
    message = f"The platform {action.platform} refused to take an action back that was overturned. Correct the webhook and send it again, or have it taken back by hand."
    alarms.raise_alarm(parts, AlarmKind.WEBHOOK_UNDELIVERED, action.id, message)


def _again(parts: Parts, action: records.Action, attempt: int) -> None:
    later = parts.now() + enforcement.retry_delay(action.reversal_attempts, parts.jitter())
    parts.store.commit(
        Replace(action),
        entries=[
            parts.entry(Verb.ACTION_FAILED, action.id, detail=f"reversal, attempt {action.reversal_attempts}")
        ],
        work=[Task(name="reverse", record_id=action.id, attempt=attempt + 1, not_before=later)],
    )
    if action.reversal_attempts >= enforcement.ALARM_AFTER_ATTEMPTS:
        alarms.raise_alarm(
            parts, AlarmKind.WEBHOOK_UNDELIVERED, action.platform,
            f"The platform {action.platform} takes nothing back. What was overturned waits and is sent when it answers again.",
        )  # fmt: skip

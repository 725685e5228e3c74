"""Messages to people: worded when they are due, delivered by the platform, tried until it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wardline import enforcement, records
from wardline.errors import PlatformError, RefusedError
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, Insert, MessageState, Replace, Task, Verb


def write(
    parts: Parts, facts: enforcement.Facts, *, subject_id: str, case_id: str, platform: str, account: str | None, due_at: datetime
) -> Writing:  # fmt: skip
    """Word one message and have it delivered.

    Args:
        parts: The installation.
        facts: What it may say.
        subject_id: The appeal, notice or decision that it is about; one message of a kind each.
        case_id: The case of that.
        platform: Who delivers it.
        account: For whom; None for whoever flagged.
        due_at: Until when it is promised.
    """
    message = records.Message(
        id=parts.new_id("message"), kind=facts.kind, subject_id=subject_id, case_id=case_id, platform=platform, account_reference=account,
        content_reference=facts.content_reference, text=parts.wording.compose(facts), created_at=parts.now(), due_at=due_at,
    )  # fmt: skip
    written = Writing()
    told = parts.entry(Verb.MESSAGE_WRITTEN, message.id, detail=f"{message.kind} {subject_id}")
    written.note(Insert(message), told, work=[Task(name="tell", record_id=message.id)])
    return written


def tell(parts: Parts, message_id: str, attempt: int) -> None:
    """Deliver one message, and before it what is owed to the same person about the same thing."""
    message = parts.store.message(message_id)
    if message.state is MessageState.FAILED:
        _refused(parts, message)  # a crash may have come between the state and its alarm
    if message.state is not MessageState.PENDING:
        return
    try:
        for each in (*_owed_before(parts, message), message):
            _deliver(parts, each)
    except PlatformError:
        _again(parts, message, attempt)


def _owed_before(parts: Parts, message: records.Message) -> list[records.Message]:
    return [
        each
        for each in parts.store.messages_of(message.case_id)
        if each.state is MessageState.PENDING
        and each.subject_id == message.subject_id
        and each.created_at < message.created_at
    ]


def _deliver(parts: Parts, message: records.Message) -> None:
    try:
        parts.platform(message.platform).tell(message)
    except RefusedError:
        failed = replace(
            message, state=MessageState.FAILED, attempts=message.attempts + 1, version=message.version + 1
        )
        parts.store.commit(Replace(failed), entries=[parts.entry(Verb.MESSAGE_FAILED, message.id)])
        _refused(parts, failed)
    else:
        done = replace(
            message, state=MessageState.DELIVERED, delivered_at=parts.now(), version=message.version + 1
        )
        told = [parts.entry(Verb.MESSAGE_DELIVERED, message.id)]
        if not parts.store.case(message.case_id).account_reference:
            # The account was unlinked while this waited: nobody needs to know any more whom it went to.
            done = replace(done, account_reference=None, content_reference=None)
            told.append(parts.entry(Verb.ACCOUNT_UNLINKED, message.id))
        parts.store.commit(Replace(done), entries=told)
        alarms.resolve_about(parts, AlarmKind.COMPLAINT_LATE, message.id)
        alarms.resolve_about(parts, AlarmKind.WEBHOOK_UNDELIVERED, message.platform)


def _refused(parts: Parts, message: records.Message) -> None:
    text = f"The platform {message.platform} refused a message ({message.kind}) for good. Correct the webhook, and send it again."
    alarms.raise_alarm(parts, AlarmKind.WEBHOOK_UNDELIVERED, message.id, text)


def _again(parts: Parts, message: records.Message, attempt: int) -> None:
    message = parts.store.message(message.id)
    tried = replace(message, attempts=message.attempts + 1, version=message.version + 1)
    later = parts.now() + enforcement.retry_delay(tried.attempts, parts.jitter())
    parts.store.commit(
        Replace(tried), entries=[parts.entry(Verb.MESSAGE_FAILED, tried.id, detail=f"attempt {tried.attempts}")],
        work=[Task(name="tell", record_id=tried.id, attempt=attempt + 1, not_before=later)],
    )  # fmt: skip
    if tried.attempts >= enforcement.ALARM_AFTER_ATTEMPTS:
        alarms.raise_alarm(
            parts, AlarmKind.WEBHOOK_UNDELIVERED, tried.platform,
            f"The platform {tried.platform} takes no messages. They wait and are sent when it answers again.",
        )  # fmt: skip

"""Alarms: raised once, told to every notifier, resolved by a person or by what they were about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from wardline import enforcement, ports, records
from wardline.errors import AlreadyExistsError, NotifierError, VersionConflictError
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.pipeline.taking import Takers
from wardline.pipeline.writing import Writing
from wardline.records import AlarmKind, Insert, Replace, Role, Task, Verb


def moment(at: datetime) -> str:
    """Write a time for an alarm's text, as the console writes it: ``"28 Nov 2026, 01:39 UTC"``."""
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def raise_alarm(parts: Parts, kind: AlarmKind, subject_id: str, message: str) -> None:
    """Raise an alarm unless the same one is open."""
    written = raised(parts, kind, subject_id, message)
    if not written.changes:
        return
    try:
        written.commit(parts)
    except AlreadyExistsError:
        return  # another thread raised it at the same moment


def raised(parts: Parts, kind: AlarmKind, subject_id: str, message: str) -> Writing:
    """Make what raises an alarm, to be committed with what showed it; nothing while the same one is open."""
    written = Writing()
    if parts.store.open_alarm(kind, subject_id) is not None:
        return written
    alarm = records.Alarm(
        id=parts.new_id("alarm"), kind=kind, subject_id=subject_id, message=message, raised_at=parts.now(),
        undelivered=tuple(notifier.name for notifier in parts.notifiers),
    )  # fmt: skip
    work = [Task(name="notify", record_id=alarm.id)] if alarm.undelivered else []
    written.note(Insert(alarm), parts.entry(Verb.ALARM_RAISED, alarm.id, detail=kind), work=work)
    return written


def resolve(parts: Parts, alarm_id: str, *, actor: str = SYSTEM) -> records.Alarm:
    """Close an alarm. Closing it again changes nothing."""
    alarm = parts.store.alarm(alarm_id)
    if alarm.resolved_at is not None:
        return alarm
    closed = replace(alarm, resolved_at=parts.now(), version=alarm.version + 1)
    parts.store.commit(Replace(closed), entries=[parts.entry(Verb.ALARM_RESOLVED, alarm.id, actor=actor)])
    return closed


def resolve_about(parts: Parts, kind: AlarmKind, subject_id: str) -> None:
    """Close the open alarm about something that is well again."""
    alarm = parts.store.open_alarm(kind, subject_id)
    if alarm is not None:
        try:
            resolve(parts, alarm.id)
        except VersionConflictError:
            return  # a notifier or a person just changed it; the next success closes it


def notify(parts: Parts, alarm_id: str, attempt: int) -> None:
    """Tell every notifier that still owes this alarm; what fails is tried again, and is itself an alarm."""
    alarm = parts.store.alarm(alarm_id)
    if alarm.resolved_at is not None or not alarm.undelivered:
        return
    owed = tuple(
        notifier.name
        for notifier in parts.notifiers
        if notifier.name in alarm.undelivered and not _told(notifier, alarm)
    )
    told = replace(alarm, undelivered=owed, version=alarm.version + 1)
    later = parts.now() + enforcement.retry_delay(attempt + 1, parts.jitter())
    parts.store.commit(
        Replace(told), entries=[parts.entry(Verb.ALARM_RAISED, alarm.id, detail=f"notified, {len(owed)} still owed")],
        work=[Task(name="notify", record_id=alarm.id, attempt=attempt + 1, not_before=later)] if owed else [],
    )  # fmt: skip
    for notifier in parts.notifiers:
        if notifier.name in alarm.undelivered and notifier.name not in owed:
            resolve_about(parts, AlarmKind.ALARM_UNDELIVERED, notifier.name)
    if attempt + 1 >= enforcement.ALARM_AFTER_ATTEMPTS and alarm.kind is not AlarmKind.ALARM_UNDELIVERED:
        for name in owed:
            message = f"The notifier {name} cannot be reached. Correct its settings; open alarms are in `wardline alarm list`."
            raise_alarm(parts, AlarmKind.ALARM_UNDELIVERED, name, message)


def _told(notifier: ports.Notifier, alarm: records.Alarm) -> bool:
    try:
        notifier.notify(alarm)
    except NotifierError:
        return False
    return True


def watch(parts: Parts) -> None:
    """Look for what nobody reports: old lists, a full disk, and cases for leads when there is none any more."""
    _watch_leads(parts)
    for each in parts.store.hash_lists():
        stale = (
            each.state is records.HashListState.ACTIVE
            and parts.now() - each.refreshed_at > parts.rules.list_stale_after
        )
        if stale:
            raise_alarm(
                parts,
                AlarmKind.LIST_STALE,
                each.id,
                "A hash list had no news for too long. Fetch it again, or disable it.",
            )
        else:
            resolve_about(parts, AlarmKind.LIST_STALE, each.id)
    if parts.free_bytes() < parts.rules.min_free_bytes:
        raise_alarm(
            parts,
            AlarmKind.DISK_FULL,
            "disk",
            "The data disk is nearly full. Free space: uploads will be refused, not lost.",
        )
    else:
        resolve_about(parts, AlarmKind.DISK_FULL, "disk")


def _watch_leads(parts: Parts) -> None:
    """Tell of cases that were handed to the leads when the last lead was locked out or given another role since."""
    wait = parts.store.count_waiting(now=parts.now(), taker=Takers(parts).every(), most=1, escalated=True)
    if wait and not any(user.role is Role.LEAD and not user.disabled for user in parts.store.users()):
        raise_alarm(
            parts,
            AlarmKind.CASE_STUCK,
            "leads",
            "Cases were handed to the leads, and there is no lead. Make somebody a lead; the cases wait and stay as they are.",
        )
    else:
        resolve_about(parts, AlarmKind.CASE_STUCK, "leads")

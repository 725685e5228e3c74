"""In which order people read the open alarms: what cannot wait stands on top, however much else is open."""

from __future__ import annotations

from collections.abc import Iterable

from wardline import records
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind, Priority

_FIRST = (
    # A child may be in danger now.
    AlarmKind.DANGER_UNATTENDED, AlarmKind.KNOWN_LATE,
    # A report is owed, and does not go out.
    AlarmKind.REFERRAL_PAST, AlarmKind.FILING_NEEDS_HUMAN, AlarmKind.FILING_FAILED, AlarmKind.RECEIVER_REMOVED, AlarmKind.REFERRAL_NEAR,
    AlarmKind.REPORT_WRONG, AlarmKind.RECEIPT_LACKS,
    # What all else rests on.
    AlarmKind.WORK_WAITS, AlarmKind.LOG_UNVERIFIED, AlarmKind.PASSKEY_COPIED, AlarmKind.DISK_FULL, AlarmKind.EVIDENCE_UNCLAIMED, AlarmKind.DESTRUCTION_STOPPED,
    AlarmKind.FENCED, AlarmKind.CLOCK_JUMPED, AlarmKind.ALARM_UNDELIVERED,
)  # fmt: skip
"""The kinds that come before all others. A judgement, as the order of the queue is."""
_RANK = {kind: rank for rank, kind in enumerate(_FIRST)}


def most_urgent_first(parts: Parts, found: Iterable[records.Alarm]) -> list[records.Alarm]:
    """Order alarms: a report of priority 1 that waits for a person with what is about danger, then by kind, then the oldest first."""

    def place(alarm: records.Alarm) -> tuple[int, int]:
        rank = _RANK.get(alarm.kind, len(_FIRST))
        return (0 if _is_of_danger(parts, alarm) else rank, rank)

    return sorted(found, key=place)


def _is_of_danger(parts: Parts, alarm: records.Alarm) -> bool:
    if alarm.kind in (AlarmKind.REFERRAL_PAST, AlarmKind.REFERRAL_NEAR):
        return alarm.subject_id.startswith(f"{Priority.FIRST}:")
    if alarm.kind is not AlarmKind.FILING_NEEDS_HUMAN:
        return False
    return parts.store.referral(alarm.subject_id).priority is Priority.FIRST

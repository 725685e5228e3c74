"""Requests to preserve that are about to end: somebody hears of each some days before, for what nothing else holds is destroyed then."""

from __future__ import annotations

from wardline import records
from wardline.errors import NotFoundError
from wardline.pipeline import alarms
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind

_KIND = AlarmKind.PRESERVATION_ENDING


def watch(parts: Parts) -> None:
    """Keep one alarm open for each request that ends soon, until it is extended, withdrawn or past. Called each minute."""
    now, before = parts.now(), parts.rules.remind_before
    soon = {
        each.id: each
        for each in parts.store.open_preservations(now)
        if before is not None and each.until - now <= before
    }
    for alarm in parts.store.open_alarms():
        if alarm.kind is _KIND and _is_over(parts, alarm, soon):
            alarms.resolve_about(parts, _KIND, alarm.subject_id)
    for each in soon.values():
        alarms.raise_alarm(parts, _KIND, each.id, _message(each))


def _is_over(parts: Parts, alarm: records.Alarm, soon: dict[str, records.Preservation]) -> bool:
    """Say whether an alarm is about nothing any more, or tells of an end that was moved since."""
    try:
        found = soon.get(alarm.subject_id) or parts.store.preservation(alarm.subject_id)
    except NotFoundError:
        return True
    return found.id not in soon or alarm.message != _message(found)


def _message(found: records.Preservation) -> str:
    return (
        f"{found.id} ends at {alarms.moment(found.until)}. What nothing else holds is destroyed within minutes after that. Ask whoever it is for whether "
        "it is renewed, and extend it, or record what it rests on then."
    )

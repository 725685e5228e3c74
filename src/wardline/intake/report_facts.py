"""Times in what a platform knows for a report: none may lie in the future, for an authority refuses the whole report for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from wardline import records


def not_ahead(facts: records.ReportFacts, now: datetime, tolerance: timedelta) -> records.ReportFacts:
    """Give the facts with no time after now.

    A time that is ahead by no more than a clock may be becomes now. One that is further ahead, and a date of birth that is not in the past,
    is left out, and its place noted: nobody refuses an upload for it.
    """
    ahead = list(_ahead(facts, now))
    if not ahead:
        return facts
    changed: records.ReportFacts = _clipped(facts, now, now + tolerance)
    far = (place for place, value in ahead if not isinstance(value, datetime) or value > now + tolerance)
    return replace(changed, left_out=records.newest(tuple(dict.fromkeys((*facts.left_out, *far)))))


def _ahead(value: Any, now: datetime, place: str = "", name: str = "") -> Iterator[tuple[str, date]]:
    """Give every time and day that is ahead, with its place."""
    if isinstance(value, datetime):
        if value > now and name != "reenabled_at":  # that an account is on again may be planned
            yield place, value
    elif isinstance(value, date):
        if value >= now.date():
            yield place, value
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _ahead(each, now, f"{place}.{number}", name)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _ahead(
                getattr(value, field.name), now, f"{place}.{field.name}".lstrip("."), field.name
            )


def _clipped(value: Any, now: datetime, until: datetime, name: str = "") -> Any:
    if isinstance(value, datetime):
        if value <= now or name == "reenabled_at":
            return value
        return now if value <= until else None
    if isinstance(value, date):
        return value if value < now.date() else None
    if isinstance(value, tuple):
        return tuple(_clipped(each, now, until, name) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _clipped(getattr(value, field.name), now, until, field.name)
            for field in fields(value)
        }
        return replace(value, **changed)
    return value

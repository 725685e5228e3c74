"""Times in what a platform knows for a report: none of them may lie in the future, for an authority refuses the whole report for one."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from wardline import records
from wardline.errors import InputError


def require_past(facts: records.ReportFacts, now: datetime, tolerance: timedelta) -> None:
    """Refuse times that are ahead by more than a clock may be, and dates of birth that are not in the past."""
    for name, value in _times(facts):
        if isinstance(value, datetime):
            if value > now + tolerance:
                raise InputError(f"report {name}: in the future, expected a time in the past")
        elif value >= now.date():
            raise InputError(f"report {name}: not in the past, expected an earlier day")


def not_ahead(facts: records.ReportFacts, now: datetime) -> records.ReportFacts:
    """Give the facts with no time after now: a platform's clock may be ahead by a little."""
    if all(not isinstance(value, datetime) or value <= now for _, value in _times(facts)):
        return facts
    changed = _clipped(facts, now)
    return changed if isinstance(changed, records.ReportFacts) else facts


def _times(value: Any, name: str = "") -> list[tuple[str, date]]:
    """Give every time and day in a record, with the name of its field."""
    if isinstance(value, date):
        # That an account is on again may be planned.
        return [] if name == "reenabled_at" else [(name, value)]
    if isinstance(value, tuple):
        return [found for each in value for found in _times(each, name)]
    if is_dataclass(value):
        return [found for field in fields(value) for found in _times(getattr(value, field.name), field.name)]
    return []


def _clipped(value: Any, now: datetime, name: str = "") -> Any:
    if isinstance(value, datetime):
        return now if value > now and name != "reenabled_at" else value
    if isinstance(value, tuple):
        return tuple(_clipped(each, now, name) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _clipped(getattr(value, field.name), now, field.name) for field in fields(value)
        }
        return replace(value, **changed)
    return value

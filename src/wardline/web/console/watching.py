"""What overseers watch: the statistics."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.responses import Response

from wardline.errors import InputError
from wardline.records import Step
from wardline.web.console.desk import OVERSEERS, Desk, Page
from wardline.web.console.rendering import page

_DAYS = timedelta(days=30)


def statistics(desk: Desk) -> Response:
    """Count a period; the last 30 days when none is asked for."""
    today = desk.now.date()
    last = _day(desk.asked("to")) or today
    first = _day(desk.asked("from")) or last - _DAYS
    figures = desk.wardline.recent_statistics(first, last)
    days = sorted({count.day for count in figures.counts}, reverse=True)
    counts = {(count.day, count.step): count.count for count in figures.counts}
    return page(desk, "statistics", figures=figures, steps=list(Step), days=days, counts=counts)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("statistics: malformed day, expected year-month-day") from None


PAGES = (Page("GET", "/statistics", OVERSEERS, statistics),)

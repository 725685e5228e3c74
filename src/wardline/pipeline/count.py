"""The step count: figures of a period, and the running totals in the audit log."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date, timedelta

from wardline import ports, records, statistics
from wardline.errors import InputError
from wardline.pipeline.parts import Parts
from wardline.records import Verb

_RECENT = timedelta(minutes=1)
_MOST_KEPT = 16


def figures(parts: Parts, first: date, last: date) -> records.Figures:
    """Make the figures of a period, both days inclusive (UTC)."""
    if not first <= last < date.max:
        raise InputError(f"statistics: from {first} to {last}, expected a first day and a last not before it")
    return statistics.figures(
        parts.store.counts(first, last),
        parts.store.durations(first, last),
        first=first,
        last=last,
        now=parts.now(),
    )


def change(parts: Parts, step: records.Step, *, starts: tuple[date, date], days: int) -> statistics.Change:
    """Compare how often a step happened in two periods of so many days, the earlier one first (UTC)."""
    try:
        before, after = (_by_day(parts, step, start, start + timedelta(days=days - 1)) for start in starts)
        return statistics.change(before, after, starts=starts, days=days)
    except OverflowError:
        raise InputError(
            "statistics: a period beyond the calendar, expected one within the years 1 to 9999"
        ) from None


def _by_day(parts: Parts, step: records.Step, first: date, last: date) -> dict[date, int]:
    return {each.day: each.count for each in parts.store.counts(first, last) if each.step is step}


def publish(parts: Parts, publisher: ports.Publisher, made: records.Figures) -> None:
    """Publish figures. The entry comes first: nothing is published that the log does not tell of."""
    subject = f"figures:{made.first_day.isoformat()}:{made.last_day.isoformat()}"
    parts.store.commit(entries=[parts.entry(Verb.FIGURES_PUBLISHED, subject)])
    publisher.publish(made)


class RecentFigures:
    """Figures for people who look again and again: of a period that was counted less than a minute ago, what was counted then."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._counting = threading.Lock()
        self._kept: OrderedDict[tuple[date, date], records.Figures] = OrderedDict()

    def figures(self, first: date, last: date) -> records.Figures:
        """Give the figures of a period; ``made_at`` says when they were counted. Who asks meanwhile waits, and nothing is counted twice."""
        with self._counting:
            kept = self._kept.get((first, last))
            if kept is not None and timedelta(0) <= self._parts.now() - kept.made_at < _RECENT:
                return kept
            made = figures(self._parts, first, last)
            self._kept[first, last] = made
            self._kept.move_to_end((first, last))
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            return made


class CountLog:
    """Writes the totals of a day into the audit log whenever they changed since the last time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._logged: dict[date, str] = {}

    def log(self) -> bool:
        """Log the totals of today, and of yesterday, whose last minute may have come after the last time; gives whether there was news."""
        today = self._parts.now().date()
        before, self._logged = (
            self._logged,
            {day: self._totals(day) for day in (today - timedelta(days=1), today)},
        )
        news = {day: totals for day, totals in self._logged.items() if totals and totals != before.get(day)}
        if news:
            entries = [
                self._parts.entry(Verb.COUNTS_LOGGED, f"counts:{day.isoformat()}", detail=totals)
                for day, totals in news.items()
            ]
            self._parts.store.commit(entries=entries)
        return bool(news)

    def _totals(self, day: date) -> str:
        totals = {count.step: count.count for count in self._parts.store.counts(day, day)}
        return " ".join(f"{step}={totals[step]}" for step in sorted(totals))

"""Figures as one web page that needs nothing else: no script, no outside resource, readable on paper."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import jinja2

from wardline import records
from wardline.adapters.publishers.chart import Chart, chart
from wardline.adapters.publishers.wording import PARTS, WORDS, count, day, moment, period, span
from wardline.errors import DependencyError, StorageFullError

_TEMPLATE = "figures.html.jinja"
_MOST_BARS = 400  # days; more would be thinner than a line
_LONG_TABLE = 62  # days; a longer table is folded away at first
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class _Row:
    """One step: its name, its sum, and its count on each day of the period."""

    step: records.Step
    label: str
    meaning: str
    total: int
    daily: tuple[int, ...]


class PagePublisher:
    """A ``ports.Publisher`` that writes ``figures.html``. A reader sees the old page or the new one, never half of one.

    Args:
        path: Where the page goes; its folder must exist.
        demo: Say on the page that its pictures are drawn and harmless.
    """

    def __init__(self, path: Path, *, demo: bool = False) -> None:
        self._path, self._demo = path, demo

    def publish(self, figures: records.Figures) -> None:
        """Write the page. ``StorageFullError`` when the disk is full, ``DependencyError`` when the folder cannot be written."""
        _replace(self._path, render(figures, demo=self._demo).encode())


def render(figures: records.Figures, *, demo: bool = False) -> str:
    """Give the page as text. The same figures give the same page."""
    days = [
        figures.first_day + timedelta(days=number)
        for number in range((figures.last_day - figures.first_day).days + 1)
    ]
    parts = [(title, [_row(figures, step, days) for step in steps]) for title, steps in PARTS]
    rows = {row.step: row for _, members in parts for row in members}
    return _template().render(
        figures=figures,
        demo=demo,
        period=period(figures.first_day, figures.last_day),
        days=days,
        parts=[(title, members, max(row.total for row in members)) for title, members in parts],
        steps=rows,
        folded=len(days) > _LONG_TABLE,
        chart=_received_chart(days, rows[records.Step.ITEMS_RECEIVED]),
        slowest=max((duration.p90_seconds for duration in figures.durations), default=0.0),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(count=count, day=day, moment=moment, span=span)
    return environment.get_template(_TEMPLATE)


def _row(figures: records.Figures, step: records.Step, days: list[date]) -> _Row:
    daily = dict.fromkeys(days, 0)
    for entry in figures.counts:
        if entry.step is step and entry.day in daily:
            daily[entry.day] += entry.count
    label, meaning = WORDS[step]
    return _Row(step, label, meaning, sum(daily.values()), tuple(daily.values()))


def _received_chart(days: list[date], received: _Row) -> Chart | None:
    """Draw days only where there are several, and not too many."""
    return chart(days, received.daily) if 1 < len(days) <= _MOST_BARS else None


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another, durably and at once."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        if error.errno in _FULL:
            raise StorageFullError("figures page: no space left on its disk, expected room for it") from None
        raise DependencyError(
            f"figures page: not written ({type(error).__name__}), expected a writable folder"
        ) from None

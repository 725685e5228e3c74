"""``wardline statistics``: counts and times of a period."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import InputError
from wardline.records import Step

if TYPE_CHECKING:
    from wardline import records

app = group("Counts and times: show.")

_DEFAULT_DAYS = 30


@app.callback()
def statistics() -> None:
    """Counts and times."""


@app.command()
def show(
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day, UTC; else 30 days in all."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, inclusive; else today.")
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Count each step by day, and say how long steps took."""
    with line_of(folder) as line:
        until = last.date() if last else line.parts.now().date()
        since = first.date() if first else until - timedelta(days=_DEFAULT_DAYS - 1)
        if since > until:
            raise InputError("--from: after --to, expected a day before it", remedy="Exchange the two.")
        figures = line.statistics(since, until)
    if as_json:
        output.as_json(
            {**output.plain(figures), "totals": {step.value: figures.total(step) for step in Step}}
        )
    else:
        _tell(figures)


def _tell(figures: records.Figures) -> None:
    output.line(f"{figures.first_day} to {figures.last_day}, UTC\n")
    output.facts({step.value.replace("_", " "): f"{figures.total(step):,}" for step in Step})
    days = sorted({count.day for count in figures.counts})
    if len(days) > 1:
        output.line("")
        output.table(
            ("day", *(step.value.replace("_", " ") for step in _SHOWN_BY_DAY)),
            _by_day(figures, days),
            empty="",
        )
    if figures.durations:
        output.line("")
        rows = [(each.name, each.count, *map(_seconds, (each.median_seconds, each.p90_seconds, each.longest_seconds)))
                for each in figures.durations]  # fmt: skip
        output.table(("from ... to", "count", "median", "p90", "longest"), rows, empty="")


_SHOWN_BY_DAY = (
    Step.ITEMS_RECEIVED,
    Step.CASES_OPENED,
    Step.CASES_DECIDED,
    Step.ACTIONS_TAKEN,
    Step.REFERRALS_FILED,
)


def _by_day(figures: records.Figures, days: list[date]) -> list[tuple[object, ...]]:
    counts = {(count.day, count.step): count.count for count in figures.counts}
    return [(day, *(counts.get((day, step), 0) for step in _SHOWN_BY_DAY)) for day in days]


def _seconds(value: float) -> str:
    if value < 120:
        return f"{value:.1f} s"
    return f"{value / 60:.1f} min" if value < 7200 else f"{value / 3600:.1f} h"

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
    from wardline.statistics import Change

app = group("Counts and times: show, change.")

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


@app.command()
def change(
    step: Annotated[Step, typer.Argument(metavar="STEP", help=f"What is counted: {', '.join(Step)}.")],
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the later period, UTC; else 30 days in all."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Its last day, inclusive; else yesterday.")
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option("--before", formats=["%Y-%m-%d"], help="First day of the earlier period; else it ends where the later one begins."),
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Compare a count with that of an earlier period of the same length, with the interval that comes from how much counts vary anyhow.

    A full count is no sample: the interval is about the process, and a change in what is recorded can be larger than it. These are figures of one
    operator, neither official nor accredited.
    """
    with line_of(folder) as line:
        until = last.date() if last else line.parts.now().date() - timedelta(days=1)
        since = first.date() if first else until - timedelta(days=_DEFAULT_DAYS - 1)
        days = (until - since).days + 1
        if days < 1:
            raise InputError("--from: after --to, expected a day before it", remedy="Exchange the two.")
        start = before.date() if before else since - min(timedelta(days=days), since - date.min)
        found = line.change(step, starts=(start, since), days=days)
    if as_json:
        output.as_json(
            {**output.plain(found), "step": step.value, "before_from": start, "from": since, "days": days}
        )
    else:
        _tell_change(found, step, (start, since), days)


def _tell_change(found: Change, step: Step, starts: tuple[date, date], days: int) -> None:
    ends = [each + timedelta(days=days - 1) for each in starts]
    said = "none, from nothing" if found.percent is None else f"{found.percent:+d} %"
    interval = "none: too few counts or days"
    if found.low_percent is not None and found.high_percent is not None:
        interval = f"{found.low_percent:+.1f} % to {found.high_percent:+.1f} % (95 %)"
    output.facts(
        {
            step.value.replace("_", " "): f"{found.after:,}, {starts[1]} to {ends[1]}", "before": f"{found.before:,}, {starts[0]} to {ends[0]}",
            "change": f"{found.after - found.before:+,}, {said}", "variation of the process": interval,
        }
    )  # fmt: skip


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

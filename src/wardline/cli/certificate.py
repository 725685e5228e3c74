"""``wardline certificate``: what a machine may decide alone. This part plans; the acts are in ``certificate_acts``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import output
from wardline.cli.groups import group
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.errors import InputError
from wardline.records import Step

if TYPE_CHECKING:
    from wardline import assurance

app = group("What a machine may decide alone: plan, propose, show, list, suspend.")

_LOOKED_BACK_DAYS = 28


@app.callback()
def certificate() -> None:
    """What a machine may decide alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Volume:
    uploads_a_day: float
    source: str


@app.command()
def plan(
    cap_clear: Annotated[float, typer.Option("--cap-clear", help="Largest share of the violating items that may be cleared although a person would catch them.")] = 0.005,
    cap_act: Annotated[float, typer.Option("--cap-act", help="Largest share of the innocent items that may be acted on although a person would clear them.")] = 0.0005,
    error: Annotated[float, typer.Option("--error", help="How often a scope may, in its whole life, be given a certificate that breaks its cap; both arms and all tries together.")] = 0.05,
    number: Annotated[int, typer.Option("--try", min=1, help="Which try of the arm it is: each next one needs more.")] = 1,
    prevalence: Annotated[float, typer.Option("--prevalence", help="Share of the uploads that violate the rules.")] = 0.01,
    audit_percent: Annotated[float, typer.Option("--audit-percent", min=0.0, max=100.0, help="Uploads that are drawn by lot and judged blind by two people.")] = 1.0,
    sentinels: Annotated[float, typer.Option("--sentinels", min=0.0, help="Violating items a day that are found without the score: lists, flags, police.")] = 0.0,
    channels: Annotated[int, typer.Option("--channels", min=1, help="Routes by which they come; each has to carry the threshold alone.")] = 2,
    uploads: Annotated[float | None, typer.Option("--uploads", min=0.0, help="Uploads a day; else what the installation counted in 28 days.")] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say what has to be audited before the machine may decide alone, and how long that takes.

    The volume is the installation's; without one, give --uploads.
    """
    from wardline import assurance

    level = assurance.error_of_try(error, number)
    volume = _Volume(uploads_a_day=uploads, source="--uploads") if uploads is not None else _counted(folder)
    audited = volume.uploads_a_day * audit_percent / 100
    clear = assurance.plan(cap_clear, error_level=level, prevalence=prevalence, audited_a_day=audited, sentinels_a_day=sentinels, channels=channels if sentinels else 1)  # fmt: skip
    act = assurance.plan(cap_act, error_level=level, prevalence=1 - prevalence, audited_a_day=audited)
    if as_json:
        output.as_json({
            "uploads_a_day": volume.uploads_a_day, "source": volume.source, "audited_a_day": audited, "prevalence": prevalence,
            "sentinels_a_day": sentinels, "channels": channels, "error": error,
            "clear": {"cap": cap_clear, **output.plain(clear)}, "act": {"cap": cap_act, **output.plain(act)},
        })  # fmt: skip
        return
    output.line(
        f"{volume.uploads_a_day:,.0f} uploads a day ({volume.source}), {audited:,.1f} of them audited, {prevalence:.2%} violating.\n"
    )
    rows = [_row("clear", "violating", cap_clear, clear), _row("act", "innocent", cap_act, act)]
    output.table(
        ("arm", "items", "cap", "fewest", "comfortable", "by audit alone", "with sentinels", "comfortably"),
        rows,
        empty="",
    )
    output.line(_EXPLAINED)
    if not sentinels:
        output.line(
            "\nWithout sentinels there is one channel, the audit, and nothing could contradict it: say with --sentinels what else comes."
        )


_EXPLAINED = """
fewest        certifies only if not one of them is harmed
comfortable   certifies a threshold that keeps half the cap, in about every second draw
Items of the clear arm have to be found without the score. Where they come by several channels the time is that of the slowest, if they come
evenly. People have to be measured first, on items of their own; a cap from that may be smaller. A certificate starts cold after every
change of the detector, of a list or of the policy."""


def _row(arm: str, items: str, cap: float, made: assurance.Plan) -> tuple[object, ...]:
    days = (made.days_by_audit, made.days_with_sentinels, made.days_comfortably)
    return (arm, items, f"{100 * cap:g} %", f"{made.fewest:,}", f"{made.comfortable:,}", *map(_days, days))


def _days(days: float | None) -> str:
    if days is None:
        return "never"
    return f"{max(math.ceil(days), 1):,} days" if days < 3 * 365 else f"{days / 365:,.0f} years"


def _counted(folder: Path) -> _Volume:
    """Ask the installation how many uploads a day it had, over the whole days in which it had any."""
    if not (folder / "wardline.toml").exists():
        raise InputError(
            f"{folder}: no installation, expected one whose uploads can be counted",
            remedy="Give --folder, or the number of uploads a day with --uploads.",
        )
    with line_of(folder) as line:
        until = line.parts.now().date() - timedelta(days=1)
        found = line.statistics(until - timedelta(days=_LOOKED_BACK_DAYS - 1), until)
    received = [each for each in found.counts if each.step is Step.ITEMS_RECEIVED and each.count]
    if not received:
        raise InputError(
            f"uploads: none in the {_LOOKED_BACK_DAYS} days to {until}, expected some to plan with",
            remedy="Give the number of uploads a day with --uploads.",
        )
    days = (until - min(each.day for each in received)).days + 1
    return _Volume(
        uploads_a_day=sum(each.count for each in received) / days,
        source=f"counted over {days} days to {until}",
    )

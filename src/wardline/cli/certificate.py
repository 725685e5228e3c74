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
from wardline.records import Arm, Step

if TYPE_CHECKING:
    from wardline import assurance
    from wardline.pipeline import Wardline

app = group("What a machine may decide alone: plan, propose, show, list, suspend.")

_LOOKED_BACK_DAYS = 28


@app.callback()
def certificate() -> None:
    """What a machine may decide alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Volume:
    uploads_a_day: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arm:
    """What an arm's next certificate has to keep."""

    cap: float
    number: int
    """Which try it is, from 1."""

    def with_(self, cap: float | None, number: int | None) -> _Arm:
        """Give it with what an option says instead."""
        return _Arm(cap=self.cap if cap is None else cap, number=self.number if number is None else number)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What is planned with where no option says otherwise."""

    clear: _Arm = _Arm(cap=0.005, number=1)
    act: _Arm = _Arm(cap=0.0005, number=1)
    error: float = 0.05
    audit_percent: float = 1.0
    source: str = "the defaults"


@app.command()
def plan(
    cap_clear: Annotated[float | None, typer.Option("--cap-clear", help="Largest share of the violating items that may be cleared although a person would catch them; else the installation's, or 0.005.")] = None,
    cap_act: Annotated[float | None, typer.Option("--cap-act", help="Largest share of the innocent items that may be acted on although a person would clear them; else the installation's, or 0.0005.")] = None,
    error: Annotated[float | None, typer.Option("--error", help="How often a scope may, in its whole life, be given a certificate that breaks its cap; both arms and all tries together. Else the installation's, or 0.05.")] = None,
    number: Annotated[int | None, typer.Option("--try", min=1, help="Which try of the arm it is: each next one needs more. Else the installation's next, or 1.")] = None,
    scope: Annotated[str | None, typer.Option("--scope", help="Of the installation's settings; else the first.")] = None,
    prevalence: Annotated[float, typer.Option("--prevalence", help="Share of the uploads that violate the rules.")] = 0.01,
    audit_percent: Annotated[float | None, typer.Option("--audit-percent", min=0.0, max=100.0, help="Uploads that are drawn by lot and judged blind by two people; else the scope's, or 1.")] = None,
    sentinels: Annotated[float, typer.Option("--sentinels", min=0.0, help="Violating items a day that are found without the score: lists, flags, police.")] = 0.0,
    channels: Annotated[int, typer.Option("--channels", min=1, help="Routes by which they come; each has to carry the threshold alone.")] = 2,
    uploads: Annotated[float | None, typer.Option("--uploads", min=0.0, help="Uploads a day; else what the installation counted in 28 days.")] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say what has to be audited before the machine may decide alone, and how long that takes.

    In an installation caps, error, tries and volume are its own. Elsewhere give --uploads.
    """
    from wardline import assurance

    given, volume = _read(folder, scope, uploads)
    whole = given.error if error is None else error
    percent = given.audit_percent if audit_percent is None else audit_percent
    arms = [given.clear.with_(cap_clear, number), given.act.with_(cap_act, number)]
    levels = [assurance.error_of_try(whole, each.number) for each in arms]
    audited = volume.uploads_a_day * percent / 100
    clear = assurance.plan(arms[0].cap, error_level=levels[0], prevalence=prevalence, audited_a_day=audited, sentinels_a_day=sentinels, channels=channels if sentinels else 1)  # fmt: skip
    act = assurance.plan(arms[1].cap, error_level=levels[1], prevalence=1 - prevalence, audited_a_day=audited)
    if as_json:
        output.as_json({
            "uploads_a_day": volume.uploads_a_day, "source": volume.source, "audited_a_day": audited, "prevalence": prevalence,
            "sentinels_a_day": sentinels, "channels": channels, "error": whole, "terms": given.source,
            **{name: {"cap": arm.cap, "try": arm.number, "error_level": level, **output.plain(made)}
               for name, arm, level, made in zip(("clear", "act"), arms, levels, (clear, act), strict=True)},
        })  # fmt: skip
        return
    output.line(
        f"{volume.uploads_a_day:,.0f} uploads a day ({volume.source}), {audited:,.1f} of them audited, {prevalence:.2%} violating. Terms of "
        f"{given.source}: an error of {whole:.3g} in the scope's life; try {arms[0].number} of clear, try {arms[1].number} of act.\n"
    )
    rows = [_row("clear", "violating", arms[0].cap, clear), _row("act", "innocent", arms[1].cap, act)]
    columns = (
        "arm",
        "items",
        "cap",
        "fewest",
        "comfortable",
        "by audit alone",
        "with sentinels",
        "comfortably",
    )
    output.table(columns, rows, empty="")
    output.line(_EXPLAINED + ("" if sentinels else _ALONE))


_EXPLAINED = """
fewest        certifies only if not one of them is harmed
comfortable   certifies a threshold that keeps half the cap, in about every second draw
Items of the clear arm have to be found without the score. Where they come by several channels the time is that of the slowest, if they come
evenly. People have to be measured first, on items of their own; a cap from that may be smaller. A certificate starts cold after every
change of the detector, of a list or of the policy."""
_ALONE = "\n\nWithout sentinels there is one channel, the audit, and nothing could contradict it: say with --sentinels what else comes."


def _row(arm: str, items: str, cap: float, made: assurance.Plan) -> tuple[object, ...]:
    days = (made.days_by_audit, made.days_with_sentinels, made.days_comfortably)
    return (arm, items, f"{100 * cap:g} %", f"{made.fewest:,}", f"{made.comfortable:,}", *map(_days, days))


def _days(days: float | None) -> str:
    if days is None:
        return "never"
    return f"{max(math.ceil(days), 1):,} days" if days < 3 * 365 else f"{days / 365:,.0f} years"


def _read(folder: Path, scope: str | None, uploads: float | None) -> tuple[_Terms, _Volume]:
    """Read what an installation plans with; without one, the defaults serve and the uploads have to be given."""
    said = None if uploads is None else _Volume(uploads_a_day=uploads, source="--uploads")
    if (folder / "wardline.toml").exists():
        with line_of(folder) as line:
            return _terms(line, scope), said or _counted(line)
    if said is None or scope is not None:
        raise InputError(
            f"{folder}: no installation, expected one whose uploads can be counted and whose scopes can be read",
            remedy="Give --folder, or the number of uploads a day with --uploads and no --scope.",
        )
    return _Terms(), said


def _terms(line: Wardline, wanted: str | None) -> _Terms:
    """Give the terms of the settings, and of a scope its audits, its next tries and the caps that people's errors leave, where those are known."""
    from wardline.pipeline import certified

    rules = line.parts.rules
    terms, scopes = rules.automation.terms, rules.automation.scopes
    if wanted is None and not scopes:
        clear, act = (_Arm(cap=terms.policy_cap(arm), number=1) for arm in Arm)
        return _Terms(
            clear=clear, act=act, error=terms.delta, source="the installation, which has no scope yet"
        )
    scope = certified.scope_named(line.parts, wanted) if wanted is not None else scopes[0]
    arms = []
    for arm in Arm:
        asked = certified.question(line.parts, scope, arm, line.parts.now())
        known = certified.counted(line.parts, asked).cap
        arms.append(_Arm(cap=known or terms.policy_cap(arm), number=asked.number))
    settings = rules.scopes.named(scope.name)
    return _Terms(
        clear=arms[0], act=arms[1], error=terms.delta, source=f"the scope {scope.name}",
        audit_percent=100 * settings.audit_share if settings else 0.0,
    )  # fmt: skip


def _counted(line: Wardline) -> _Volume:
    """Ask the installation how many uploads a day it had, over the whole days in which it had any."""
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

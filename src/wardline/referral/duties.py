"""To whom a report is owed, by the regions of its account, and which of them another report counts for. Pure.

What the law of a region asks is in the settings, and counsel must confirm it: docs/explanation/law-and-privacy.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a region asks. A rule names a receiver at least: there is none that says that nothing is owed."""

    receivers: tuple[str, ...]
    """To whom a report goes, by the names of their adapters."""
    basis: str = ""
    """The law, in words that people see."""
    reported_elsewhere: tuple[str, ...] = ()
    """A report to one of these counts as the report to ``receivers``, where one goes there anyhow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged:
    """A receiver who gets no report of its own, because another's counts."""

    regions: tuple[str, ...]
    receiver: str
    by: str
    """The receiver whose report counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Who gets a report, and who does not because of that."""

    receivers: tuple[str, ...]
    """At least one, each once."""
    discharged: tuple[Discharged, ...] = ()


def owed(regions: Sequence[str], duties: Mapping[str, Duty], *, main: str) -> Owed:
    """Say who gets a report about an account.

    Args:
        regions: Where the account may be, each once; empty where nobody knows.
        duties: The rules of the settings, by region.
        main: Who gets it where no rule speaks of a region, or the region is not known. Nothing discharges that.
    """
    wanted: dict[str, list[str]] = {}
    for region in regions:
        for receiver in duties[region].receivers if region in duties else (main,):
            wanted.setdefault(receiver, []).append(region)
    if not wanted:
        wanted[main] = []
    unruled = {main} if any(each not in duties for each in regions) or not regions else set[str]()
    counts, gone = set[str](), list[Discharged]()
    for receiver, its in wanted.items():
        if receiver in unruled or receiver in counts:
            continue
        dropped = {each.receiver for each in gone}
        by = next(
            (each for each in wanted if each not in dropped and _counts(each, receiver, its, duties)), None
        )
        if by is not None:
            counts.add(by)  # what another's duty rests on is not itself taken away
            gone.append(Discharged(regions=tuple(its), receiver=receiver, by=by))
    dropped = {each.receiver for each in gone}
    return Owed(receivers=tuple(each for each in wanted if each not in dropped), discharged=tuple(gone))


def _counts(other: str, receiver: str, regions: Sequence[str], duties: Mapping[str, Duty]) -> bool:
    """Say whether a report to another counts as the one to this receiver in every region that asks for it."""
    return other != receiver and all(other in duties[region].reported_elsewhere for region in regions)

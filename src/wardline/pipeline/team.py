"""What leads see of their queues: what waits, whether targets are kept, and why the first cases are the first. Nothing of any person."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from wardline import records, review
from wardline.pipeline.handing_out import HandingOut
from wardline.pipeline.measures import Measured
from wardline.pipeline.nobody_takes import LeftAlone, Untaken
from wardline.pipeline.parts import Parts
from wardline.pipeline.taking import Takers
from wardline.pipeline.targets import MOST, due_by, waits_since
from wardline.records import CaseState, Step, Target

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
COUNTED = 10_000
"""More that are due are not counted: a lead who has so many needs people, and not a figure that takes longer."""
_SHOWN = 25
"""More than a page lists: each lead is shown those that are about no account of their own."""
_LOOKED_AT = 100
_COUNT_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    kept: int
    of: int


_NONE = Share(kept=0, of=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One queue and one class."""

    queue: str
    target: Target | None
    """None for cases that have no target yet."""
    waiting: int
    """Open cases, whoever holds them."""
    first_due: records.Case | None
    """The one whose target ends first."""
    soon: int
    """Less than a fifth of their time left, and not past it; counted up to ``COUNTED``."""
    past: int
    """Past their target, counted likewise."""
    week: Share
    """Of those whose target ended in the last 7 days: how many were decided by then."""
    month: Share
    """Likewise of the last 30 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """All of it, as it was at one moment."""

    at: datetime
    lines: tuple[Line, ...]
    waiting: int
    """The backlog: all open cases."""
    opened: int
    """Cases that were opened in the last 7 days."""
    decided: int
    """Cases that were decided in the last 7 days."""
    longest: tuple[records.Case, ...]
    """The open cases that wait longest, whoever holds them."""
    first: tuple[records.Case, ...]
    """Those that are handed out first."""
    order: review.Order
    falls_back: bool
    """Whether the order is another one than the settings name, for the probabilities are poor."""
    measured: Measured
    untaken: tuple[Untaken, ...]
    """Kinds of work that wait and that nobody takes."""


class TeamFigures:
    """Counts at most once a minute: with very many cases it takes a moment."""

    def __init__(self, parts: Parts, takers: Takers, handing_out: HandingOut, left_alone: LeftAlone) -> None:
        self._parts, self._takers, self._handing_out, self._left_alone = (
            parts,
            takers,
            handing_out,
            left_alone,
        )
        self._gate = threading.Lock()
        self._newest: Team | None = None

    def newest(self) -> Team:
        """Give the figures of a minute ago at most."""
        now = self._parts.now()
        with self._gate:
            if self._newest is None or abs(now - self._newest.at) >= _COUNT_AGAIN:
                self._newest = self._count(now)
            return self._newest

    def _count(self, now: datetime) -> Team:
        parts, store = self._parts, self._parts.store
        found = store.waiting_by_target(ends=(now - MONTH, now - WEEK, now, now + timedelta.resolution))
        today = now.date()
        steps = store.counts(today - WEEK, today)
        return Team(
            at=now, lines=self._lines(found, now), waiting=sum(each.cases for each in found),
            opened=_total(steps, Step.CASES_OPENED), decided=_total(steps, Step.CASES_DECIDED),
            longest=self._longest(),
            first=tuple(self._handing_out.first_of_all(most=_SHOWN)), order=self._handing_out.order(),
            falls_back=parts.measures.falls_back(store, now, parts.rules), measured=parts.measures.newest(store, now),
            untaken=self._left_alone.newest(),
        )  # fmt: skip

    def _longest(self) -> tuple[records.Case, ...]:
        """Look at some more of those that were opened first: one that was opened once more has not waited since then."""
        oldest = self._parts.store.cases(state=CaseState.OPEN, most=_LOOKED_AT)
        return tuple(sorted(oldest, key=partial(waits_since, self._parts))[:_SHOWN])

    def _lines(self, found: Sequence[records.Waiting], now: datetime) -> tuple[Line, ...]:
        waiting = {(each.queue, each.target): each for each in found}
        # What is still open kept nothing. In a backlog that is most of what was due, and it is counted with all that waits.
        week = _together(self._shares(now - WEEK, now), _still_open(found, 1, 2))
        month = _together(week, _together(self._shares(now - MONTH, now - WEEK), _still_open(found, 0, 1)))
        queues, targets = self._takers.every().queues, (*Target, None)
        shown = [(q, t) for q in queues for t in targets if (q, t) in waiting or (q, t) in month]
        return tuple(
            self._line(queue, target, now, waiting.get((queue, target)), week.get((queue, target), _NONE),
                       month.get((queue, target), _NONE))
            for queue, target in shown
        )  # fmt: skip

    def _line(
        self, queue: str, target: Target | None, now: datetime, waiting: records.Waiting | None, week: Share, month: Share
    ) -> Line:  # fmt: skip
        if waiting is None or target is None:
            cases = 0 if waiting is None else waiting.cases
            return Line(
                queue=queue,
                target=target,
                waiting=cases,
                first_due=None,
                soon=0,
                past=0,
                week=week,
                month=month,
            )
        store, by = self._parts.store, due_by(self._parts, queue, target, MOST, now)
        soon = store.count_due(queue=queue, target=target, by=by, after=now, most=COUNTED)
        return Line(
            queue=queue, target=target, waiting=waiting.cases, first_due=store.first_due(queue=queue, target=target), soon=soon,
            past=min(waiting.due[-1], COUNTED), week=week, month=month,
        )  # fmt: skip

    def _shares(self, since: datetime, until: datetime) -> dict[tuple[str, Target | None], Share]:
        found = self._parts.store.attained(since=since, until=until)
        return {(each.queue, each.target): Share(kept=each.kept, of=each.due) for each in found}


def _together(
    one: dict[tuple[str, Target | None], Share], other: dict[tuple[str, Target | None], Share]
) -> dict[tuple[str, Target | None], Share]:
    """Add what was counted of two times that follow each other: counting the newer one twice takes as long as counting it."""
    return {
        each: Share(
            kept=one.get(each, _NONE).kept + other.get(each, _NONE).kept,
            of=one.get(each, _NONE).of + other.get(each, _NONE).of,
        )
        for each in one.keys() | other.keys()
    }


def _still_open(
    found: Sequence[records.Waiting], since: int, until: int
) -> dict[tuple[str, Target | None], Share]:
    """Give what was due between two of the times that were asked for, and is open."""
    due = {
        (each.queue, each.target): each.due[until] - each.due[since]
        for each in found
        if each.target is not None
    }
    return {kind: Share(kept=0, of=cases) for kind, cases in due.items() if cases}


def _total(counts: Sequence[records.StepCount], step: Step) -> int:
    return sum(each.count for each in counts if each.step is step)

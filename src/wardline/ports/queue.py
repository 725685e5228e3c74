"""What is asked of a store about the queues: what waits for whom, in which order, and whether targets are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wardline import records

LOOKED_AT = 512
"""So many of each order are looked at where a grade is not told by its letter."""


class QueueReader(Protocol):
    """Each question names the taker: what that person passed on and what waits in other queues is left out. So is what is of a grade that
    they do not take: of A and B however many there are before what they take, by age, by turns and of what is hidden for long; of other
    grades, and in other orders, among the first ``LOOKED_AT``. Whoever wants more asks without grades, page by page. ``count_waiting`` counts
    all grades."""

    def waiting_cases(
        self,
        *,
        now: datetime,
        taker: records.Taker,
        most: int,
        escalated: bool = False,
        after: str | None = None,
    ) -> list[records.Case]:
        """Open, unclaimed (or with a lease that ran out), not set aside, not passed by this person, in one of their queues; oldest
        first, after the case with this id. Either those that were handed to the leads, or all others."""
        ...

    def count_waiting(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> int:
        """How many ``waiting_cases`` there are, counted up to ``most``."""
        ...

    def imminent_cases(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> list[records.Case]:
        """Those ``waiting_cases`` in which a child may be in danger now; what is known longest first."""
        ...

    def urgent_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        """Of the ``waiting_cases`` that were not handed to the leads: of each queue and lane the first ``most`` by ``views_turn``, and of
        each queue by ``delay_turn``; equal ones by id. Each once, in any order; those without a place are left out."""
        ...

    def urgent_standings(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Standing]:
        """The same as ``urgent_cases``, as far as the order needs it."""
        ...

    def waiting_kinds(
        self, *, now: datetime, taker: records.Taker, oldest: int, first: int
    ) -> list[records.Glance]:
        """What kinds of work wait: of the first ``oldest`` of the ``waiting_cases``, of those that were handed to the leads and of all others, and
        of ``urgent_cases`` with ``first`` of each order. Each once, in any order."""
        ...

    def likeliest_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        """Of the ``waiting_cases`` that were not handed to the leads the first by ``score_turn``; equal ones by id."""
        ...

    def cases_by_lot(
        self, *, now: datetime, taker: records.Taker, lot: float, most: int
    ) -> list[records.Case]:
        """Of the ``waiting_cases`` that were not handed to the leads the first whose lot is this or more, by lot; from 0 on after the
        last."""
        ...

    def restricted_cases(
        self, *, now: datetime, taker: records.Taker, before: datetime, most: int
    ) -> list[records.Case]:
        """Of the ``waiting_cases`` that were not handed to the leads those that are restricted and were opened before that time; oldest
        first."""
        ...

    def long_restricted(
        self, *, queue: str, before: datetime, after: str | None = None, most: int
    ) -> list[records.Case]:
        """Open cases of a queue that are restricted and were opened before that time, whoever holds them; oldest first, after the case
        with this id."""
        ...

    def open_queues(self) -> list[str]:
        """The names of all queues in which there are open cases, in alphabetical order."""
        ...

    def unplaced_cases(self, *, most: int) -> list[records.Case]:
        """Open cases that have no lot, by id."""
        ...

    def cases_in_queue(self, queue: str, *, most: int) -> list[records.Case]:
        """Open cases of one queue, in any order."""
        ...


class TargetReader(Protocol):
    """Whether targets are kept, for leads and alarms: of all open cases, whoever holds them."""

    def waiting_by_target(self, *, ends: Sequence[datetime] = ()) -> list[records.Waiting]:
        """How many cases are open, by queue and class, and of how many the target ends before each of some times, which come in their order;
        in the order of the names. All of one moment."""
        ...

    def count_due(
        self, *, queue: str, target: records.Target, by: datetime, most: int, after: datetime | None = None
    ) -> int:
        """How many open cases of a queue and class have their target by that time, and after another one if that is given; counted up to
        ``most``."""
        ...

    def first_due(self, *, queue: str, target: records.Target) -> records.Case | None:
        """The open case of a queue and class whose target ends first."""
        ...

    def attained(self, *, since: datetime, until: datetime) -> list[records.Attained]:
        """Of the cases that are not open and whose target ended from the one time to before the other: how many were decided by then, by
        queue and class, in the order of the names. A case counts as decided by then if its newest decision was made by then, and stands."""
        ...

    def opinions_by_lot(self, *, most: int) -> list[tuple[float, records.Outcome]]:
        """The probability of a violation, and what was found: of the newest ``most`` closed cases that were drawn by lot."""
        ...

    def handling_times(self, *, most: int) -> Sequence[tuple[str, int, float]]:
        """Queue, number of files and seconds from the claim to the decision, in any order: of those of the newest ``most`` standing
        decisions whose case knows when it was claimed."""
        ...

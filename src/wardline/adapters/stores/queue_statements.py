"""The statements of every hand-out, over SQL.

Making a statement takes longer than answering it, so there are few: one for each question, whoever asks it. How many queues somebody takes from,
and which grades they do not take, are values: each part that may be needed is in the statement, and a switch keeps it from being read.

Each walks indexes from their start. Somebody who does not take every grade is looked for along indexes that hold the grade's letter as well:
the first cases of an order are mostly the gravest, so that there might be none for them among thousands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import grades, listed, tables
from wardline.adapters.stores.columns import UtcTime, text
from wardline.adapters.stores.grades import is_on
from wardline.ports import LOOKED_AT

Asked = sa.Select[Any] | sa.CompoundSelect[Any]
_Condition = Callable[[Any], sa.ColumnElement[bool]]
"""Of the columns of ``cases``, or of a part of it."""
ESCAPE = "\\"
OPEN = records.CaseState.OPEN.value
_CASES = tables.cases
LEFT = _CASES.c.certificate_id.is_(None)
"""No machine acted under a certificate; those wait at the end, and their uploaders were told why."""
_NOW = sa.bindparam("now", type_=UtcTime())
_PASSED = sa.bindparam("passed", type_=sa.Text())
_LOOKED_AT: sa.ColumnElement[int] = sa.literal_column(str(LOOKED_AT))
_LOOKED_FOR = ("state", "escalated_by", "lease_until", "held_until", "passed_by", "queue", "lane", "urgency", "unseen", "opened_at", "restricted",
               "certificate_id", "imminent_since")  # fmt: skip
"""What the conditions of the orders ask of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What makes another statement of the same question."""

    dialect: str
    chooses: bool
    """Whether there is anything that the taker does not take."""
    unseen: bool
    """Whether only what can be decided unseen is theirs: that has indexes of its own."""


def shape(dialect: str, taker: records.Taker) -> Shape:
    """Give the shape of what is asked for somebody."""
    chooses = bool(taker.declined or taker.put_off or taker.unseen)
    return Shape(dialect=dialect, chooses=chooses, unseen=taker.unseen)


def values(dialect: str, taker: records.Taker) -> dict[str, Any]:
    """Give the values of whom it is asked for; the time and the number of cases come to these."""
    queues, lanes = listed.value(taker.queues, dialect), listed.value(records.Lane, dialect)
    named = {"passed": passed(taker.user_id), "queues": queues, "lanes": lanes}
    return named | grades.switches(taker.declined, taker.put_off)


def passed(user_id: str) -> str:
    """Give the pattern of lists that this person is on. The quotation marks of the JSON text make it whole ids, never parts of one."""
    plain = json.dumps(user_id)
    for special in (ESCAPE, "%", "_"):
        plain = plain.replace(special, ESCAPE + special)
    return f"%{plain}%"


def waits(
    now: sa.ColumnElement[Any], passed: sa.ColumnElement[str], *, escalated: bool, case: Any = _CASES.c
) -> sa.ColumnElement[bool]:
    """Select what a person may take now, by the columns of ``cases`` or of a part of it."""
    return sa.and_(
        case.state == OPEN,
        case.escalated_by.is_not(None) if escalated else case.escalated_by.is_(None),
        # A claim and its lease belong together; the index has the lease.
        sa.or_(case.lease_until.is_(None), case.lease_until <= now),
        sa.or_(case.held_until.is_(None), case.held_until <= now),
        case.passed_by.not_like(passed, escape=ESCAPE),
    )


# --- the first of one order ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One order of one queue."""

    of: Shape
    order: sa.Column[Any]
    chosen: tuple[_Condition, ...] = ()
    """What else a case must be."""
    escalated: bool = False
    by_letter: bool = True
    """Whether an index of it holds the letters."""
    each_lane: bool = False
    """Whether each lane of the queue has an order of its own."""

    @property
    def most(self) -> sa.BindParameter[int]:
        """How many are asked for."""
        return _most(self.of.dialect)

    def holds(self, case: Any) -> sa.ColumnElement[bool]:
        """Select what stands in it, by the columns of ``cases`` or of a part of it."""
        found = [
            waits(_NOW, _PASSED, escalated=self.escalated, case=case),
            case.queue == listed.each("queues", self.of.dialect),
        ]
        if self.each_lane:
            found.append(case.lane == listed.each("lanes", self.of.dialect))
        return sa.and_(*found, case[self.order.name].is_not(None), *(each(case) for each in self.chosen))

    def read(self, *names: str) -> list[sa.Column[Any]]:
        """Give what a part needs of each case: columns of these names, and what it is sorted by."""
        return [_CASES.c[name] for name in dict.fromkeys(("id", self.order.name, *names))]

    def unseen(self, case: Any) -> sa.ColumnElement[bool]:
        """Select what can be decided unseen, for whom nothing else is."""
        unseen: sa.ColumnElement[bool] = case.unseen
        return sa.and_(sa.true(), unseen) if self.of.unseen else sa.true()

    def first(self, case: Any, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
        """Give the first of what is found: ids, and what they are sorted by."""
        found = sa.select(case.id, case[self.order.name]).where(*where)
        return found.order_by(case[self.order.name], case.id).limit(self.most)


def _first(walk: _Walk) -> sa.Select[Any]:
    """Select the first of one order that somebody takes."""
    case = _CASES.c
    if not walk.of.chooses:
        return walk.first(case, walk.holds(case))
    if not walk.by_letter:
        return _taken(walk, sa.true())
    parts = [
        walk.first(
            case, walk.holds(case), grades.is_letter(letter), walk.unseen(case), is_on(f"told_{letter}")
        )
        for letter in grades.LETTERS
    ]
    looked_at = sa.and_(grades.is_letter(grades.UNGRAVE), walk.unseen(case), is_on("looked_at"))
    found = _together([*parts, _taken(walk, looked_at), _in_danger(walk)]).subquery()
    return walk.first(found.c)


def _taken(walk: _Walk, besides: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select what somebody takes among the first of an order: a bounded number, for in some queues nearly all is of one grade."""
    read = walk.read("urgency", "imminent_since", "unseen")
    ordered = sa.select(*read).where(walk.holds(_CASES.c), besides).order_by(walk.order, _CASES.c.id)
    some = ordered.limit(_LOOKED_AT).subquery()
    return walk.first(some.c, grades.takes(some.c), walk.unseen(some.c))


def _in_danger(walk: _Walk) -> sa.Select[Any]:
    """Select what is put off but for danger, where there is danger. Those are few at any time and have an index of their own."""
    known = _CASES.c.imminent_since
    there = sa.select(*walk.read(*_LOOKED_FOR)).where(
        _CASES.c.state == OPEN, known.is_not(None), is_on("danger")
    )
    few = there.order_by(known, _CASES.c.id).limit(_LOOKED_AT).subquery()
    return walk.first(few.c, walk.holds(few.c), grades.is_put_off(few.c), walk.unseen(few.c))


def _together(parts: list[sa.Select[Any]]) -> sa.CompoundSelect[Any]:
    limited = [sa.select(part.subquery()) for part in parts]  # SQLite takes no limit on a part of a union
    return sa.union_all(*limited)


# --- all queues of a person ---------------------------------------------------------------------------------------------------------------
@cache
def _most(dialect: str) -> sa.BindParameter[int]:
    # PostgreSQL plans anew each time as long as it does not know how few are asked for, so there it is part of the text: few numbers are.
    return sa.bindparam("most", type_=sa.Integer(), literal_execute=dialect == "postgresql")


def _of_each(walk: _Walk, columns: Iterable[sa.Column[Any]]) -> sa.Select[Any]:
    """Read the first of each queue. Each database has its own way to read a part once for each row of another."""
    dialect, rows = walk.of.dialect, listed.rows("queues", walk.of.dialect)
    every: sa.FromClause = rows.join(listed.rows("lanes", dialect), sa.true()) if walk.each_lane else rows
    first = _first(walk).correlate(None)
    if dialect == "postgresql":
        ids = first.lateral("ids")
        # With a limit, so that each is looked up, however many the planner thinks there are.
        each = sa.select(*columns).where(_CASES.c.id == ids.c.id).correlate(ids).limit(sa.literal_column("1")).lateral("case_of_it")  # fmt: skip
        return sa.select(each).select_from(every.join(ids, sa.true()).join(each, sa.true()))
    ids_alone = first.with_only_columns(first.selected_columns[0])
    return sa.select(*columns).select_from(every.join(_CASES, _CASES.c.id.in_(ids_alone)))


def _following(case: Any) -> sa.ColumnElement[bool]:
    after = sa.tuple_(sa.bindparam("after_time", type_=UtcTime()), sa.bindparam("after_id", type_=text()))
    return sa.tuple_(case.opened_at, case.id) > after


@cache
def by_age(of: Shape, *, following: bool) -> Asked:
    """Select the oldest of each queue."""
    more = (_following,) if following else ()
    return _of_each(_Walk(of=of, order=_CASES.c.opened_at, chosen=more), _CASES.c)


@cache
def handed_by_age(of: Shape, *, following: bool) -> Asked:
    """Select the oldest of each queue that were handed to the leads."""
    more = (_following,) if following else ()
    walk = _Walk(of=of, order=_CASES.c.opened_at, chosen=more, escalated=True, by_letter=False)
    return _of_each(walk, _CASES.c)


@cache
def imminent(of: Shape, *, escalated: bool) -> sa.Select[Any]:
    """Select those in which a child may be in danger now."""
    # They are few at any time, so their one index serves all queues.
    known, case = _CASES.c.imminent_since, _CASES.c
    walk = _Walk(of=of, order=known, escalated=escalated)
    free = waits(_NOW, _PASSED, escalated=escalated)
    if of.chooses:
        free = sa.and_(free, grades.takes(case), walk.unseen(case))
    mine = listed.rows("queues", of.dialect)
    theirs = sa.exists(sa.literal_column("1")).select_from(mine).where(case.queue == listed.each("queues", of.dialect)).correlate(_CASES)  # fmt: skip
    return sa.select(_CASES).where(free, known.is_not(None), theirs).order_by(known, case.id).limit(walk.most)


_STANDING = tuple(_CASES.c[each.name] for each in fields(records.Standing))


@cache
def by_turns(of: Shape) -> Asked:
    """Select the first of each queue by each order."""
    return _turns(of, tuple(_CASES.c))


@cache
def by_turns_alone(of: Shape) -> Asked:
    """Select the same, as far as the order needs it."""
    return _turns(of, _STANDING)


_GLANCE = tuple(_CASES.c[each.name] for each in fields(records.Glance))


@cache
def kinds_by_age(of: Shape, *, escalated: bool) -> Asked:
    """Select the oldest of each queue, as far as it tells what kind of work they are."""
    walk = _Walk(of=of, order=_CASES.c.opened_at, escalated=escalated, by_letter=not escalated)
    return _of_each(walk, _GLANCE)


@cache
def kinds_by_turns(of: Shape) -> Asked:
    """Select the first of each queue by each order, likewise."""
    return _turns(of, _GLANCE)


def _turns(of: Shape, columns: tuple[sa.Column[Any], ...]) -> Asked:
    views = _Walk(of=of, order=_CASES.c.views_turn, each_lane=True)
    return sa.union_all(
        *(_of_each(each, columns) for each in (views, _Walk(of=of, order=_CASES.c.delay_turn)))
    )


@cache
def by_score(of: Shape) -> Asked:
    """Select the likeliest of each queue."""
    return _of_each(_Walk(of=of, order=_CASES.c.score_turn, by_letter=False), _CASES.c)


@cache
def by_lot(of: Shape) -> Asked:
    """Select the first of each queue from a lot on."""
    from_there: sa.BindParameter[float] = sa.bindparam("lot", type_=sa.Double())
    walk = _Walk(of=of, order=_CASES.c.lot, chosen=(lambda case: case.lot >= from_there,), by_letter=False)
    return _of_each(walk, _CASES.c)


@cache
def restricted(of: Shape) -> Asked:
    """Select what has been hidden for longest, of each queue."""
    before = sa.bindparam("before", type_=UtcTime())
    chosen: tuple[_Condition, ...] = (
        lambda case: case.restricted,
        lambda case: case.certificate_id.is_(None),
        lambda case: case.opened_at < before,
    )
    return _of_each(_Walk(of=of, order=_CASES.c.opened_at, chosen=chosen), _CASES.c)


# --- the queues themselves ----------------------------------------------------------------------------------------------------------------
def open_queues() -> sa.CTE:
    """Give the names of all queues in which there are open cases, as the table ``queues``, in their order."""
    # One step in the index to each name: asking for what is distinct would read all of it.
    first = sa.select(sa.func.min(_CASES.c.queue).label("value")).where(_CASES.c.state == OPEN)
    found = first.cte("queues", recursive=True)
    after = sa.select(sa.func.min(_CASES.c.queue)).where(
        _CASES.c.state == OPEN, _CASES.c.queue > found.c.value
    )
    return found.union_all(sa.select(after.scalar_subquery()).where(found.c.value.is_not(None)))


def _open_queues() -> sa.Select[Any]:
    found = open_queues()
    return sa.select(found.c.value).where(found.c.value.is_not(None))


OPEN_QUEUES = _open_queues()

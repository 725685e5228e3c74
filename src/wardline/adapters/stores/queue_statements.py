"""The statements of every hand-out, over SQL. They are built once for each number of queues: building them takes longer than answering them.

Each walks indexes from their start. Somebody who does not take every grade is looked for along indexes that hold the grade's letter as well:
the first cases of an order are mostly the gravest, so that there might be none for them among thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import grades, tables
from wardline.adapters.stores.columns import UtcTime, text
from wardline.ports import LOOKED_AT
from wardline.records import Grade

Asked = sa.Select[Any] | sa.CompoundSelect[Any]
Kinds = tuple[tuple[Grade, ...], tuple[Grade, ...], bool]
"""The grades that somebody does not take, those that are put off, and whether only what can be decided unseen is theirs."""
_Condition = Callable[[Any], sa.ColumnElement[bool]]
"""Of the columns of ``cases``, or of a part of it."""
ESCAPE = "\\"
OPEN = records.CaseState.OPEN.value
_CASES = tables.cases
LEFT = _CASES.c.certificate_id.is_(None)
"""No machine acted under a certificate; those wait at the end, and their uploaders were told why."""
_NOW = sa.bindparam("now", type_=UtcTime())
_PASSED = sa.bindparam("passed", type_=sa.Text())
_MOST = sa.bindparam("most", type_=sa.Integer())
_AMONG = sa.bindparam("among", type_=text(), expanding=True)
_LOOKED_AT: sa.ColumnElement[int] = sa.literal_column(str(LOOKED_AT))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One order of one queue."""

    number: int
    """Of the queue among the taker's."""
    kinds: Kinds
    order: sa.Column[Any]
    chosen: tuple[_Condition, ...] = ()
    """What else a case must be."""
    escalated: bool = False
    columns: tuple[sa.Column[Any], ...] = tuple(_CASES.c)
    """What is read of each."""

    def of(self, case: Any) -> sa.ColumnElement[bool]:
        """Select what stands in it, by the columns of ``cases`` or of a part of it."""
        queue = case.queue == sa.bindparam(f"queue_{self.number}", type_=text())
        free = waits(_NOW, _PASSED, escalated=self.escalated, case=case)
        return sa.and_(free, queue, case[self.order.name].is_not(None), *(each(case) for each in self.chosen))

    def read(self, case: Any) -> tuple[Any, ...]:
        """Give what is read, and what it is sorted by."""
        names = dict.fromkeys([*(each.name for each in self.columns), self.order.name])
        return tuple(case[name] for name in names)

    def first(self, found: sa.Select[Any], case: Any) -> sa.Select[Any]:
        """Give the first of what was found."""
        return found.order_by(case[self.order.name], case.id).limit(_MOST)


def _first(walk: _Walk, *, by_letter: bool = False) -> sa.Select[Any]:
    """Select the first of one order that somebody takes; ``by_letter`` where an index of it holds the letters."""
    declined, put_off, unseen = walk.kinds
    every = sa.select(*walk.read(_CASES.c)).where(walk.of(_CASES.c))
    if not (declined or put_off or unseen):
        return walk.first(every, _CASES.c)
    if not by_letter:
        return _taken(walk, sa.true())
    parts = []
    for letter in grades.letters(declined, put_off):
        of_it = sa.and_(grades.is_letter(letter), _fits_unseen(_CASES.c, walk.kinds))
        is_enough = grades.is_told_by_letter(letter, declined, put_off)
        parts.append(walk.first(every.where(of_it), _CASES.c) if is_enough else _taken(walk, of_it))
    if rest := grades.letters_of(put_off, but_for=declined):
        parts.append(_in_danger(walk, rest))
    if len(parts) == 1:
        return parts[0]
    found = _together(parts).subquery()
    return walk.first(sa.select(*walk.read(found.c)), found.c)


def _taken(walk: _Walk, besides: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select what somebody takes among the first of an order: a bounded number, for in some queues nearly all is of one grade."""
    ordered = sa.select(_CASES).where(walk.of(_CASES.c), besides).order_by(walk.order, _CASES.c.id)
    some = ordered.limit(_LOOKED_AT).subquery()
    takes = sa.and_(grades.takes(some.c, *walk.kinds[:2]), _fits_unseen(some.c, walk.kinds))
    return walk.first(sa.select(*walk.read(some.c)).where(takes), some.c)


def _in_danger(walk: _Walk, letters: tuple[str, ...]) -> sa.Select[Any]:
    """Select what is put off but for danger, where there is danger. Those are few at any time and have an index of their own."""
    known = _CASES.c.imminent_since
    there = sa.select(_CASES).where(_CASES.c.state == OPEN, known.is_not(None))
    few = there.order_by(known, _CASES.c.id).limit(_LOOKED_AT).subquery()
    is_one = sa.and_(grades.letter(few.c.urgency).in_(letters), _fits_unseen(few.c, walk.kinds))
    return walk.first(sa.select(*walk.read(few.c)).where(walk.of(few.c), is_one), few.c)


def _fits_unseen(case: Any, kinds: Kinds) -> sa.ColumnElement[bool]:
    """Select what can be decided unseen, for whom nothing else is."""
    unseen: sa.ColumnElement[bool] = case.unseen
    return sa.and_(sa.true(), unseen) if kinds[2] else sa.true()


def _together(parts: list[sa.Select[Any]]) -> Asked:
    """Put several into one statement."""
    if len(parts) == 1:
        return parts[0]
    limited = [sa.select(part.subquery()) for part in parts]  # SQLite takes no limit on a part of a union
    return sa.union_all(*limited)


def _following(case: Any) -> sa.ColumnElement[bool]:
    after = sa.tuple_(sa.bindparam("after_time", type_=UtcTime()), sa.bindparam("after_id", type_=text()))
    return sa.tuple_(case.opened_at, case.id) > after


def _of_each(queues: int, **walk: Any) -> list[_Walk]:
    return [_Walk(number=number, **walk) for number in range(queues)]


@cache
def by_age(queues: int, kinds: Kinds, *, following: bool) -> Asked:
    """Select the oldest of each queue."""
    more = (_following,) if following else ()
    walks = _of_each(queues, kinds=kinds, order=_CASES.c.opened_at, chosen=more)
    return _together([_first(walk, by_letter=True) for walk in walks])


@cache
def handed_by_age(queues: int, kinds: Kinds, *, following: bool) -> Asked:
    """Select the oldest of each queue that were handed to the leads."""
    more = (_following,) if following else ()
    walks = _of_each(queues, kinds=kinds, order=_CASES.c.opened_at, chosen=more, escalated=True)
    return _together([_first(walk) for walk in walks])


@cache
def imminent(kinds: Kinds, *, escalated: bool) -> sa.Select[Any]:
    """Select those in which a child may be in danger now."""
    # They are few at any time, so their one index serves all queues.
    free = waits(_NOW, _PASSED, escalated=escalated)
    known = _CASES.c.imminent_since
    if any(kinds):
        free = sa.and_(free, grades.takes(_CASES.c, *kinds[:2]), _fits_unseen(_CASES.c, kinds))
    return sa.select(_CASES).where(free, known.is_not(None), _CASES.c.queue.in_(_AMONG)).order_by(known, _CASES.c.id).limit(_MOST)  # fmt: skip


_STANDING = tuple(_CASES.c[each.name] for each in fields(records.Standing))


@cache
def by_turns(queues: int, kinds: Kinds) -> Asked:
    """Select the first of each queue by each order."""
    return _turns(queues, kinds, tuple(_CASES.c))


@cache
def by_turns_alone(queues: int, kinds: Kinds) -> Asked:
    """Select the same, as far as the order needs it."""
    return _turns(queues, kinds, _STANDING)


def _turns(queues: int, kinds: Kinds, columns: tuple[sa.Column[Any], ...]) -> Asked:
    parts = []
    for number in range(queues):
        orders: list[tuple[sa.Column[Any], tuple[_Condition, ...]]] = [
            (_CASES.c.views_turn, (_in_lane(lane),)) for lane in records.Lane
        ]
        for order, chosen in [*orders, (_CASES.c.delay_turn, ())]:
            walk = _Walk(number=number, kinds=kinds, order=order, chosen=chosen, columns=columns)
            parts.append(_first(walk, by_letter=True))
    return _together(parts)


def _in_lane(lane: records.Lane) -> _Condition:
    return lambda case: case.lane == lane.value


@cache
def by_score(queues: int, kinds: Kinds) -> Asked:
    """Select the likeliest of each queue."""
    walks = _of_each(queues, kinds=kinds, order=_CASES.c.score_turn)
    return _together([_first(walk) for walk in walks])


@cache
def by_lot(queues: int, kinds: Kinds) -> Asked:
    """Select the first of each queue from a lot on."""
    from_there: sa.BindParameter[float] = sa.bindparam("lot", type_=sa.Double())
    walks = _of_each(queues, kinds=kinds, order=_CASES.c.lot, chosen=(lambda case: case.lot >= from_there,))
    return _together([_first(walk) for walk in walks])


@cache
def restricted(queues: int, kinds: Kinds) -> Asked:
    """Select what has been hidden for longest, of each queue."""
    before = sa.bindparam("before", type_=UtcTime())
    chosen: tuple[_Condition, ...] = (
        lambda case: case.restricted,
        lambda case: case.certificate_id.is_(None),
        lambda case: case.opened_at < before,
    )
    walks = _of_each(queues, kinds=kinds, order=_CASES.c.opened_at, chosen=chosen)
    return _together([_first(walk, by_letter=True) for walk in walks])

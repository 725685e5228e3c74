"""What may be handed out, over SQL. Each question walks indexes from their start, one for each queue of the person who asks, and stops after
a few rows, however many cases wait."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, grades, tables, translation
from wardline.adapters.stores.columns import UtcTime, text
from wardline.adapters.stores.reading import SqlReading
from wardline.ports import LOOKED_AT
from wardline.records import Grade

_ESCAPE = "\\"
_Asked = sa.Select[Any] | sa.CompoundSelect[Any]
_Kinds = tuple[tuple[Grade, ...], tuple[Grade, ...]]
"""The grades that somebody does not take, and those that are put off."""
_Statement = Callable[[int, _Kinds], _Asked]
_OPEN = records.CaseState.OPEN.value
_CASES = tables.cases
_LEFT = _CASES.c.certificate_id.is_(None)
"""No machine acted under a certificate; those wait at the end, and their uploaders were told why."""
_NOW = sa.bindparam("now", type_=UtcTime())
_PASSED = sa.bindparam("passed", type_=sa.Text())
_MOST = sa.bindparam("most", type_=sa.Integer())
_AMONG = sa.bindparam("among", type_=text(), expanding=True)


class SqlQueue(SqlReading):
    """The order of the queue."""

    def waiting_cases(
        self,
        *,
        now: datetime,
        taker: records.Taker,
        most: int,
        escalated: bool = False,
        after: str | None = None,
    ) -> list[records.Case]:
        values: dict[str, Any] = {}
        if after is not None:
            time, record_id = self._moment(_CASES.c.opened_at, after)
            values = {"after_time": time, "after_id": record_id}
        statement = _handed_by_age if escalated else _by_age
        found = self._of_queues(
            lambda n, kinds: statement(n, kinds, following=bool(values)), now, taker, most, **values
        )
        return sorted(found, key=lambda case: (case.opened_at, case.id))[:most]

    def count_waiting(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> int:
        if not taker.queues:
            return 0
        passed = sa.literal(_passed(taker.user_id), sa.Text())
        waits = _waits(sa.literal(now, UtcTime()), passed, escalated=escalated)
        return self._count(sa.select(_CASES.c.id).where(waits, _CASES.c.queue.in_(taker.queues)), most=most)

    def imminent_cases(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> list[records.Case]:
        if not taker.queues:
            return []
        values = {"now": now, "passed": _passed(taker.user_id), "most": most, "among": taker.queues}
        return self._all(records.Case, _imminent(_kinds(taker), escalated=escalated), **values)

    def urgent_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        return self._of_queues(_by_turns, now, taker, most)

    def urgent_standings(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Standing]:
        found = self._rows_of_queues(_by_turns_alone, now, taker, most)
        return [codec.from_row(records.Standing, row) for row in found]

    def likeliest_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        found = self._of_queues(_by_score, now, taker, most)
        return sorted(found, key=lambda case: (case.score_turn, case.id))[:most]

    def cases_by_lot(
        self, *, now: datetime, taker: records.Taker, lot: float, most: int
    ) -> list[records.Case]:
        from_there = self._of_queues(_by_lot, now, taker, most, lot=lot)
        found = sorted(from_there, key=lambda case: (case.lot, case.id))[:most]
        if len(found) == most or lot <= 0:
            return found
        round_again = self._of_queues(_by_lot, now, taker, most, lot=0.0)
        before = [case for case in round_again if case.lot is not None and case.lot < lot]
        return found + sorted(before, key=lambda case: (case.lot, case.id))[: most - len(found)]

    def restricted_cases(
        self, *, now: datetime, taker: records.Taker, before: datetime, most: int
    ) -> list[records.Case]:
        found = self._of_queues(_restricted, now, taker, most, before=before)
        return sorted(found, key=lambda case: (case.opened_at, case.id))[:most]

    def long_restricted(
        self, *, queue: str, before: datetime, after: str | None = None, most: int
    ) -> list[records.Case]:
        chosen = sa.select(_CASES).where(
            _CASES.c.state == _OPEN, _CASES.c.restricted, _CASES.c.queue == queue, _CASES.c.opened_at < before, _LEFT,
            self._after(_CASES.c.opened_at, after),
        )  # fmt: skip
        return self._all(records.Case, chosen.order_by(_CASES.c.opened_at, _CASES.c.id).limit(most))

    def open_queues(self) -> list[str]:
        # One step in the index to each name: asking for what is distinct would read all of it.
        found: list[str] = []
        while rows := self._rows(_NEXT_QUEUE, last=found[-1] if found else ""):
            if rows[0]["queue"] is None:
                break
            found.append(rows[0]["queue"])
        return found

    def unplaced_cases(self, *, most: int) -> list[records.Case]:
        chosen = sa.select(_CASES).where(_CASES.c.state == _OPEN, _CASES.c.lot.is_(None))
        return self._all(records.Case, chosen.order_by(_CASES.c.id).limit(most))

    def cases_in_queue(self, queue: str, *, most: int) -> list[records.Case]:
        chosen = sa.select(_CASES).where(_CASES.c.state == _OPEN, _CASES.c.queue == queue)
        return self._all(records.Case, chosen.limit(most))

    def _of_queues(
        self, statement: _Statement, now: datetime, taker: records.Taker, most: int, **values: Any
    ) -> list[records.Case]:  # fmt: skip
        found = self._rows_of_queues(statement, now, taker, most, **values)
        return [codec.from_row(records.Case, row) for row in found]

    def _rows_of_queues(
        self, statement: _Statement, now: datetime, taker: records.Taker, most: int, **values: Any
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Ask about all queues of a person in one statement; each case once."""
        if not taker.queues:
            return []
        asked = {"now": now, "passed": _passed(taker.user_id), "most": most, **values}
        asked |= {f"queue_{number}": queue for number, queue in enumerate(taker.queues)}
        with translation.translated(), self._engine.connect() as connection:
            rows = connection.execute(statement(len(taker.queues), _kinds(taker)), asked).mappings().all()
        return [dict(row) for row in {row["id"]: row for row in rows}.values()]


_NEXT_QUEUE = sa.select(sa.func.min(_CASES.c.queue).label("queue")).where(
    _CASES.c.state == _OPEN, _CASES.c.queue > sa.bindparam("last", type_=text())
)


def waiting(now: datetime, taker: records.Taker) -> sa.ColumnElement[bool]:
    """Select what was not handed to the leads and this person may take now, in any of their queues."""
    may_take = _waits(sa.literal(now, UtcTime()), sa.literal(_passed(taker.user_id)), escalated=False)
    return sa.and_(may_take, _CASES.c.queue.in_(sorted(taker.queues)))


def _waits(
    now: sa.ColumnElement[Any], passed: sa.ColumnElement[str], *, escalated: bool
) -> sa.ColumnElement[bool]:
    """Select what a person may take now."""
    return sa.and_(
        _CASES.c.state == _OPEN,
        _CASES.c.escalated_by.is_not(None) if escalated else _CASES.c.escalated_by.is_(None),
        # A claim and its lease belong together; the index has the lease.
        sa.or_(_CASES.c.lease_until.is_(None), _CASES.c.lease_until <= now),
        sa.or_(_CASES.c.held_until.is_(None), _CASES.c.held_until <= now),
        _CASES.c.passed_by.not_like(passed, escape=_ESCAPE),
    )


def _kinds(taker: records.Taker) -> _Kinds:
    return tuple(sorted(taker.declined)), tuple(sorted(taker.put_off))


def _passed(user_id: str) -> str:
    """Give the pattern of lists that this person is on. The quotation marks of the JSON text make it whole ids, never parts of one."""
    plain = json.dumps(user_id)
    for special in (_ESCAPE, "%", "_"):
        plain = plain.replace(special, _ESCAPE + special)
    return f"%{plain}%"


# The statements of every hand-out are built once for each number of queues: building them takes longer than answering them.
def _first(
    number: int, kinds: _Kinds, *chosen: sa.ColumnElement[bool], order: sa.Column[Any], escalated: bool = False,
    columns: tuple[sa.Column[Any], ...] = (),
) -> sa.Select[Any]:  # fmt: skip
    """Select the first of one queue by one order."""
    queue = sa.bindparam(f"queue_{number}", type_=text())
    waits = _waits(_NOW, _PASSED, escalated=escalated)
    given = columns or tuple(_CASES.c)
    # Somebody who does not take every grade is looked for among a bounded number: in some queues nearly all is of one.
    looked_at = sa.select(*(given if not any(kinds) else _CASES.c)).where(
        waits, _CASES.c.queue == queue, order.is_not(None), *chosen
    ).order_by(order, _CASES.c.id)  # fmt: skip
    if not any(kinds):
        return looked_at.limit(_MOST)
    some = looked_at.limit(sa.literal_column(str(LOOKED_AT))).subquery()
    fitting = sa.select(*(some.c[each.name] for each in given)).where(grades.takes(some.c, *kinds))
    return fitting.order_by(some.c[order.name], some.c.id).limit(_MOST)


def _together(parts: list[sa.Select[Any]]) -> _Asked:
    """Put several into one statement."""
    if len(parts) == 1:
        return parts[0]
    limited = [sa.select(part.subquery()) for part in parts]  # SQLite takes no limit on a part of a union
    return sa.union_all(*limited)


def _following(order: sa.Column[Any]) -> sa.ColumnElement[bool]:
    after = sa.tuple_(sa.bindparam("after_time", type_=UtcTime()), sa.bindparam("after_id", type_=text()))
    return sa.tuple_(order, _CASES.c.id) > after


@cache
def _by_age(queues: int, kinds: _Kinds, *, following: bool) -> _Asked:
    order = _CASES.c.opened_at
    more = [_following(order)] if following else []
    return _together([_first(number, kinds, *more, order=order) for number in range(queues)])


@cache
def _handed_by_age(queues: int, kinds: _Kinds, *, following: bool) -> _Asked:
    order = _CASES.c.opened_at
    more = [_following(order)] if following else []
    return _together([_first(number, kinds, *more, order=order, escalated=True) for number in range(queues)])


@cache
def _imminent(kinds: _Kinds, *, escalated: bool) -> sa.Select[Any]:
    # They are few at any time, so their one index serves all queues.
    waits = _waits(_NOW, _PASSED, escalated=escalated)
    known = _CASES.c.imminent_since
    if any(kinds):
        waits = sa.and_(waits, grades.takes(_CASES.c, *kinds))
    return sa.select(_CASES).where(waits, known.is_not(None), _CASES.c.queue.in_(_AMONG)).order_by(known, _CASES.c.id).limit(_MOST)  # fmt: skip


_STANDING = tuple(_CASES.c[each.name] for each in fields(records.Standing))


@cache
def _by_turns(queues: int, kinds: _Kinds) -> _Asked:
    return _turns(queues, kinds, ())


@cache
def _by_turns_alone(queues: int, kinds: _Kinds) -> _Asked:
    return _turns(queues, kinds, _STANDING)


def _turns(queues: int, kinds: _Kinds, columns: tuple[sa.Column[Any], ...]) -> _Asked:
    views, delay = _CASES.c.views_turn, _CASES.c.delay_turn
    parts = []
    for number in range(queues):
        parts += [
            _first(number, kinds, _CASES.c.lane == lane.value, order=views, columns=columns)
            for lane in records.Lane
        ]
        parts.append(_first(number, kinds, order=delay, columns=columns))
    return _together(parts)


@cache
def _by_score(queues: int, kinds: _Kinds) -> _Asked:
    return _together([_first(number, kinds, order=_CASES.c.score_turn) for number in range(queues)])


@cache
def _by_lot(queues: int, kinds: _Kinds) -> _Asked:
    from_there = _CASES.c.lot >= sa.bindparam("lot", type_=sa.Double())
    return _together([_first(number, kinds, from_there, order=_CASES.c.lot) for number in range(queues)])


@cache
def _restricted(queues: int, kinds: _Kinds) -> _Asked:
    old = _CASES.c.opened_at < sa.bindparam("before", type_=UtcTime())
    return _together(
        [
            _first(number, kinds, _CASES.c.restricted, _LEFT, old, order=_CASES.c.opened_at)
            for number in range(queues)
        ]
    )

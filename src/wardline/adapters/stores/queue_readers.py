"""What may be handed out, over SQL. Each question walks an index from its start and stops after a few rows, however many cases wait."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, tables, translation
from wardline.adapters.stores.columns import UtcTime
from wardline.adapters.stores.reading import SqlReading

_ESCAPE = "\\"


class SqlQueue(SqlReading):
    """The order of the queue."""

    def imminent_cases(
        self, *, now: datetime, user_id: str, most: int, escalated: bool = False
    ) -> list[records.Case]:
        return self._handed([_imminent(escalated=escalated)], now, user_id, most)

    def urgent_cases(self, *, now: datetime, user_id: str, most: int) -> list[records.Case]:
        return self._handed([*map(_by_views, records.Lane), _by_delay()], now, user_id, most)

    def _handed(
        self, statements: list[sa.Select[Any]], now: datetime, user_id: str, most: int
    ) -> list[records.Case]:
        """Ask on one connection; each case once."""
        values = {"now": now, "passed": _passed(user_id), "most": most}
        rows: dict[str, dict[str, Any]] = {}
        with translation.translated(), self._engine.connect() as connection:
            for statement in statements:
                rows |= {row["id"]: dict(row) for row in connection.execute(statement, values).mappings()}
        return [codec.from_row(records.Case, row) for row in rows.values()]


def waiting(now: datetime, user_id: str, *, escalated: bool) -> sa.ColumnElement[bool]:
    """Select what this person may take now."""
    return _waits(sa.literal(now, UtcTime()), sa.literal(_passed(user_id)), escalated=escalated)


def _waits(
    now: sa.ColumnElement[Any], passed: sa.ColumnElement[str], *, escalated: bool
) -> sa.ColumnElement[bool]:
    table = tables.cases
    return sa.and_(
        table.c.state == records.CaseState.OPEN.value,
        table.c.escalated_by.is_not(None) if escalated else table.c.escalated_by.is_(None),
        # A claim and its lease belong together; the index has the lease.
        sa.or_(table.c.lease_until.is_(None), table.c.lease_until <= now),
        sa.or_(table.c.held_until.is_(None), table.c.held_until <= now),
        table.c.passed_by.not_like(passed, escape=_ESCAPE),
    )


def _passed(user_id: str) -> str:
    """Give the pattern of lists that this person is on. The quotation marks of the JSON text make it whole ids, never parts of one."""
    plain = json.dumps(user_id)
    for special in (_ESCAPE, "%", "_"):
        plain = plain.replace(special, _ESCAPE + special)
    return f"%{plain}%"


# The statements of every hand-out are built once: building them takes longer than answering them.
def _first(*chosen: sa.ColumnElement[bool], order: sa.Column[Any], escalated: bool = False) -> sa.Select[Any]:
    table = tables.cases
    waits = _waits(sa.bindparam("now", type_=UtcTime()), sa.bindparam("passed", type_=sa.Text()), escalated=escalated)  # fmt: skip
    statement = sa.select(table).where(waits, order.is_not(None), *chosen)
    return statement.order_by(order, table.c.id).limit(sa.bindparam("most", type_=sa.Integer()))


@cache
def _imminent(*, escalated: bool) -> sa.Select[Any]:
    return _first(order=tables.cases.c.imminent_since, escalated=escalated)


@cache
def _by_views(lane: records.Lane) -> sa.Select[Any]:
    return _first(tables.cases.c.lane == lane.value, order=tables.cases.c.views_turn)


@cache
def _by_delay() -> sa.Select[Any]:
    return _first(order=tables.cases.c.delay_turn)

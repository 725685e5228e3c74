"""What may be handed out, over SQL. Each question walks indexes from their start, one for each queue of the person who asks, and stops after
a few rows, however many cases wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, queue_statements, tables, translation
from wardline.adapters.stores.columns import UtcTime
from wardline.adapters.stores.queue_statements import LEFT, OPEN, Asked, Shape
from wardline.adapters.stores.reading import SqlReading

_Statement = Callable[[Shape], Asked]
_CASES = tables.cases


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
        statement = queue_statements.handed_by_age if escalated else queue_statements.by_age
        return self._of_queues(
            lambda of: statement(of, following=bool(values)), now, taker, most,
            order=_CASES.c.opened_at, **values,
        )  # fmt: skip

    def count_waiting(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> int:
        if not taker.queues:
            return 0
        passed = sa.literal(queue_statements.passed(taker.user_id), sa.Text())
        waits = queue_statements.waits(sa.literal(now, UtcTime()), passed, escalated=escalated)
        # By age, queue by queue: an index that gives this order holds what waits and nothing else. Without an order SQLite takes any index
        # of queues, and reads all cases to count the few that were handed to the leads.
        of_each = [
            sa.select(_CASES.c.id).where(waits, _CASES.c.queue == queue).order_by(_CASES.c.opened_at, _CASES.c.id).limit(most)
            for queue in taker.queues
        ]  # fmt: skip
        return self._count(sa.select(sa.union_all(*map(_limited, of_each)).subquery().c.id), most=most)

    def imminent_cases(
        self, *, now: datetime, taker: records.Taker, most: int, escalated: bool = False
    ) -> list[records.Case]:
        found = self._rows_of_queues(
            lambda of: queue_statements.imminent(of, escalated=escalated), now, taker, most
        )
        return [codec.from_row(records.Case, row) for row in found]

    def urgent_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        found = self._rows_of_queues(queue_statements.by_turns, now, taker, most)
        return [codec.from_row(records.Case, row) for row in sorted(found, key=_turn)]

    def urgent_standings(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Standing]:
        found = self._rows_of_queues(queue_statements.by_turns_alone, now, taker, most)
        return [codec.from_row(records.Standing, row) for row in sorted(found, key=_turn)]

    def waiting_kinds(
        self, *, now: datetime, taker: records.Taker, oldest: int, first: int
    ) -> list[records.Glance]:
        found = self._rows_of_queues(queue_statements.kinds_by_turns, now, taker, first)
        for escalated in (False, True):
            by_age = partial(queue_statements.kinds_by_age, escalated=escalated)
            aged = self._rows_of_queues(by_age, now, taker, oldest)
            found += sorted(aged, key=lambda row: (row["opened_at"], row["id"]))[:oldest]
        once = {row["id"]: row for row in found}
        return [codec.from_row(records.Glance, row) for row in once.values()]

    def likeliest_cases(self, *, now: datetime, taker: records.Taker, most: int) -> list[records.Case]:
        return self._of_queues(queue_statements.by_score, now, taker, most, order=_CASES.c.score_turn)

    def cases_by_lot(
        self, *, now: datetime, taker: records.Taker, lot: float, most: int
    ) -> list[records.Case]:
        order = _CASES.c.lot
        found = self._of_queues(queue_statements.by_lot, now, taker, most, order=order, lot=lot)
        if len(found) == most or lot <= 0:
            return found
        round_again = self._of_queues(queue_statements.by_lot, now, taker, most, order=order, lot=0.0)
        before = [case for case in round_again if case.lot is not None and case.lot < lot]
        return found + before[: most - len(found)]

    def restricted_cases(
        self, *, now: datetime, taker: records.Taker, before: datetime, most: int
    ) -> list[records.Case]:
        return self._of_queues(
            queue_statements.restricted, now, taker, most, order=_CASES.c.opened_at, before=before
        )

    def long_restricted(
        self, *, queue: str, before: datetime, after: str | None = None, most: int
    ) -> list[records.Case]:
        chosen = sa.select(_CASES).where(
            _CASES.c.state == OPEN, _CASES.c.restricted, _CASES.c.queue == queue, _CASES.c.opened_at < before, LEFT,
            self._after(_CASES.c.opened_at, after),
        )  # fmt: skip
        return self._all(records.Case, chosen.order_by(_CASES.c.opened_at, _CASES.c.id).limit(most))

    def open_queues(self) -> list[str]:
        return sorted(row["value"] for row in self._rows(queue_statements.OPEN_QUEUES))

    def unplaced_cases(self, *, most: int) -> list[records.Case]:
        chosen = sa.select(_CASES).where(_CASES.c.state == OPEN, _CASES.c.lot.is_(None))
        return self._all(records.Case, chosen.order_by(_CASES.c.id).limit(most))

    def cases_in_queue(self, queue: str, *, most: int) -> list[records.Case]:
        chosen = sa.select(_CASES).where(_CASES.c.state == OPEN, _CASES.c.queue == queue)
        return self._all(records.Case, chosen.limit(most))

    def _of_queues(
        self, statement: _Statement, now: datetime, taker: records.Taker, most: int, *, order: sa.Column[Any], **values: Any,
    ) -> list[records.Case]:  # fmt: skip
        """Ask about all queues of a person; gives the first of them all. Making records of the others would take longer than asking."""
        found = self._rows_of_queues(statement, now, taker, most, **values)
        first = sorted(found, key=lambda row: (row[order.name], row["id"]))[:most]
        return [codec.from_row(records.Case, row) for row in first]

    def _rows_of_queues(
        self, statement: _Statement, now: datetime, taker: records.Taker, most: int, **values: Any
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Ask about all queues of a person in one statement; each case once."""
        if not taker.queues:
            return []
        dialect = self._engine.dialect.name
        asked = {**queue_statements.values(dialect, taker), "now": now, "most": most, **values}
        chosen = statement(queue_statements.shape(dialect, taker))
        with translation.translated(), self._reader.connect() as connection:
            rows = connection.execute(chosen, asked).mappings().all()
        return [dict(row) for row in {row["id"]: row for row in rows}.values()]


def waiting(now: datetime, taker: records.Taker) -> sa.ColumnElement[bool]:
    """Select what was not handed to the leads and this person may take now, in any of their queues."""
    may_take = queue_statements.waits(
        sa.literal(now, UtcTime()), sa.literal(queue_statements.passed(taker.user_id)), escalated=False
    )
    return sa.and_(may_take, _CASES.c.queue.in_(sorted(taker.queues)))


def _turn(row: dict[str, Any]) -> tuple[bool, float, str]:
    turn: float | None = row["views_turn"]
    return turn is None, turn or 0.0, row["id"]


def _limited(part: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(part.subquery())  # SQLite takes no limit on a part of a union

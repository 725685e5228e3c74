"""Whether targets are kept, over SQL."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.columns import UtcTime, text
from wardline.adapters.stores.queue_readers import SqlQueue
from wardline.records import CaseState, DecisionState, Drawn, Outcome, Target

_CASES = tables.cases
_DECISIONS = tables.decisions
_STANDS = sa.and_(
    _DECISIONS.c.outcome != Outcome.CANNOT_TELL.value, _DECISIONS.c.state != DecisionState.UNDONE.value
)
_OPEN = CaseState.OPEN.value


class SqlTargets(SqlQueue):
    """What leads and alarms ask of all open cases."""

    def waiting_by_target(self) -> list[records.Waiting]:
        queue, target = _CASES.c.queue, _CASES.c.target
        counted = sa.select(queue, target, sa.func.count().label("cases")).where(_CASES.c.state == _OPEN)
        found = [
            records.Waiting(
                queue=row["queue"],
                target=Target(row["target"]) if row["target"] else None,
                cases=row["cases"],
            )
            for row in self._rows(counted.group_by(queue, target))
        ]
        return sorted(found, key=lambda each: (each.queue, each.target or ""))

    def count_due(
        self, *, queue: str, target: records.Target, by: datetime, most: int, after: datetime | None = None
    ) -> int:
        due = sa.select(_CASES.c.id).where(_of(queue, target), _CASES.c.due_at <= by)
        return self._count(due if after is None else due.where(_CASES.c.due_at > after), most=most)

    def first_due(self, *, queue: str, target: records.Target) -> records.Case | None:
        chosen = sa.select(_CASES).where(_of(queue, target), _CASES.c.due_at.is_not(None))
        return self._first(records.Case, chosen.order_by(_CASES.c.due_at, _CASES.c.id))

    def attained(self, *, since: datetime, until: datetime) -> list[records.Attained]:
        # Those that are still open have kept nothing. They are most of all in a backlog, and are counted along their own index: of each queue
        # and class those alone whose target ended in the period.
        due: Counter[tuple[str, str]] = Counter()
        kept: Counter[tuple[str, str]] = Counter()
        period = {"since": since, "until": until}
        queues = self.open_queues()
        if queues:
            asked = {f"queue_{number}": queue for number, queue in enumerate(queues)}
            for row in self._rows(_still_open(len(queues)), **period, **asked):
                due[row["queue"], row["target"]] += int(row["due"])
        for row in self._rows(_DECIDED, **period):
            due[row["queue"], row["target"]] += int(row["due"])
            kept[row["queue"], row["target"]] += int(row["kept"])
        return [
            records.Attained(queue=queue, target=Target(target), due=number, kept=kept[queue, target])
            for (queue, target), number in sorted(due.items())
            if number
        ]

    def opinions_by_lot(self, *, most: int) -> list[tuple[float, records.Outcome]]:
        chosen = (
            sa.select(_CASES.c.score_turn, _DECISIONS.c.outcome)
            .join(_DECISIONS, sa.and_(_DECISIONS.c.id == _CASES.c.decision_id, _STANDS))
            .where(
                _CASES.c.drawn == Drawn.LOT.value, _CASES.c.state == CaseState.CLOSED.value,
                _CASES.c.score_turn.is_not(None),
            )
        )  # fmt: skip
        newest = chosen.order_by(_CASES.c.opened_at.desc(), _CASES.c.id.desc()).limit(most)
        return [(-row["score_turn"], Outcome(row["outcome"])) for row in self._rows(newest)]

    def handling_times(self, *, most: int) -> list[tuple[str, int, float]]:
        stands = sa.select(_DECISIONS.c.id, _DECISIONS.c.case_id, _DECISIONS.c.at).where(_STANDS)
        newest = stands.order_by(_DECISIONS.c.at.desc()).limit(most).subquery()
        chosen = (
            sa.select(_CASES.c.queue, _CASES.c.item_ids, _CASES.c.claimed_at, newest.c.at)
            .join(newest, sa.and_(newest.c.case_id == _CASES.c.id, newest.c.id == _CASES.c.decision_id))
            .where(_CASES.c.claimed_at.is_not(None), _CASES.c.claimed_at <= newest.c.at)
        )
        return [_handled(row) for row in self._rows(chosen)]


_DUE = (
    _CASES.c.due_at >= sa.bindparam("since", type_=UtcTime()),
    _CASES.c.due_at < sa.bindparam("until", type_=UtcTime()),
    _CASES.c.target.is_not(None),
)


@cache
def _still_open(queues: int) -> sa.CompoundSelect[Any]:
    """Count what is open and due, of so many queues; built once for each number of them."""
    parts = []
    for number in range(queues):
        queue: sa.BindParameter[str] = sa.bindparam(f"queue_{number}", type_=text())
        for target in Target:
            of = (_CASES.c.state == _OPEN, _CASES.c.queue == queue, _CASES.c.target == target.value)
            named = sa.literal(target.value, sa.Text()).label("target")
            counted = sa.func.count().label("due")
            parts.append(sa.select(queue.label("queue"), named, counted).where(*of, *_DUE))
    return sa.union_all(*parts)


def _decided() -> sa.Select[Any]:
    queue, target = _CASES.c.queue, _CASES.c.target
    in_time = _DECISIONS.c.at <= _CASES.c.due_at
    decided = sa.and_(_DECISIONS.c.id == _CASES.c.decision_id, _STANDS)
    kept = sa.func.sum(sa.case((in_time, 1), else_=0)).label("kept")
    return (
        sa.select(queue, target, sa.func.count().label("due"), kept)
        .select_from(_CASES.outerjoin(_DECISIONS, decided))
        .where(_CASES.c.state != _OPEN, *_DUE)
        .group_by(queue, target)
    )


_DECIDED = _decided()


def _of(queue: str, target: records.Target) -> sa.ColumnElement[bool]:
    return sa.and_(_CASES.c.state == _OPEN, _CASES.c.queue == queue, _CASES.c.target == target.value)


def _handled(row: sa.RowMapping) -> tuple[str, int, float]:
    seconds: Any = (row["at"] - row["claimed_at"]).total_seconds()
    return row["queue"], len(json.loads(row["item_ids"])), float(seconds)

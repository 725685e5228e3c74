"""Whether targets are kept, over SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import listed, queue_statements, tables
from wardline.adapters.stores.columns import UtcTime
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

    def waiting_by_target(self, *, ends: Sequence[datetime] = ()) -> list[records.Waiting]:
        dialect = self._engine.dialect.name
        moments = {f"end_{number}": end for number, end in enumerate(ends)}
        targets = listed.value(Target, dialect)
        found = self._rows(_open_by_target(dialect, len(ends)), **moments, targets=targets)
        every = [_waiting(row, len(ends)) for row in found]
        return sorted(
            (each for each in every if each.cases), key=lambda each: (each.queue, each.target or "")
        )

    def count_due(
        self, *, queue: str, target: records.Target, by: datetime, most: int, after: datetime | None = None
    ) -> int:
        due = sa.select(_CASES.c.id).where(_of(queue, target), _CASES.c.due_at <= by)
        return self._count(due if after is None else due.where(_CASES.c.due_at > after), most=most)

    def first_due(self, *, queue: str, target: records.Target) -> records.Case | None:
        chosen = sa.select(_CASES).where(_of(queue, target), _CASES.c.due_at.is_not(None))
        return self._first(records.Case, chosen.order_by(_CASES.c.due_at, _CASES.c.id))

    def attained(self, *, since: datetime, until: datetime) -> list[records.Attained]:
        found = [
            records.Attained(queue=row["queue"], target=Target(row["target"]), due=int(row["due"]), kept=int(row["kept"]))
            for row in self._rows(_DECIDED, since=since, until=until)
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.queue, each.target))

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


_NOT_OPEN = _CASES.c.state != sa.literal_column(f"'{_OPEN}'")
"""Part of the text, and no value: the index of what is not open is found by this spelling."""
_DUE = (
    _CASES.c.due_at.is_not(None),
    _CASES.c.due_at >= sa.bindparam("since", type_=UtcTime()),
    _CASES.c.due_at < sa.bindparam("until", type_=UtcTime()),
    _CASES.c.target.is_not(None),
)


@cache
def _open_by_target(dialect: str, ends: int) -> sa.CompoundSelect[Any]:
    """Count what is open by queue and class, and between so many times at which targets end. Each case is walked over once: the whole is what
    lies between them, together."""
    queues, targets = queue_statements.open_queues(), listed.rows("targets", dialect)
    target = listed.each("targets", dialect)
    of_queue = sa.and_(_CASES.c.state == _OPEN, _CASES.c.queue == queues.c.value)
    classed = _between(sa.and_(of_queue, _CASES.c.target == target), queues, ends)
    rest = _between(sa.and_(of_queue, _CASES.c.target.is_(None)), queues, ends)
    named = queues.c.value.is_not(None)
    nothing = sa.cast(sa.null(), sa.Text()).label("target")
    return sa.union_all(
        sa.select(queues.c.value.label("queue"), target.label("target"), *classed)
        .select_from(queues.join(targets, sa.true()))
        .where(named),
        sa.select(queues.c.value.label("queue"), nothing, *rest).where(named),
    )


def _between(chosen: sa.ColumnElement[bool], queues: sa.CTE, ends: int) -> list[sa.Label[int]]:
    """Count what has no target's end, what ends before the first time, between each two, and from the last one on."""
    due = _CASES.c.due_at
    at: list[sa.BindParameter[datetime]] = [
        sa.bindparam(f"end_{number}", type_=UtcTime()) for number in range(ends)
    ]
    from_to = [*zip([None, *at], [*at, None], strict=True)]
    parts = [due.is_(None)] + [
        sa.and_(due.is_not(None), *([due >= low] if low is not None else []), *([due < high] if high is not None else []))
        for low, high in from_to
    ]  # fmt: skip
    counted = (
        sa.select(sa.func.count()).select_from(_CASES).where(chosen, part).correlate(queues) for part in parts
    )
    return [each.scalar_subquery().label(f"cases_{number}") for number, each in enumerate(counted)]


def _waiting(row: sa.RowMapping, ends: int) -> records.Waiting:
    between = [int(row[f"cases_{number}"]) for number in range(ends + 2)]
    return records.Waiting(
        queue=row["queue"], target=Target(row["target"]) if row["target"] else None, cases=sum(between),
        due=tuple(accumulate(between[1:-1])),
    )  # fmt: skip


def _decided() -> sa.Select[Any]:
    queue, target = _CASES.c.queue, _CASES.c.target
    in_time = _DECISIONS.c.at <= _CASES.c.due_at
    decided = sa.and_(_DECISIONS.c.id == _CASES.c.decision_id, _STANDS)
    kept = sa.func.sum(sa.case((in_time, 1), else_=0)).label("kept")
    return (
        sa.select(queue, target, sa.func.count().label("due"), kept)
        .select_from(_CASES.outerjoin(_DECISIONS, decided))
        .where(_NOT_OPEN, *_DUE)
        .group_by(queue, target)
    )


_DECIDED = _decided()


def _of(queue: str, target: records.Target) -> sa.ColumnElement[bool]:
    return sa.and_(_CASES.c.state == _OPEN, _CASES.c.queue == queue, _CASES.c.target == target.value)


def _handled(row: sa.RowMapping) -> tuple[str, int, float]:
    seconds: Any = (row["at"] - row["claimed_at"]).total_seconds()
    return row["queue"], len(json.loads(row["item_ids"])), float(seconds)

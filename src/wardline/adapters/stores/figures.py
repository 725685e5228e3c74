"""The statistics' reader over SQL, and the names of the times that are measured."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables, translation
from wardline.adapters.stores.reading import SqlReading

OPENED_TO_DECIDED = "case opened to decided"
DECISION_TO_DELIVERED = "decision to action delivered"
DECISION_TO_RECEIPT = "decision to receipt"
WITHOUT_EFFECT = (records.DecisionState.UNDONE, records.DecisionState.GIVEN)
"""Decisions in these states end nothing: a case is counted once, by the one that holds."""


def period(first: date, last: date) -> tuple[datetime, datetime]:
    """Give the first moment of the period and the first after it, for days in UTC, both inclusive."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    return start, end


def seconds(steps: Iterable[tuple[datetime, datetime]]) -> list[float]:
    """Give how long each step took, shortest first."""
    return sorted((end - start).total_seconds() for start, end in steps)


class SqlFigures(SqlReading):
    """Counts and times of a period."""

    def counts(self, first: date, last: date) -> list[records.StepCount]:
        table = tables.counts
        chosen = sa.select(table).where(table.c.day >= first.isoformat(), table.c.day <= last.isoformat())
        return [
            records.StepCount(
                day=date.fromisoformat(row["day"]), step=records.Step(row["step"]), count=row["count"]
            )
            for row in self._rows(chosen.order_by(table.c.day, table.c.step))
        ]

    def durations(self, first: date, last: date) -> dict[str, list[float]]:
        start, end = period(first, last)
        cases, decisions, actions = tables.cases, tables.decisions, tables.actions
        golden = sa.exists().where(tables.golden_cases.c.case_id == cases.c.id)
        standing = sa.and_(
            decisions.c.id == cases.c.decision_id, decisions.c.state.not_in([each.value for each in WITHOUT_EFFECT]), ~golden
        )  # fmt: skip
        decided = (
            sa.select(cases.c.opened_at.label("start"), decisions.c.at.label("end"))
            # By the case's id too: cases have no index of their decisions.
            .join_from(decisions, cases, sa.and_(cases.c.id == decisions.c.case_id, standing))
            .where(
                decisions.c.at >= start,
                decisions.c.at < end,
                decisions.c.outcome != records.Outcome.CANNOT_TELL.value,
            )
        )
        delivered = (
            sa.select(decisions.c.at.label("start"), actions.c.delivered_at.label("end"))
            .join_from(actions, cases, cases.c.id == actions.c.case_id)
            .join(decisions, standing)
            .where(
                actions.c.delivered_at >= start,
                actions.c.delivered_at < end,
                actions.c.created_at >= decisions.c.at,
            )
        )
        measured = {
            OPENED_TO_DECIDED: decided,
            DECISION_TO_DELIVERED: delivered,
            DECISION_TO_RECEIPT: _received(start, end),
        }
        times = {name: seconds(self._spans(chosen)) for name, chosen in measured.items()}
        return {name: found for name, found in times.items() if found}

    def _spans(self, chosen: sa.Select[Any]) -> list[tuple[datetime, datetime]]:
        with translation.translated(), self._engine.connect() as connection:
            return [(start, end) for start, end in connection.execute(chosen)]


def _received(start: datetime, end: datetime) -> sa.Select[tuple[datetime, datetime]]:
    decisions, referrals, receipts = tables.decisions, tables.referrals, tables.receipts
    return (
        sa.select(decisions.c.at.label("start"), receipts.c.received_at.label("end"))
        .join_from(receipts, referrals, referrals.c.id == receipts.c.referral_id)
        .join(decisions, decisions.c.id == referrals.c.decision_id)
        .where(receipts.c.received_at >= start, receipts.c.received_at < end)
    )

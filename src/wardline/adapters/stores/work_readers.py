"""What stands in DBOS's tables of durable work, over SQL. Each read goes by an index of DBOS's that holds only the rows in question."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from wardline.adapters.stores.reading import SqlReading

_COLUMNS = ("workflow_uuid", "status", "queue_name", "priority", "created_at", "started_at_epoch_ms", "completed_at")  # fmt: skip
_ROWS = {
    dialect: sa.table("workflow_status", *map(sa.column, _COLUMNS), schema=schema)
    for dialect, schema in {"sqlite": None, "postgresql": "dbos"}.items()
}
# Partial indexes are found by what is written out, and not by what is given beside the statement.
_WAITS = sa.text("status = 'ENQUEUED' AND status IN ('ENQUEUED', 'PENDING')")
_TAKEN = sa.text("status = 'PENDING'")
_ENDED = sa.text("status = 'SUCCESS' AND completed_at IS NOT NULL")


class SqlWork(SqlReading):
    """Durable work that waits, runs, or is over."""

    def first_work(self, queue: str) -> str | None:
        rows = self._work
        chosen = sa.select(rows.c.workflow_uuid).where(rows.c.queue_name == queue, _WAITS)
        found = self._rows(chosen.order_by(rows.c.priority, rows.c.created_at).limit(1))
        return str(found[0]["workflow_uuid"]) if found else None

    def taken_work(self, before: datetime, *, most: int) -> dict[str, str]:
        rows = self._work
        chosen = sa.select(rows.c.workflow_uuid, rows.c.queue_name).where(
            _TAKEN, rows.c.queue_name.is_not(None), rows.c.started_at_epoch_ms <= _milliseconds(before)
        )
        found = self._rows(chosen.order_by(rows.c.created_at).limit(most))
        return {str(each["workflow_uuid"]): str(each["queue_name"]) for each in found}

    def ended_work(self, before: datetime, *, most: int) -> list[str]:
        rows = self._work
        chosen = sa.select(rows.c.workflow_uuid).where(_ENDED, rows.c.completed_at <= _milliseconds(before))
        found = self._rows(chosen.order_by(rows.c.completed_at).limit(most))
        return [str(each["workflow_uuid"]) for each in found]

    @property
    def _work(self) -> sa.TableClause:
        return _ROWS[self._engine.dialect.name]


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)

"""What is read of requests to preserve and to destroy, and of fences, over SQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import SqlReading


class SqlPreservation(SqlReading):
    """Requests by time, and the fence that stands."""

    def preservation(self, preservation_id: str) -> records.Preservation:
        return self._one(records.Preservation, preservation_id)

    def preservations(self, *, after: str | None = None, most: int) -> list[records.Preservation]:
        table = tables.preservations
        chosen = sa.select(table).where(self._after(table.c.recorded_at, after))
        return self._all(records.Preservation, chosen.order_by(table.c.recorded_at, table.c.id).limit(most))

    def open_preservations(self, now: datetime) -> list[records.Preservation]:
        table = tables.preservations
        chosen = sa.select(table).where(table.c.ended_at.is_(None), table.c.until > now)
        return self._all(records.Preservation, chosen.order_by(table.c.until, table.c.id))

    def destruction(self, destruction_id: str) -> records.Destruction:
        return self._one(records.Destruction, destruction_id)

    def destructions(self, *, after: str | None = None, most: int) -> list[records.Destruction]:
        table = tables.destructions
        chosen = sa.select(table).where(self._after(table.c.proposed_at, after))
        return self._all(records.Destruction, chosen.order_by(table.c.proposed_at, table.c.id).limit(most))

    def export(self, export_id: str) -> records.Export:
        return self._one(records.Export, export_id)

    def exports(self, *, after: str | None = None, most: int) -> list[records.Export]:
        table = tables.exports
        chosen = sa.select(table).where(self._after(table.c.proposed_at, after))
        return self._all(records.Export, chosen.order_by(table.c.proposed_at, table.c.id).limit(most))

    def fence(self) -> records.Fence | None:
        table = tables.fences
        chosen = sa.select(table).where(table.c.lifted_at.is_(None))
        return self._first(records.Fence, chosen.order_by(table.c.raised_at, table.c.id))

    def last_fence(self) -> records.Fence | None:
        table = tables.fences
        newest = (table.c.raised_at.desc(), table.c.id.desc())
        return self._first(records.Fence, sa.select(table).order_by(*newest).limit(1))

    def lifted_fences(self) -> list[records.Fence]:
        table = tables.fences
        chosen = sa.select(table).where(table.c.lifted_at.is_not(None))
        return self._all(records.Fence, chosen.order_by(table.c.raised_at, table.c.id))

"""What every SQL reader stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from wardline.adapters.stores import codec, kinds, tables, translation
from wardline.errors import NotFoundError

R = TypeVar("R")
MOST_VALUES = 500
"""Values in one IN list."""
PAGE = 2_000
"""Rows fetched at a time from a long answer."""


class SqlReading:
    """Reads on connections of an engine; the base of the rooms' readers."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def _rows(self, statement: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        with translation.translated(), self._engine.connect() as connection:
            return connection.execute(statement).mappings().all()

    def _all(self, record_type: type[R], statement: sa.Select[Any]) -> list[R]:
        return [codec.from_row(record_type, dict(row)) for row in self._rows(statement)]

    def _first(self, record_type: type[R], statement: sa.Select[Any]) -> R | None:
        found = self._all(record_type, statement.limit(1))
        return found[0] if found else None

    def _one(self, record_type: type[R], record_id: str) -> R:
        table = tables.BY_TYPE[record_type]
        found = self._first(record_type, sa.select(table).where(table.c.id == record_id))
        if found is None:
            raise NotFoundError(
                f"{kinds.name_of(record_type)} {record_id}: not stored, expected an existing one"
            )
        return found

    def _stream(self, statement: sa.Select[Any]) -> Iterator[sa.RowMapping]:
        """Give a long answer page by page, all of one moment."""
        with translation.translated(), self._engine.connect() as connection:
            yield from connection.execute(statement.execution_options(yield_per=PAGE)).mappings()

    def _after(self, time: sa.Column[Any], after: str | None) -> sa.ColumnElement[bool]:
        """Select what is newer than the record with this id, in the order of time and id."""
        if after is None:
            return sa.true()
        table = time.table
        found = self._rows(sa.select(time.label("time")).where(table.c.id == after))
        if not found:
            raise NotFoundError("cursor: its record is gone, expected the id of an existing one")
        moment = sa.literal(found[0]["time"], time.type)
        return sa.tuple_(time, table.c.id) > sa.tuple_(moment, sa.literal(after))

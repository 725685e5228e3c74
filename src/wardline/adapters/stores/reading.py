"""What every SQL reader stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from wardline.adapters.stores import codec, engines, kinds, tables, translation
from wardline.errors import NotFoundError

R = TypeVar("R")
MOST_VALUES = 500
"""Values in one IN list."""
PAGE = 2_000
"""Rows fetched at a time from a long answer."""


@cache
def by_id(table: sa.Table) -> sa.Select[Any]:
    """Make the statement that reads the record with the id ``wanted``: once, for that takes longer than to run it."""
    return sa.select(table).where(table.c.id == sa.bindparam("wanted", type_=table.c.id.type))


class SqlReading:
    """Reads on connections of an engine; the base of the rooms' readers."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._reader = engines.reading(engine)

    def _rows(
        self, statement: sa.Select[Any] | sa.CompoundSelect[Any], **values: Any
    ) -> Sequence[sa.RowMapping]:
        with translation.translated(), self._reader.connect() as connection:
            return connection.execute(statement, values).mappings().all()

    def _all(self, record_type: type[R], statement: sa.Select[Any], **values: Any) -> list[R]:
        return [codec.from_row(record_type, dict(row)) for row in self._rows(statement, **values)]

    def _count(self, statement: sa.Select[Any], *, most: int) -> int:
        """Count the rows of an answer, and stop at ``most``."""
        counted = sa.select(sa.func.count().label("number")).select_from(statement.limit(most).subquery())
        return int(self._rows(counted)[0]["number"])

    def _first(self, record_type: type[R], statement: sa.Select[Any]) -> R | None:
        return self._only(record_type, statement.limit(1))

    def _only(self, record_type: type[R], statement: sa.Select[Any], **values: Any) -> R | None:
        """Read what a statement finds once at most. One that is made once, with places for values, is read in a third of the time."""
        found = self._all(record_type, statement, **values)
        return found[0] if found else None

    def _one(self, record_type: type[R], record_id: str) -> R:
        found = self._only(record_type, by_id(tables.BY_TYPE[record_type]), wanted=record_id)
        if found is None:
            raise NotFoundError(
                f"{kinds.name_of(record_type)} {record_id}: not stored, expected an existing one"
            )
        return found

    def _stream(self, statement: sa.Select[Any], *, page: int = PAGE) -> Iterator[sa.RowMapping]:
        """Give a long answer page by page, all of one moment. It may be broken off."""
        chosen = statement.execution_options(yield_per=page)
        with (
            translation.translated(),
            self._engine.connect() as connection,
            connection.execute(chosen) as result,
        ):
            yield from result.mappings()

    def _after(self, time: sa.Column[Any], after: str | None) -> sa.ColumnElement[bool]:
        """Select what is newer than the record with this id, in the order of time and id."""
        return sa.true() if after is None else sa.tuple_(time, time.table.c.id) > self._place(time, after)

    def _before(self, time: sa.Column[Any], before: str | None) -> sa.ColumnElement[bool]:
        """Select what is older than the record with this id, in the order of time and id."""
        return sa.true() if before is None else sa.tuple_(time, time.table.c.id) < self._place(time, before)

    def _place(self, time: sa.Column[Any], record_id: str) -> sa.ColumnElement[Any]:
        moment, _ = self._moment(time, record_id)
        return sa.tuple_(sa.literal(moment, time.type), sa.literal(record_id))

    def _moment(self, time: sa.Column[Any], record_id: str) -> tuple[Any, str]:
        found = self._rows(sa.select(time.label("time")).where(time.table.c.id == record_id))
        if not found:
            raise NotFoundError("cursor: its record is gone, expected the id of an existing one")
        return found[0]["time"], record_id

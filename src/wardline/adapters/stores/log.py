"""The audit log's reader and its one sequencer, over SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from wardline import records
from wardline.adapters.stores import (
    beside,
    codec,
    drift,
    kinds,
    preparation,
    tables,
    transactions,
    translation,
)
from wardline.adapters.stores.reading import MOST_VALUES, PAGE, SqlReading

_LOCK = (
    0x57617264_6C6F67  # any number, the same in every process: PostgreSQL's advisory lock of the sequencer
)


class SqlLog(SqlReading):
    """Entries by position, checkpoints, and the check of the records against the log."""

    def log_size(self) -> int:
        with translation.translated(), self._engine.connect() as connection:
            return _size(connection)

    def log_entries(self, start: int, stop: int) -> Iterator[tuple[int, bytes, bytes]]:
        for row in self._stream(_lines(_from_to(start, stop))):
            yield row["position"], row["leaf"], row["leaf_hash"]

    def log_entries_at(self, positions: Sequence[int]) -> list[tuple[int, bytes, bytes]]:
        asked = sorted(set(positions))
        found: list[tuple[int, bytes, bytes]] = []
        for start in range(0, len(asked), MOST_VALUES):
            chosen = tables.audit_entries.c.position.in_(asked[start : start + MOST_VALUES])
            found += [(row["position"], row["leaf"], row["leaf_hash"]) for row in self._rows(_lines(chosen))]
        return found

    def log_hashes(self, start: int, stop: int) -> Iterator[bytes]:
        table = tables.audit_entries
        chosen = sa.select(_as_bytes(table.c.leaf_hash)).where(_from_to(start, stop))
        for row in self._stream(chosen.order_by(table.c.position)):
            yield row["leaf_hash"]

    def log_positions_of(self, subject_id: str, *, before: int | None = None, most: int) -> list[int]:
        table = tables.audit_entries
        placed = table.c.position.is_not(None) if before is None else table.c.position < before
        chosen = sa.select(table.c.position).where(table.c.subject_id == subject_id, placed)
        return [
            int(row["position"]) for row in self._rows(chosen.order_by(table.c.position.desc()).limit(most))
        ]

    def checkpoints(self) -> Iterator[records.Checkpoint]:
        table = tables.audit_checkpoints
        for row in self._stream(sa.select(table).order_by(table.c.size)):
            yield codec.from_row(records.Checkpoint, dict(row))

    def last_checkpoint(self) -> records.Checkpoint | None:
        table = tables.audit_checkpoints
        return self._first(records.Checkpoint, sa.select(table).order_by(table.c.size.desc()))

    def drifted(self) -> Iterator[str]:
        table = tables.audit_entries
        newest_first = sa.select(table.c.leaf, table.c.salt).order_by(table.c.ordinal.desc())
        with translation.translated(), transactions.snapshot(self._engine) as connection:
            lines = connection.execute(newest_first.execution_options(yield_per=PAGE))
            yield from drift.drifted(((leaf, salt) for leaf, salt in lines), _Stored(connection))

    def _is_anything_waiting(self) -> bool:
        """Look without a lock, so that the sequencer costs next to nothing while nothing happens."""
        table = tables.audit_entries
        return bool(self._rows(sa.select(table.c.ordinal).where(table.c.position.is_(None)).limit(1)))


def sequence(connection: sa.Connection, sign: preparation.Sign, most: int) -> int:
    """Give positions to entries that have none and store the checkpoint over them, within a transaction.

    Entries are found by having no position, not by being newer than the last one: on PostgreSQL a lower ordinal may become visible
    after a higher one.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    table = tables.audit_entries
    waiting = sa.select(table.c.ordinal, table.c.leaf).where(table.c.position.is_(None))
    found = connection.execute(waiting.order_by(table.c.ordinal).limit(most)).all()
    if not found:
        return 0
    size = _size(connection)
    _number(connection, {row.ordinal: size + index for index, row in enumerate(found)})
    checkpoint = preparation.check_signed(sign([row.leaf for row in found]), size + len(found))
    connection.execute(sa.insert(tables.audit_checkpoints), codec.to_row(checkpoint))
    return len(found)


def _number(connection: sa.Connection, positions: Mapping[int, int]) -> None:
    """Give each of these ordinals its position. Nobody else writes meanwhile, so PostgreSQL is told of all of them at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(_NUMBERED_AT_ONCE, {"ordinals": [*positions], "places": [*positions.values()]})
        return
    given = [{"of": ordinal, "next": position} for ordinal, position in positions.items()]
    connection.execute(_NUMBERED, given)


_NUMBERED = (
    sa.update(tables.audit_entries)
    .where(tables.audit_entries.c.ordinal == sa.bindparam("of"))
    .values(position=sa.bindparam("next"))
)
_GIVEN = (
    sa.func.unnest(sa.bindparam("ordinals", type_=ARRAY(sa.BigInteger)), sa.bindparam("places", type_=ARRAY(sa.BigInteger)))
    .table_valued("of", "place")
    .render_derived(name="given")
)  # fmt: skip
_NUMBERED_AT_ONCE = (
    sa.update(tables.audit_entries)
    .where(tables.audit_entries.c.ordinal == _GIVEN.c.of)
    .values(position=_GIVEN.c.place)
)


def _lines(chosen: sa.ColumnElement[bool]) -> sa.Select[Any]:
    table = tables.audit_entries
    columns = (table.c.position, _as_bytes(table.c.leaf), _as_bytes(table.c.leaf_hash))
    return sa.select(*columns).where(chosen).order_by(table.c.position)


def _as_bytes(column: sa.Column[Any]) -> sa.Label[Any]:
    # SQLite lets whoever edits the file store text where bytes were: read as bytes, it is judged by its hash like any other change.
    return sa.cast(column, sa.LargeBinary).label(column.name)


def _from_to(start: int, stop: int) -> sa.ColumnElement[bool]:
    position = tables.audit_entries.c.position
    return sa.and_(position >= start, position < stop)


def _size(connection: sa.Connection) -> int:
    last: int | None = connection.execute(sa.select(sa.func.max(tables.audit_entries.c.position))).scalar()
    return 0 if last is None else last + 1


class _Stored:
    """What the drift check looks at, on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def rows(self, kind: kinds.Kind, ids: Sequence[str]) -> Mapping[str, codec.Row]:
        """Look up rows. One whose cells the driver cannot even read was edited: it is given empty, and so agrees with nothing."""
        table = tables.BY_TYPE[kind.type]
        fields = [each for each in table.columns if each.name not in beside.NAMES.get(kind.type, ())]
        rows: dict[str, codec.Row] = {}
        for start in range(0, len(ids), MOST_VALUES):
            asked = ids[start : start + MOST_VALUES]
            try:
                chosen = (
                    self._connection.execute(sa.select(*fields).where(table.c.id.in_(asked))).mappings().all()
                )
                rows.update((row["id"], dict(row)) for row in chosen)
            except (TypeError, ValueError):
                if len(asked) == 1:
                    return {asked[0]: {}}
                for record_id in asked:
                    rows.update(self.rows(kind, [record_id]))
        return rows

    def ids(self, kind: kinds.Kind) -> Iterable[str]:
        return self._connection.execute(sa.select(tables.BY_TYPE[kind.type].c.id)).scalars()

    def members(self, load_id: str) -> Mapping[str, str]:
        table = tables.audit_loads
        chosen = sa.select(table.c.record, table.c.digest).where(table.c.load_id == load_id)
        return {row.record: row.digest for row in self._connection.execute(chosen)}

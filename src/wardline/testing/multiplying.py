"""Very many cases of few, for measuring: rows are copied by the database itself, in a thousandth of the time that writing them takes.

For installations that are thrown away, and for nothing else: the entries are copied too and tell of the first ones only, so that records differ from what the
log says. Whoever goes on with such an installation signs its log anew: only a signed one is signed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, tables
from wardline.errors import InputError
from wardline.records import Lane

MOST_COPIES = 1024
"""Two letters of an id say which copy it is."""
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_LETTERS = 16
_GOLDEN = 0.6180339887498949
"""Numbers that are so far apart, round to 0, are as evenly spread as numbers can be."""
_COPIED = (tables.items, tables.cases, tables.holds, tables.cluster_members, tables.audit_entries)


def multiply(engine: sa.Engine, copies: int, *, apart: timedelta) -> int:
    """Make of every case that is stored so many, each with its items, their holds, its entries and its place in its cluster; gives how
    many cases there are.

    Args:
        engine: Of a store that nobody else uses at the moment. The cases have one file each, and all entries have their positions.
        copies: The first among them, 1 to ``MOST_COPIES``.
        apart: So much earlier than the one before is each copy opened.

    Raises:
        InputError: More copies than ids can tell apart, or none.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise InputError(f"copies: {copies}, expected 1 to {MOST_COPIES}")
    with _swiftly(engine) as connection:
        for table in _COPIED:
            _multiply(connection, table, copies, apart)
        return int(connection.scalar(sa.select(sa.func.count()).select_from(tables.cases)) or 0)


def keep(engine: sa.Engine, checkpoint: records.Checkpoint) -> None:
    """Store a checkpoint over all entries, the copied ones among them."""
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.audit_checkpoints), codec.to_row(checkpoint))


@contextmanager
def _swiftly(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that need not be durable before its end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-500000").close()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()
        connection.invalidate()  # the next one has the usual cache again


def _multiply(connection: sa.Connection, table: sa.Table, copies: int, apart: timedelta) -> None:
    if copies == 1:
        return
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE seeds AS SELECT * FROM {table.name}")  # noqa: S608 -- one of ours
    seeds = sa.Table("seeds", sa.MetaData(), *(sa.Column(each.name, each.type) for each in table.columns))
    rows = int(connection.scalar(sa.select(sa.func.count()).select_from(seeds)) or 0)
    # Indexes that are made once are made by sorting; kept up row by row they take ten times as long.
    indexes = sorted(table.indexes, key=lambda each: str(each.name))
    for index in indexes:
        index.drop(connection)
    for number in range(1, copies):
        changed = _changes(connection, seeds.c, number, rows, number * apart) if rows else {}
        kept = [each.name for each in table.columns if each.name != "ordinal"]
        chosen = sa.select(*(changed.get(name, seeds.c[name]).label(name) for name in kept))
        connection.execute(sa.insert(table).from_select(kept, chosen, include_defaults=False))
    for index in indexes:
        index.create(connection)
    connection.exec_driver_sql("DROP TABLE seeds")


def _changes(
    connection: sa.Connection, seed: Any, number: int, rows: int, earlier: timedelta
) -> dict[str, Any]:
    """Give what is different in a copy, by column; of those that a table has not, nothing is asked."""
    has, makes = set(seed.keys()), {}
    for name in ("id", "subject_id", "case_id", "item_id"):
        if name in has:
            makes[name] = _other_id(seed[name], number)
    if "item_ids" in has:
        makes |= _changes_of_case(connection, seed, number, earlier)
    if "received_at" in has:
        makes["received_at"] = _before(connection, seed.received_at, earlier)
    if "position" in has:
        makes["position"] = seed.position + number * rows
    return makes


def _changes_of_case(connection: sa.Connection, seed: Any, number: int, earlier: timedelta) -> dict[str, Any]:
    hours = earlier / timedelta(hours=1)
    decay = sa.case(*((seed.lane == each.value, each.decay_hours) for each in Lane), else_=1.0)
    lot = seed.lot + number * _GOLDEN % 1
    item = _part(seed.item_ids, 3, sa.func.length(seed.item_ids) - 4)
    return {
        "item_ids": sa.literal('["') + _other_id(item, number) + sa.literal('"]'),
        "opened_at": _before(connection, seed.opened_at, earlier),
        "due_at": _before(connection, seed.due_at, earlier),
        "views_turn": seed.views_turn + hours / decay,
        "lot": sa.case((lot >= 1, lot - 1), else_=lot),
    }


def _other_id(column: Any, number: int) -> Any:
    """Put the copy's number in the place of the first two of an id's random letters. The part that sorts by time stays."""
    start = sa.func.length(column) - _RANDOM_LETTERS
    letters = _LETTERS[number // 32] + _LETTERS[number % 32]
    own = _part(column, start + 1, 2)
    # Where that is how the first itself begins, the number that no copy has.
    other = sa.case((own == letters, _LETTERS[0] * 2), else_=letters)
    return _part(column, 1, start) + other + _part(column, start + 3)


def _part(column: Any, *where: Any) -> Any:
    return sa.func.substr(column, *where, type_=sa.Text())


def _before(connection: sa.Connection, column: Any, earlier: timedelta) -> Any:
    seconds = earlier.total_seconds()
    if connection.dialect.name == "postgresql":
        return sa.type_coerce(column, sa.TIMESTAMP(timezone=True)) - sa.literal(earlier, sa.Interval())
    # As the store writes times: with microseconds, of which SQLite knows thousands.
    text = sa.func.strftime(
        "%Y-%m-%dT%H:%M:%f", sa.type_coerce(column, sa.Text()), f"-{seconds:.3f} seconds", type_=sa.Text()
    )
    return text + sa.literal("000+00:00")

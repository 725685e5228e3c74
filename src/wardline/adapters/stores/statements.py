"""The statements of a commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.preparation import Forget, Line, Prepared, Put, Take, TallyKey, Write
from wardline.adapters.stores.reading import MOST_VALUES, by_id
from wardline.errors import AlreadyExistsError, VersionConflictError


def write(connection: sa.Connection, prepared: Prepared) -> None:
    """Write records and audit lines.

    Records first: their row locks make the order of the lines' ordinals that of the versions, whichever process writes.
    """
    for group, writes in groupby(prepared.writes, key=_group):
        puts = [change for change in writes if isinstance(change, Put)] if isinstance(group, tuple) else []
        match group:
            case (_, True):
                _replace(connection, puts)
            case (_, False):
                _insert(connection, puts)
            case _:
                for change in writes:
                    _write_one(connection, change)
    if prepared.unlinks:
        entries = tables.audit_entries
        connection.execute(
            sa.update(entries).where(entries.c.subject_id.in_(prepared.unlinks)).values(salt=None)
        )
    loaded = [
        {"load_id": load_id, "record": record, "digest": digest}
        for load_id, members in prepared.loads.items()
        for record, digest in members.items()
    ]
    if loaded:
        connection.execute(sa.insert(tables.audit_loads), loaded)
    if prepared.lines:
        connection.execute(sa.insert(tables.audit_entries), [_line_row(line) for line in prepared.lines])


def add_tallies(connection: sa.Connection, tallies: Mapping[TallyKey, int]) -> None:
    """Add to what is counted of lists, in the same order always."""
    if not tallies:
        return
    statement = _tally_addition(connection.dialect.name)
    for (day, list_id, entry_id, what), count in sorted(tallies.items()):
        row = {"day": day.isoformat(), "list_id": list_id, "entry_id": entry_id, "what": what.value}
        connection.execute(statement, {**row, "count": count})


@cache
def _tally_addition(dialect_name: str) -> sa.Insert:
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    insert = dialect.insert(tables.tallies)
    statement: sa.Insert = insert.on_conflict_do_update(
        index_elements=["day", "list_id", "entry_id", "what"],
        set_={"count": tables.tallies.c.count + insert.excluded.count},
    )
    return statement


def add_counts(connection: sa.Connection, counts: Mapping[tuple[date, records.Step], int]) -> None:
    """Add to the counters, always in the same order, so that two processes never wait for each other."""
    if not counts:
        return
    rows = [
        {"day": day.isoformat(), "step": str(step), "count": amount}
        for (day, step), amount in sorted(counts.items())
    ]
    connection.execute(_addition(connection.dialect.name), rows)


@cache
def _addition(dialect_name: str) -> sa.Insert:
    """Make the statement that adds to a counter: once, for it is in every commit of an upload and takes longer to make than to run."""
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    insert = dialect.insert(tables.counts)
    statement: sa.Insert = insert.on_conflict_do_update(
        index_elements=["day", "step"], set_={"count": tables.counts.c.count + insert.excluded.count}
    )
    return statement


def _group(change: Write) -> Any:
    """Inserts of one kind that follow each other go in one statement, and so do replacements: a lock is held while they are made."""
    return (change.kind.type, change.replaces is not None) if isinstance(change, Put) else id(change)


def _write_one(connection: sa.Connection, change: Write) -> None:
    match change:
        case Put():  # those are written in groups
            return
        case Take():
            table = tables.BY_TYPE[change.kind.type]
            connection.execute(sa.delete(table).where(table.c.id == change.id))
        case Forget():
            table = tables.remembered
            connection.execute(sa.delete(table).where(table.c.key_digest == change.key_digest))
        case records.Remembered():
            _remember(connection, change)


def _insert(connection: sa.Connection, changes: Sequence[Put]) -> None:
    kind = changes[0].kind
    try:
        connection.execute(
            sa.insert(tables.BY_TYPE[kind.type]), [{**change.row, **change.beside} for change in changes]
        )
    except sa.exc.IntegrityError as error:
        named = changes[0].id if len(changes) == 1 else f"among {len(changes)}"
        raise AlreadyExistsError(
            f"{kind.name} {named}: its id or a unique name is taken, expected a new one"
        ) from error


def _replace(connection: sa.Connection, changes: Sequence[Put]) -> None:
    if len({change.id for change in changes}) < len(
        changes
    ):  # one record twice: each version on what the one before left
        for change in changes:
            _replace(connection, [change])
        return
    kind, named = changes[0].kind, changes[0].id if len(changes) == 1 else f"among {len(changes)}"
    for rows in _alike(connection, changes):
        try:
            done = connection.execute(_replacement(tables.BY_TYPE[kind.type]), rows)
        except sa.exc.IntegrityError as error:
            raise AlreadyExistsError(
                f"{kind.name} {named}: its unique name is taken, expected another"
            ) from error
        if done.rowcount != len(rows):
            raise VersionConflictError(
                f"{kind.name} {named}: changed or gone meanwhile, expected the version before"
            )


@cache
def _replacement(table: sa.Table) -> sa.Update:
    """Make the statement that puts a record in the place of its version before: once, for that takes longer than to run it."""
    wanted = sa.bindparam("wanted", type_=table.c.id.type)
    return sa.update(table).where(table.c.id == wanted, table.c.version == sa.bindparam("replaced"))


def _alike(connection: sa.Connection, changes: Sequence[Put]) -> Iterator[list[dict[str, Any]]]:
    """Give the values of the statements: those that name the same columns together.

    SQLite writes every index of which a column is named in the statement, whether or not it changes, and a case is in many. So cells that are
    stored like that are left out there.
    """
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    on_sqlite = connection.dialect.name == "sqlite"
    stored = _stored(connection, changes) if on_sqlite else {}
    for change in changes:
        row = _changed(change, stored.get(change.id)) if on_sqlite else {**change.row, **change.beside}
        found.setdefault(tuple(row), []).append({**row, "wanted": change.id, "replaced": change.replaces})
    yield from found.values()


def _stored(connection: sa.Connection, changes: Sequence[Put]) -> dict[str, sa.RowMapping]:
    table = tables.BY_TYPE[changes[0].kind.type]
    if len(changes) == 1:
        found = connection.execute(by_id(table), {"wanted": changes[0].id}).mappings().all()
        return {row["id"]: row for row in found}
    stored: dict[str, sa.RowMapping] = {}
    for start in range(0, len(changes), MOST_VALUES):
        some = [change.id for change in changes[start : start + MOST_VALUES]]
        chosen = sa.select(table).where(table.c.id.in_(some))
        stored |= {row["id"]: row for row in connection.execute(chosen).mappings()}
    return stored


def _changed(change: Put, stored: sa.RowMapping | None) -> dict[str, Any]:
    if stored is None or stored["version"] != change.replaces:
        raise VersionConflictError(
            f"{change.kind.name} {change.id}: changed or gone meanwhile, expected version {change.replaces}"
        )
    cells = {**change.row, **change.beside}
    return {name: cell for name, cell in cells.items() if stored[name] != cell or name == "version"}


def _remember(connection: sa.Connection, key: records.Remembered) -> None:
    row = {"key_digest": key.key_digest, "body_digest": key.body_digest, "expires_at": key.expires_at}
    try:
        connection.execute(sa.insert(tables.remembered), row)
    except sa.exc.IntegrityError as error:
        raise AlreadyExistsError("idempotency key: used before, expected a new one") from error


def _line_row(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "subject_id": line.subject_id,
        "leaf": line.leaf,
        "leaf_hash": line.leaf_hash,
        "salt": line.salt,
    }

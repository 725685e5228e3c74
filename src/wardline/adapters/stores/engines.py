"""The two databases, set up so that what was acknowledged is on disk."""

from __future__ import annotations

import os
import select
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from wardline.errors import ConfigurationError, StoreUnavailableError

_PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL loses acknowledged commits in a power cut
    # A checkpoint keeps one commit waiting, so that another thread makes them; see ``checkpoints``. This is for when it does not get to it, as
    # while somebody reads a very long answer.
    "wal_autocheckpoint=256000",
    "journal_size_limit=67108864",  # bytes: what much at once made of the log goes when it is begun anew
    "secure_delete=ON",  # what retention deletes is overwritten, not just forgotten
    "foreign_keys=ON",
    "temp_store=MEMORY",
)
_SUBSECONDS_SINCE = (3, 42, 0)
_CONNECTIONS = 16
_MORE_CONNECTIONS = 48
_MADE_STATEMENTS = 1_000
"""So many are kept: with fewer, those of every hand-out might be made anew because of others that are asked now and then."""
_LATELY_SECONDS = 1.0
"""A connection that was used since needs not be asked whether its server is there, unless the server said something meanwhile."""
_USED = "wardline_used"


def open_sqlite(path: Path) -> sa.Engine:
    """Open or create a SQLite database, readable by its owner only. Shared with DBOS, so that its work commits with our records."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise StoreUnavailableError(
            f"store: its file cannot be opened ({type(error).__name__}), expected one to write to"
        ) from error
    url = sa.URL.create("sqlite", database=str(path.resolve()))
    # Without the values of a statement in the text of its errors: they are account data, and a traceback would print them.
    engine = sa.create_engine(
        url, hide_parameters=True, pool_size=_CONNECTIONS, max_overflow=_MORE_CONNECTIONS, pool_use_lifo=True,
        query_cache_size=_MADE_STATEMENTS,
    )  # fmt: skip
    sa.event.listen(engine, "connect", _set_up_sqlite)
    return engine


def open_postgres(url: str) -> sa.Engine:
    """Open a PostgreSQL database by its URL: ``postgresql://user:password@host:port/name``."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigurationError(
            "store: its address is malformed, expected postgresql://user@host/name"
        ) from error
    if parsed.get_backend_name() != "postgresql":
        raise ConfigurationError(f"store: its address names {parsed.drivername}, expected postgresql")
    try:
        engine = sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=_MORE_CONNECTIONS,
            pool_use_lifo=True,  # the connection that was used last has its statements prepared
            query_cache_size=_MADE_STATEMENTS,
            connect_args={
                # What is asked reads few rows, or counts many by an index: making machine code of it takes longer than to answer it.
                "options": "-c synchronous_commit=on -c timezone=UTC -c jit=off",
                "application_name": "wardline",
            },
        )
    except ImportError as error:
        raise ConfigurationError(
            "store: the PostgreSQL driver is missing, expected psycopg",
            remedy="Install it with `pip install 'wardline[postgres]'`.",
        ) from error
    sa.event.listen(engine, "checkin", _note_use)
    sa.event.listen(engine, "checkout", partial(_require_server, engine.dialect))
    return engine


def reading(engine: sa.Engine) -> sa.Engine:
    """Give an engine with the same connections, for statements that are read alone: on PostgreSQL without a transaction around each, which would
    be two more questions to the server."""
    return (
        engine.execution_options(isolation_level="AUTOCOMMIT")
        if engine.dialect.name == "postgresql"
        else engine
    )


def _note_use(_connection: Any, record: sa.pool.ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _require_server(
    dialect: sa.Dialect, connection: Any, record: sa.pool.ConnectionPoolEntry, _proxy: Any
) -> None:
    """Let a connection that lost its server be replaced before it is lent. Asking each time would take as long as most of what is read.

    A server that ends, or ends a connection, closes it, and that is seen here without asking. One that vanished is asked after a while.
    """
    used = record.info.get(_USED)
    if used is None:
        return  # it was opened just now
    try:
        is_silent = not _has_something_to_read(connection.fileno())
        if is_silent and time.monotonic() - used < _LATELY_SECONDS:
            return
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.InvalidatePoolError from error


def _has_something_to_read(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver then begins its own transactions with the write lock, as DBOS expects of an engine that it shares.
    connection.isolation_level = "IMMEDIATE"
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
        if sqlite3.sqlite_version_info < _SUBSECONDS_SINCE:
            connection.create_function("unixepoch", 1, _unix_time)
    except BaseException:
        connection.close()
        raise


def _unix_time(modifier: str) -> float | int | None:
    """Stand in for SQLite's function where it does not know ``'subsec'`` and would give NULL.

    From Python 3.12 on, DBOS's tables have that as their default; Debian 12 brings SQLite 3.40 under any Python.
    Source: SQLite release notes, 3.42.0.
    """
    match modifier:
        case "subsec" | "subsecond":
            return time.time()
        case "now":
            return int(time.time())
        case _:
            return None

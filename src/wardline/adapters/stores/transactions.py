"""How a transaction begins on each database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that may write; the caller commits, anything else rolls back.

    On SQLite the write lock is taken at once and by text: the driver itself begins no transaction before a savepoint, and releasing
    a savepoint outside of one commits.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            # After a COMMIT that failed SQLAlchemy takes the transaction for ended and does not roll it back: the pool would lend the
            # connection again with the lock and with what was refused, for somebody else to read or to commit.
            connection.invalidate()
            raise


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a connection on which every read sees the same moment."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN DEFERRED")
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection

"""The stores of the harness: their durable work waits in a place where a test can take it out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from wardline import ports, records
from wardline.adapters.stores import MemoryStore, SqlStore, migrate, open_postgres, open_sqlite


class Work(Protocol):
    """Durable work of one store, in the order in which it was committed."""

    @property
    def store(self) -> ports.Store:
        """The store that it belongs to."""
        ...

    def waiting(self) -> Sequence[records.Task]:
        """Give what is not done yet, due or not."""
        ...

    def done(self, task: records.Task) -> None:
        """Note that a task ended; it is not given again."""
        ...


class MemoryWork:
    """Work in a ``MemoryStore``.

    Args:
        reached: The store's write points.
    """

    def __init__(self, *, reached: ports.WritePoint) -> None:
        self.store = MemoryStore(reached=reached)

    def waiting(self) -> Sequence[records.Task]:
        """See ``Work``."""
        return list(self.store.tasks)

    def done(self, task: records.Task) -> None:
        """See ``Work``."""
        if task in self.store.tasks:
            self.store.tasks.remove(task)


_WORK = sa.Table(
    "harness_work", sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("not_before", sa.Text, nullable=True),
    sa.Column("done", sa.Boolean, nullable=False, default=False),
    sa.UniqueConstraint("name", "record_id", "attempt"),
)  # fmt: skip


class SqlWork:
    """Work in a table beside the records of a SQL store, committed with them; DBOS is not needed. Outlives the process.

    Args:
        engine: Of a database that ``prepare`` was called for. The store closes it.
        reached: The store's write points.
    """

    def __init__(self, engine: sa.Engine, *, reached: ports.WritePoint) -> None:
        self._engine = engine
        self.store = SqlStore(engine, reached=reached, enqueue=_enqueue)

    @classmethod
    def in_file(cls, path: Path, *, reached: ports.WritePoint) -> SqlWork:
        """Use a SQLite database, which is made when it is missing, and migrated."""
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(_new_database())
        engine = open_sqlite(path)
        migrate(engine)
        return cls(engine, reached=reached)

    @classmethod
    def on_server(cls, url: str, *, reached: ports.WritePoint) -> SqlWork:
        """Use a PostgreSQL database that was prepared."""
        return cls(open_postgres(url), reached=reached)

    def waiting(self) -> Sequence[records.Task]:
        """See ``Work``."""
        chosen = sa.select(_WORK).where(_WORK.c.done.is_(False)).order_by(_WORK.c.place)
        with self._engine.connect() as connection:
            return [_task(row) for row in connection.execute(chosen).mappings()]

    def done(self, task: records.Task) -> None:
        """See ``Work``."""
        this = (
            _WORK.c.name == task.name,
            _WORK.c.record_id == task.record_id,
            _WORK.c.attempt == task.attempt,
        )
        with self._engine.begin() as connection:
            connection.execute(sa.update(_WORK).where(*this).values(done=True))


def prepare(engine: sa.Engine) -> None:
    """Make all tables that a ``SqlWork`` needs."""
    migrate(engine)
    _WORK.metadata.create_all(engine)


@cache
def _new_database() -> bytes:
    """Make a database with all tables. Once a process: to migrate one takes far longer than to copy it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite"
        engine = open_sqlite(path)
        prepare(engine)
        # The last connection to close folds the write-ahead log into the file.
        engine.dispose()
        return path.read_bytes()


def _enqueue(connection: sa.Connection, task: records.Task) -> None:
    values = {
        "name": task.name, "record_id": task.record_id, "attempt": task.attempt, "done": False,
        "not_before": task.not_before.isoformat() if task.not_before else None,
    }  # fmt: skip
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: sa.Insert = make(_WORK).values(values).on_conflict_do_nothing()
    connection.execute(statement)


def _task(row: sa.RowMapping) -> records.Task:
    not_before = datetime.fromisoformat(row["not_before"]) if row["not_before"] else None
    return records.Task(
        name=row["name"], record_id=row["record_id"], attempt=row["attempt"], not_before=not_before
    )

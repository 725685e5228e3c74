"""Stores: records at rest, on SQLite, on PostgreSQL, or in memory."""

from __future__ import annotations

from pathlib import Path

from wardline import ports
from wardline.adapters.stores.durable_queue import enqueuer, prepare_durable_tables, workflow_id
from wardline.adapters.stores.engines import open_postgres, open_sqlite
from wardline.adapters.stores.memory import MemoryStore
from wardline.adapters.stores.preparation import ignore_write_point
from wardline.adapters.stores.schema import migrate, schema_version
from wardline.adapters.stores.store import SqlStore

__all__ = [
    "MemoryStore", "SqlStore", "enqueuer", "memory", "migrate", "open_postgres", "open_sqlite", "postgres", "prepare_durable_tables",
    "schema_version", "sqlite", "workflow_id",
]  # fmt: skip


def sqlite(path: Path, *, reached: ports.WritePoint = ignore_write_point) -> SqlStore:
    """Open the store in a SQLite file that was migrated; its work goes to DBOS in the same file."""
    engine = open_sqlite(path)
    return SqlStore(engine, reached=reached, enqueue=enqueuer(engine))


def postgres(url: str, *, reached: ports.WritePoint = ignore_write_point) -> SqlStore:
    """Open the store in a PostgreSQL database that was migrated; its work goes to DBOS in the same database."""
    engine = open_postgres(url)
    return SqlStore(engine, reached=reached, enqueue=enqueuer(engine))


def memory(*, reached: ports.WritePoint = ignore_write_point) -> MemoryStore:
    """Open an empty store that is gone with the process, for tests and simulations."""
    return MemoryStore(reached=reached)

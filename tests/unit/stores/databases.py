"""Databases for tests, ready to be opened: migrated once, then copied."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from wardline import records
from wardline.adapters import stores
from wardline.testing import postgres

_DBOS_SCHEMA = {"postgresql": "dbos", "sqlite": None}
_NO_POSTGRES = postgres.why_no_postgres()
SQLITE = pytest.param("sqlite", id="sqlite")
POSTGRES = pytest.param(
    "postgres",
    id="postgres",
    marks=[pytest.mark.postgres, pytest.mark.skipif(_NO_POSTGRES is not None, reason=str(_NO_POSTGRES))],
)


def new_database(kind: str, folder: Path) -> str:
    """Make a database with all tables, and give the path or URL to open it with."""
    if kind == "sqlite":
        path = folder / "wardline.sqlite"
        path.write_bytes(_sqlite_template())
        return str(path)
    return postgres.shared_server().new_database(like=_postgres_template())


def open_engine(kind: str, address: str) -> sa.Engine:
    """Open an engine on a database."""
    return stores.open_sqlite(Path(address)) if kind == "sqlite" else stores.open_postgres(address)


def tasks_in(engine: sa.Engine) -> Sequence[records.Task]:
    """Read the durable work from DBOS's own table."""
    table = sa.table("workflow_status", sa.column("workflow_uuid"), schema=_DBOS_SCHEMA[engine.dialect.name])
    with engine.connect() as connection:
        ids = connection.execute(sa.select(table.c.workflow_uuid)).scalars().all()
    parts = [workflow_id.split(":") for workflow_id in sorted(ids)]
    return [
        records.Task(name=name, record_id=record, attempt=int(attempt)) for name, record, attempt in parts
    ]


@cache
def _sqlite_template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.sqlite"
        _prepare(stores.open_sqlite(path))
        # The last connection to close folded the write-ahead log into the file.
        return path.read_bytes()


@cache
def _postgres_template() -> str:
    url = postgres.shared_server().new_database()
    _prepare(stores.open_postgres(url))
    return url.rpartition("/")[2]


def _prepare(engine: sa.Engine) -> None:
    stores.migrate(engine)
    stores.prepare_durable_tables(engine)
    engine.dispose()

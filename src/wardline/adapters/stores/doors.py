"""What the entry points ``wardline.stores`` give: one object that migrates and opens a database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from wardline import ports
from wardline.adapters.stores.durable_queue import enqueuer, prepare_durable_tables
from wardline.adapters.stores.engines import open_postgres, open_sqlite
from wardline.adapters.stores.schema import migrate, schema_version
from wardline.adapters.stores.store import SqlStore
from wardline.errors import ConfigurationError, StoreUnavailableError

FILE_NAME = "wardline.sqlite"
_PATIENCE_SECONDS = 30


class SqliteDoor:
    """A database in one file below the data folder. Exactly one process runs the durable work."""

    many_workers = False

    def __init__(self, data: Path, url: str | None) -> None:
        if url is not None:
            raise ConfigurationError("store.url_file: set, expected none with SQLite")
        self._path = data / FILE_NAME

    def _engine(self) -> sa.Engine:
        return open_sqlite(self._path)

    def migrate(self) -> None:
        """Bring the tables, and those of the durable work, up to date."""
        _migrate(self._engine())

    def version(self) -> str | None:
        """Give the tables' version; None when there are none."""
        if not self._path.exists():
            return None
        engine = self._engine()
        try:
            return schema_version(engine)
        finally:
            engine.dispose()

    def snapshot(self, to: Path) -> None:
        """Copy the database as it is at one moment into a folder, while others write to it.

        Raises:
            StoreUnavailableError: It cannot be read or written.
        """
        target = to / FILE_NAME
        try:
            with (
                closing(sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS)) as live,
                closing(sqlite3.connect(target)) as copy,
            ):
                live.backup(copy)
            target.chmod(0o600)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailableError(
                f"store: its snapshot cannot be made ({type(error).__name__}), expected room for it"
            ) from None

    def open(self, *, reached: ports.WritePoint) -> SqlStore:
        """Open the store."""
        engine = self._engine()
        return SqlStore(engine, reached=reached, enqueue=enqueuer(engine))


class PostgresDoor(SqliteDoor):
    """A PostgreSQL database, for several processes or machines."""

    many_workers = True

    def __init__(self, data: Path, url: str | None) -> None:  # noqa: ARG002 -- every door takes both
        if url is None:
            raise ConfigurationError("store.url_file: missing, expected a file with the PostgreSQL URL")
        self._url = url

    def snapshot(self, to: Path) -> None:
        """Refuse: PostgreSQL is backed up by its own means.

        Raises:
            ConfigurationError: Always.
        """
        raise ConfigurationError(
            f"back-up {to.name}: of a PostgreSQL store, expected SQLite",
            remedy="Use pg_dump or a base back-up, and `wardline fence raise` over what is restored: docs/how-to/back-up-and-restore.md.",
        )

    def _engine(self) -> sa.Engine:
        return open_postgres(self._url)

    def version(self) -> str | None:
        """Give the tables' version; None when there are none."""
        engine = self._engine()
        try:
            return schema_version(engine)
        finally:
            engine.dispose()


def _migrate(engine: sa.Engine) -> None:
    try:
        migrate(engine)
        prepare_durable_tables(engine)
    finally:
        engine.dispose()

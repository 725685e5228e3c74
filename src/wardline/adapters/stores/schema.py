"""The tables' version: bringing them up to date, and refusing to work on others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from wardline.adapters.stores import tables, transactions, translation
from wardline.errors import SchemaVersionError

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = (
    0x57617264_6D6967  # any number, the same in every process: PostgreSQL's advisory lock of the migration
)


def migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest version, from whatever they are; nothing when they are. All or nothing, one process at a time."""
    with translation.translated(), transactions.writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        found = _version(connection)
        if found is not None and found > tables.SCHEMA_VERSION:
            raise _wrong(found)
        if found == tables.SCHEMA_VERSION:
            return
        # Alembic takes a quarter of a second to import and is needed here only.
        from alembic import command

        settings = migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()


def schema_version(engine: sa.Engine) -> str | None:
    """Give the version of the tables; None when there are none."""
    with translation.translated(), engine.connect() as connection:
        return _version(connection)


def require_current(engine: sa.Engine) -> None:
    """Raise ``SchemaVersionError`` unless the tables are what this program works with."""
    found = schema_version(engine)
    if found != tables.SCHEMA_VERSION:
        raise _wrong(found)


def migration_settings() -> Config:
    """Give Alembic's settings, which need no file."""
    from alembic.config import Config

    settings = Config()
    folder = Path(__file__).parent / "migrations"
    settings.set_main_option("script_location", str(folder).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _wrong(found: str | None) -> SchemaVersionError:
    if found is not None and found > tables.SCHEMA_VERSION:
        return SchemaVersionError(
            f"store: schema version {found}, expected {tables.SCHEMA_VERSION}",
            remedy="A newer Wardline wrote this store; run that one.",
        )
    return SchemaVersionError(f"store: schema version {found or 'none'}, expected {tables.SCHEMA_VERSION}")

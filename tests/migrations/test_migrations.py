"""Migrating up from nothing gives the tables that the program works with, and on no others does it work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.unit.stores import databases
from wardline.adapters import stores
from wardline.adapters.stores import schema, tables
from wardline.errors import SchemaVersionError
from wardline.testing import postgres

# SQLAlchemy describes no index on an expression to SQLite; ``described`` compares the text of those.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]


@pytest.fixture(params=[databases.SQLITE, databases.POSTGRES])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[sa.Engine]]:
    """Two empty databases of one kind."""
    engines = [
        stores.open_sqlite(tmp_path / f"{number}.sqlite")
        if request.param == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
        for number in range(2)
    ]
    yield engines
    for engine in engines:
        engine.dispose()


def described(engine: sa.Engine) -> dict[str, Any]:
    """Describe every table as the database knows it."""
    inspector = sa.inspect(engine)
    found: dict[str, Any] = {}
    for name in inspector.get_table_names():
        if name in ("alembic_version", "sqlite_sequence"):
            continue
        columns = [{**column, "type": repr(column["type"])} for column in inspector.get_columns(name)]
        indexes = sorted(inspector.get_indexes(name), key=lambda index: str(index["name"]))
        found[name] = (columns, inspector.get_pk_constraint(name), [_plain(index) for index in indexes], [])
    if engine.dialect.name == "sqlite":
        # Indexes on expressions are known by their text alone there.
        with engine.connect() as connection:
            asked = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
            for table, name, text in connection.exec_driver_sql(asked):
                if table in found:
                    found[table][-1].append((name, " ".join(text.split())))
    return found


def _plain(value: Any) -> Any:
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else str(value)


def test_migrating_from_nothing_equals_the_tables_of_the_program(empty: list[sa.Engine]) -> None:
    migrated, made = empty
    stores.migrate(migrated)
    tables.metadata.create_all(made)
    assert described(migrated) == described(made)
    assert len(described(made)) == len(tables.metadata.tables)
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            step for step in compare_metadata(context, tables.metadata) if step[0] != "remove_table"
        ]
    assert differences == []


def test_migrating_twice_changes_nothing(empty: list[sa.Engine]) -> None:
    engine = empty[0]
    assert stores.schema_version(engine) is None
    stores.migrate(engine)
    before = described(engine)
    stores.migrate(engine)
    assert described(engine) == before
    assert stores.schema_version(engine) == tables.SCHEMA_VERSION


def test_the_newest_migration_is_the_version_the_program_asks_for() -> None:
    script = ScriptDirectory.from_config(schema.migration_settings())
    assert script.get_heads() == [tables.SCHEMA_VERSION]


@pytest.mark.parametrize("found", ["0000", "9999"])
def test_a_store_does_not_open_on_another_version(empty: list[sa.Engine], found: str) -> None:
    engine = empty[0]
    stores.migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    with pytest.raises(SchemaVersionError, match=found):
        stores.SqlStore(engine)


def test_a_store_does_not_open_on_an_empty_database(empty: list[sa.Engine]) -> None:
    with pytest.raises(SchemaVersionError, match="none"):
        stores.SqlStore(empty[0])


def test_a_database_of_a_newer_program_is_left_as_it_is(empty: list[sa.Engine]) -> None:
    engine = empty[0]
    stores.migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaVersionError) as raised:
        stores.migrate(engine)
    assert "newer" in raised.value.advice
    assert stores.schema_version(engine) == "9999"


def test_a_migration_that_fails_leaves_nothing(empty: list[sa.Engine]) -> None:
    engine = empty[0]
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alarms (id TEXT)")
    with pytest.raises(Exception, match="store: "):
        stores.migrate(engine)
    assert sa.inspect(engine).get_table_names() == ["alarms"]
    assert stores.schema_version(engine) is None

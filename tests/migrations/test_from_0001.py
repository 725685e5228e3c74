"""A database of the first version goes on with its people, and its log still vouches for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import schema
from wardline.adapters.stores.columns import UtcTime
from wardline.errors import AlreadyExistsError, SchemaVersionError
from wardline.records import Insert, Replace, Verb
from wardline.testing import postgres
from wardline.testing import store_records as make

pytestmark = pytest.mark.long

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_USERS = sa.table(
    "users", sa.column("id"), sa.column("name"), sa.column("role"), sa.column("password_hash"),
    sa.column("created_at", UtcTime()), sa.column("disabled", sa.Boolean()), sa.column("version"),
)  # fmt: skip
_LINES = sa.table(
    "audit_entries", sa.column("id"), sa.column("subject_id"), sa.column("leaf"), sa.column("leaf_hash"), sa.column("salt")
)  # fmt: skip


@pytest.fixture(params=[databases.SQLITE, databases.POSTGRES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database at 0001 with two people, written as that version wrote them."""
    made = (
        stores.open_sqlite(tmp_path / "old.sqlite")
        if request.param == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
    )
    with made.begin() as connection:
        settings = schema.migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        for row in (user("ana", disabled=False), user("ben", disabled=True)):
            connection.execute(sa.insert(_USERS), row)
            connection.execute(sa.insert(_LINES), line(row))
    yield made
    made.dispose()


def user(name: str, *, disabled: bool) -> dict[str, Any]:
    """Make a row of the first version."""
    return {
        "id": make.new_id("user"), "name": name, "role": "lead", "password_hash": "argon2id$x", "created_at": _NOON,
        "disabled": disabled, "version": 3,
    }  # fmt: skip


def line(row: dict[str, Any]) -> dict[str, Any]:
    """Make the log's line about a row as the first version did, written out here so that it stays what it was."""
    plain = {**row, "created_at": "2026-03-01T12:00:00.000000+00:00"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(b"salt" + text.encode()).hexdigest()
    leaf = json.dumps({"digests": {f"user:{row['id']}": digest}}).encode()
    leaf_hash = hashlib.sha256(b"\x00" + leaf).digest()
    return {
        "id": make.new_id("log-entry"),
        "subject_id": row["id"],
        "leaf": leaf,
        "leaf_hash": leaf_hash,
        "salt": b"salt",
    }


def test_people_are_kept_as_they_were_and_nobody_is_locked(engine: sa.Engine) -> None:
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    ana, ben = store.users()
    assert (ana.name, ana.role, ana.created_at, ana.disabled, ana.version) == (
        "ana",
        records.Role.LEAD,
        _NOON,
        False,
        3,
    )
    assert (ben.name, ben.disabled) == ("ben", True)
    assert [(each.failed_sign_ins, each.locked_until) for each in (ana, ben)] == [(0, None)] * 2
    with pytest.raises(AlreadyExistsError):
        store.commit(Insert(make.user(name="ana")), entries=[make.entry()])
    store.close()


def test_lists_of_a_version_that_was_never_released_are_not_thrown_away(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO hash_list_entries (id, list_id, kind, value) VALUES ('entry-1', 'hash-list-1', 'md5', '00')"
        )
    with pytest.raises(SchemaVersionError, match="never released") as refused:
        stores.migrate(engine)
    assert "--fresh" in refused.value.advice
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM hash_list_entries").scalar() == 1


def test_the_log_vouches_for_them_until_somebody_edits_what_is_new(engine: sa.Engine) -> None:
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    assert list(store.drifted()) == []
    ana, ben = store.users()
    failed = make.user(id=ana.id, name="ana", failed_sign_ins=1, version=4)
    store.commit(Replace(failed), entries=[make.entry(Verb.USER_SIGN_IN_FAILED, ana.id)])
    assert list(store.drifted()) == []
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE users SET failed_sign_ins = 0 WHERE name = 'ana'")
        connection.exec_driver_sql("UPDATE users SET failed_sign_ins = 4 WHERE name = 'ben'")
    assert set(store.drifted()) == {f"user:{ana.id}", f"user:{ben.id}"}
    store.close()

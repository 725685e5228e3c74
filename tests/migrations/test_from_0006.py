"""Sessions of a database from before they ended unused: kept, vouched for, and counted from when they were opened."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from tests.unit.stores import databases
from wardline.adapters import stores
from wardline.adapters.stores import schema
from wardline.adapters.stores.columns import UtcTime
from wardline.testing import postgres
from wardline.testing import store_records as make

pytestmark = pytest.mark.long

_SESSIONS = sa.table(
    "sessions", sa.column("id"), sa.column("user_id"), sa.column("token_digest"), sa.column("opened_at", UtcTime()),
    sa.column("expires_at", UtcTime()), sa.column("version"),
)  # fmt: skip
_LINES = sa.table(
    "audit_entries", sa.column("id"), sa.column("subject_id"), sa.column("leaf"), sa.column("leaf_hash"), sa.column("salt")
)  # fmt: skip


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """Make the log's line about a row, written out here so that it stays what it was."""
    plain = {
        **row,
        "opened_at": row["opened_at"].isoformat(timespec="microseconds"),
        "expires_at": row["expires_at"].isoformat(timespec="microseconds"),
    }
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(b"salt" + text.encode()).hexdigest()
    leaf = json.dumps({"digests": {f"session:{row['id']}": digest}}).encode()
    return {
        "id": make.new_id("log-entry"), "subject_id": row["id"], "leaf": leaf, "leaf_hash": hashlib.sha256(b"\x00" + leaf).digest(),
        "salt": b"salt",
    }  # fmt: skip


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_sessions_stay_as_they_were_and_rest_on_a_password(kind: str, tmp_path: Path) -> None:
    engine = (
        stores.open_sqlite(tmp_path / "old.sqlite")
        if kind == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
    )
    row = {
        "id": make.new_id("session"), "user_id": "user-1", "token_digest": "d" * 64, "opened_at": make.NOON,
        "expires_at": make.NOON + timedelta(hours=10), "version": 1,
    }  # fmt: skip
    with engine.begin() as connection:
        settings = schema.migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0006")
        connection.execute(sa.insert(_SESSIONS), row)
        connection.execute(sa.insert(_LINES), _line(row))
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    (session,) = store.sessions_of("user-1")
    assert (session.seen_at, session.proven_at, session.strong, session.identity_id) == (
        None,
        None,
        False,
        None,
    )
    assert store.passkeys_of("user-1") == []
    assert list(store.drifted()) == []
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE sessions SET strong = :strong"), {"strong": True})
    assert list(store.drifted()) == [f"session:{row['id']}"]
    store.close()

"""Cases of a database from before there was an order: kept as they were, vouched for, and handed out by their age."""

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
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import schema
from wardline.adapters.stores.columns import UtcTime
from wardline.testing import postgres
from wardline.testing import store_records as make

pytestmark = pytest.mark.long

_CASES = sa.table(
    "cases", sa.column("id"), sa.column("opened_at", UtcTime()), sa.column("account_reference"), sa.column("item_ids"), sa.column("reasons"),
    sa.column("restricted", sa.Boolean()), sa.column("state"), sa.column("claimed_by"), sa.column("lease_until", UtcTime()),
    sa.column("passed_by"), sa.column("decision_id"), sa.column("version"),
)  # fmt: skip
_LINES = sa.table(
    "audit_entries", sa.column("id"), sa.column("subject_id"), sa.column("leaf"), sa.column("leaf_hash"), sa.column("salt")
)  # fmt: skip


def _row(minute: int) -> dict[str, Any]:
    """Make a row of a case as 0004 had it, without the fields that came before it and stayed empty."""
    return {
        "id": make.new_id("case"), "opened_at": make.later(minute), "account_reference": "account-1", "item_ids": '["item-1"]',
        "reasons": '["A user flagged it: spam"]', "restricted": False, "state": "open", "claimed_by": None, "lease_until": None,
        "passed_by": "[]", "decision_id": None, "version": 1,
    }  # fmt: skip


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """Make the log's line about a row, written out here so that it stays what it was."""
    plain = {**row, "opened_at": row["opened_at"].isoformat(timespec="microseconds")}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    leaf = json.dumps(
        {"digests": {f"case:{row['id']}": hashlib.sha256(b"salt" + text.encode()).hexdigest()}}
    ).encode()
    return {
        "id": make.new_id("log-entry"), "subject_id": row["id"], "leaf": leaf, "leaf_hash": hashlib.sha256(b"\x00" + leaf).digest(),
        "salt": b"salt",
    }  # fmt: skip


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_cases_have_no_place_and_wait_by_their_age(kind: str, tmp_path: Path) -> None:
    engine = (
        stores.open_sqlite(tmp_path / "old.sqlite")
        if kind == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
    )
    rows = [_row(minute) for minute in (2, 1)]
    with engine.begin() as connection:
        settings = schema.migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0004")
        for row in rows:
            connection.execute(sa.insert(_CASES), row)
            connection.execute(sa.insert(_LINES), _line(row))
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    now = make.NOON + timedelta(hours=1)
    waiting = store.waiting_cases(now=now, taker=make.taker("user-1"), most=9)
    assert [case.id for case in waiting] == [rows[1]["id"], rows[0]["id"]]
    assert {(case.lane, case.views_turn, case.delay_turn, case.urgency) for case in waiting} == {(None,) * 4}
    assert store.urgent_cases(now=now, taker=make.taker("user-1"), most=9) == []
    assert store.imminent_cases(now=now, taker=make.taker("user-1"), most=9) == []
    assert list(store.drifted()) == []
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE cases SET lane = :lane"), {"lane": records.Lane.DAYS.value})
    assert set(store.drifted()) == {f"case:{row['id']}" for row in rows}
    store.close()

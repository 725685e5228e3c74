"""Every record is vouched for by the audit log, and a change to any of them is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture
from wardline.testing.harness import Line

pytestmark = pytest.mark.parametrize("store", ["sqlite"])

# One cell of each audited kind, as somebody with the database file could change it.
CHANGES = {
    "items": "size_bytes = size_bytes + 1", "cases": "restricted = NOT restricted", "reveals": "frame = frame + 1",
    "decisions": "outcome = 'not-a-violation', findings = '[]'", "actions": "attempts = attempts + 1",
    "referrals": "remote_id = '1'", "receipts": "body = x'00'", "holds": "until = placed_at", "hash_lists": "entries = entries + 1",
    "hash_batches": "number = 7", "users": "role = 'auditor'", "api_keys": "scopes = '[\"audit\"]'",
    "approvals": "decided_by = proposed_by", "alarms": "message = 'all is well'",
}  # fmt: skip
LOG_CHANGES = {
    "an entry's text": "UPDATE audit_entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'system', 'nobody') AS BLOB) WHERE position = 3",
    "an entry is gone": "DELETE FROM audit_entries WHERE position = 3",
    "the newest entry is gone": "DELETE FROM audit_entries WHERE position = (SELECT max(position) FROM audit_entries)",
    "two entries change places": "UPDATE audit_entries SET position = CASE position WHEN 3 THEN -4 WHEN 4 THEN 3 END"
    " WHERE position IN (3, 4)",
    "a checkpoint's root": "UPDATE audit_checkpoints SET root = zeroblob(32)",
}


@pytest.fixture
def told(make_line: MakeLine, tmp_path: Path) -> Iterator[Path]:
    """Give the database of a line that has a record of every kind; what a test does to it is undone afterwards."""
    line: Line = make_line(replaced={"free_bytes": lambda: 5 * 10**8})
    line.list_of([picture()])
    decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(line.parts.rules.undo_window)
    assert line.verify().ok
    database, copy = tmp_path / "wardline.sqlite", tmp_path / "copy.sqlite"
    _copy(database, copy)
    yield database
    _copy(copy, database)


def change_one(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        assert connection.execute(statement).rowcount > 0


@pytest.mark.parametrize("table", CHANGES)
def test_a_changed_record_is_found(told: Path, make_line: MakeLine, table: str) -> None:
    change_one(told, f"UPDATE {table} SET {CHANGES[table]} WHERE rowid = (SELECT min(rowid) FROM {table})")  # noqa: S608 - names of our own
    verification = make_line().verify()
    assert not verification.ok
    assert len(verification.drifted) == 1
    assert verification.reason == "records differ from what the log says of them"


@pytest.mark.parametrize("table", CHANGES)
def test_a_record_that_is_gone_is_found(told: Path, make_line: MakeLine, table: str) -> None:
    change_one(told, f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})")  # noqa: S608 - names of our own
    verification = make_line().verify()
    assert not verification.ok
    assert len(verification.drifted) == 1


@pytest.mark.parametrize("change", LOG_CHANGES)
def test_a_changed_log_is_found(told: Path, make_line: MakeLine, change: str) -> None:
    change_one(told, LOG_CHANGES[change])
    verification = make_line().wardline.verify_audit()
    assert not verification.ok
    assert verification.reason


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)

"""A full disk: commits are refused, everything can be read, and work goes on by itself once there is room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.errors import StorageFullError
from wardline.records import Add, Insert, Step
from wardline.testing import store_records as make

_NO_LIMIT = 2**30


def commit_until_full(store: stores.SqlStore) -> list[records.Case]:
    """Open cases until the disk is full; gives those whose commit returned."""
    kept: list[records.Case] = []
    while len(kept) < 10_000:
        case = make.case(reasons=("x" * 200,))
        try:
            store.commit(Insert(case), Add(Step.CASES_OPENED, make.NOON.date()), entries=[make.entry()])
        except StorageFullError:
            return kept
        kept.append(case)
    raise AssertionError("the disk was never full")


def test_a_full_disk_refuses_commits_and_nothing_else(tmp_path: Path) -> None:
    engine = databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path))
    pages = {"most": _NO_LIMIT}

    # SQLite then answers as on a full disk, with the same error at the same places.
    @sa.event.listens_for(engine, "checkout")
    def limit(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages['most']}").close()

    store = stores.SqlStore(engine)
    with engine.connect() as connection:
        pages["most"] = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 40
    kept = commit_until_full(store)
    assert len(kept) > 20
    with pytest.raises(StorageFullError):
        store.commit(Insert(make.case(reasons=("x" * 100_000,))), entries=[make.entry()])
    assert store.cases(most=20_000) == sorted(kept, key=lambda each: each.id)
    assert [count.count for count in store.counts(make.NOON.date(), make.NOON.date())] == [len(kept)]
    assert list(store.drifted()) == []
    pages["most"] = _NO_LIMIT
    store.commit(Insert(make.case()), entries=[make.entry()])
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    store.close()

"""What SQLite keeps in its log is copied into the database beside the commits."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from tests.unit.stores import databases
from wardline.adapters import stores
from wardline.adapters.stores.checkpoints import Checkpoints
from wardline.records import Insert
from wardline.testing import store_records as make

_PATIENCE_SECONDS = 60.0


def cases_without_the_log(path: Path) -> int:
    """Count the cases in a copy of the database that has no log beside it."""
    copy = path.with_name("copy.sqlite")
    shutil.copyfile(path, copy)
    connection = sqlite3.connect(copy)
    try:
        return int(connection.execute("SELECT count(*) FROM cases").fetchone()[0])
    finally:
        connection.close()
        copy.unlink()


def test_what_was_committed_comes_into_the_database_by_itself(tmp_path: Path) -> None:
    path = Path(databases.new_database("sqlite", tmp_path))
    store = stores.SqlStore(databases.open_engine("sqlite", str(path)))
    store.commit(Insert(make.case()), entries=[make.entry()])
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := cases_without_the_log(path)) == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found == 1
    store.close()


def test_a_store_that_is_closed_leaves_no_thread_and_loses_nothing(tmp_path: Path) -> None:
    path = databases.new_database("sqlite", tmp_path)
    before = set(threading.enumerate())
    store = stores.SqlStore(databases.open_engine("sqlite", path))
    case = make.case()
    store.commit(Insert(case), entries=[make.entry()])
    store.close()
    assert set(threading.enumerate()) <= before
    again = stores.SqlStore(databases.open_engine("sqlite", path))
    assert again.cases() == [case]
    again.close()


def test_a_store_that_nobody_wrote_to_starts_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    store = stores.SqlStore(databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path)))
    assert store.cases() == []
    assert set(threading.enumerate()) <= before
    store.close()


def test_a_store_that_is_closed_the_moment_a_checkpoint_begins_ends_all_the_same(tmp_path: Path) -> None:
    class ClosedMeanwhile(threading.Event):
        """Becomes clear when everything was told to end a moment before."""

        def clear(self) -> None:
            checkpoints._closed.set()
            self.set()
            super().clear()

    checkpoints = Checkpoints(databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path)))
    checkpoints._committed = ClosedMeanwhile()
    before = set(threading.enumerate())
    checkpoints.note_commit()
    (thread,) = set(threading.enumerate()) - before
    thread.join(_PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_a_thread_that_cannot_start_costs_no_commit_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.SqlStore(databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path)))
    before = set(threading.enumerate())

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as without_threads:
        without_threads.setattr(threading.Thread, "start", refuse)
        store.commit(Insert(make.case()), entries=[make.entry()])
    assert set(threading.enumerate()) <= before
    store.commit(Insert(make.case()), entries=[make.entry()])
    assert len(store.cases()) == 2
    assert set(threading.enumerate()) > before
    store.close()

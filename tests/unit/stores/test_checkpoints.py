"""What SQLite keeps in its log is copied into the database beside the commits."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.unit.stores import databases
from wardline.adapters import stores
from wardline.adapters.stores import checkpoints, transactions
from wardline.adapters.stores.checkpoints import Checkpoints
from wardline.records import Insert
from wardline.testing import store_records as make

_PATIENCE_SECONDS = 60.0


def log_number(path: Path) -> bytes:
    """Give what SQLite numbers its logs with. Source: SQLite, "WAL-mode File Format", "The WAL File", bytes 16 to 23."""
    return path.with_name(path.name + "-wal").read_bytes()[16:24]


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
            copying._closed.set()
            self.set()
            super().clear()

    engine = databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path))
    copying = Checkpoints(engine, lambda run: run())
    copying._committed = ClosedMeanwhile()
    before = set(threading.enumerate())
    copying.note_commit()
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


@pytest.fixture
def busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, stores.SqlStore, list[str]]]:
    """A store in which somebody commits between any two looks at the log, so that no checkpoint reaches its end; how it was copied is noted."""
    path, modes = Path(databases.new_database("sqlite", tmp_path)), list[str]()
    store = stores.SqlStore(databases.open_engine("sqlite", str(path)))
    copy = checkpoints._checkpoint

    def copied(connection: sa.Connection, mode: str) -> int:
        if mode == "PASSIVE":
            store.commit(Insert(make.case()), entries=[make.entry()])
        modes.append(mode)
        return copy(connection, mode)

    monkeypatch.setattr(checkpoints, "_checkpoint", copied)
    yield path, store, modes
    store.close()


def test_a_long_log_is_begun_anew_while_commit_follows_commit(
    busy: tuple[Path, stores.SqlStore, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store, modes = busy
    monkeypatch.setattr(checkpoints, "MANY_PAGES", 1)
    store.commit(Insert(make.case()), entries=[make.entry()])
    before, deadline = log_number(path), time.monotonic() + _PATIENCE_SECONDS
    while "RESTART" not in modes and time.monotonic() < deadline:
        time.sleep(0.01)
    store.close()  # ends what was begun
    assert modes[-1] == "RESTART"
    again = stores.SqlStore(databases.open_engine("sqlite", str(path)))
    again.commit(Insert(make.case()), entries=[make.entry()])
    assert log_number(path) != before
    assert len(again.cases(most=100)) == modes.count("PASSIVE") + 2
    again.close()


def test_who_reads_a_long_answer_keeps_nobody_waiting_for_a_new_log(
    busy: tuple[Path, stores.SqlStore, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, store, modes = busy
    monkeypatch.setattr(checkpoints, "MANY_PAGES", 1)
    monkeypatch.setattr(checkpoints, "_READERS_WAIT_MS", 1)
    case = make.case()
    store.commit(Insert(case), entries=[make.entry()])
    with transactions.snapshot(store.engine) as reader:
        assert reader.execute(sa.text("SELECT count(*) FROM cases")).scalar() == 1
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while modes.count("RESTART") < 2 and time.monotonic() < deadline:
            store.commit(Insert(make.case()), entries=[make.entry()])
        assert modes.count("RESTART") >= 2
        assert reader.execute(sa.text("SELECT count(*) FROM cases")).scalar() == 1
    assert len(store.cases(most=100)) > 2


def test_a_short_log_is_copied_without_a_pause(busy: tuple[Path, stores.SqlStore, list[str]]) -> None:
    _, store, modes = busy
    store.commit(Insert(make.case()), entries=[make.entry()])
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(modes) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(modes) == {"PASSIVE"}

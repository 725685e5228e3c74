"""The short ways of SQLite's store: a key is as it is now, a look for work misses none, and counts are kept or taken back whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.unit.stores import databases
from wardline.adapters import stores
from wardline.errors import StoreUnavailableError
from wardline.records import Add, Insert, Replace, Step, Task
from wardline.testing import store_records as make

_DAY = date(2026, 3, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(databases.new_database("sqlite", tmp_path))


@pytest.fixture
def store(path: Path) -> Iterator[stores.SqlStore]:
    opened = stores.sqlite(path)
    yield opened
    opened.close()


def released(store: stores.SqlStore) -> int:
    return sum(each.count for each in store.counts(_DAY, _DAY) if each.step is Step.ITEMS_RELEASED)


def release(store: stores.SqlStore) -> None:
    store.commit(Add(Step.ITEMS_RECEIVED, _DAY), Add(Step.ITEMS_RELEASED, _DAY), entries=())


def test_a_key_that_another_process_revokes_is_revoked_at_once(store: stores.SqlStore, path: Path) -> None:
    key = make.api_key()
    store.commit(Insert(key), entries=[make.entry()])
    assert store.api_key_by_digest(key.secret_digest) == key
    assert store.api_key_at_once(key.secret_digest) == key
    other = stores.sqlite(path)
    revoked = replace(key, disabled=True, version=key.version + 1)
    other.commit(Replace(revoked), entries=[make.entry()])
    assert store.api_key_at_once(key.secret_digest) is None
    assert store.api_key_by_digest(key.secret_digest) == revoked
    assert store.api_key_at_once(key.secret_digest) == revoked
    other.close()


def test_a_queue_that_holds_work_is_never_passed_over(store: stores.SqlStore) -> None:
    task = Task(name="conclude", record_id="of-a-case")
    assert not store.may_hold_work(task.queue)
    store.commit(Insert(make.case()), entries=[make.entry()], work=[task])
    assert store.may_hold_work(task.queue)
    assert not store.may_hold_work("another")


def test_where_it_cannot_be_said_a_queue_may_hold_work(store: stores.SqlStore) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE workflow_status RENAME TO away")
    assert store.may_hold_work("wardline")
    store.close()
    assert store.may_hold_work("wardline")


def test_counts_that_a_hook_stops_are_taken_back_and_later_ones_are_kept(path: Path) -> None:
    stopped: list[str] = []

    def stop_once(point: str) -> None:
        if point == "store:before-commit:counts" and not stopped:
            stopped.append(point)
            raise RuntimeError("a fault")

    store = stores.SqlStore(databases.open_engine("sqlite", str(path)), reached=stop_once)
    with pytest.raises(RuntimeError, match="a fault"):
        release(store)
    assert released(store) == 0
    release(store)
    release(store)
    assert released(store) == 2
    store.close()


def test_counts_that_cannot_be_written_are_an_error_and_not_lost_silently(store: stores.SqlStore) -> None:
    release(store)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE counts RENAME TO away")
    with pytest.raises(StoreUnavailableError):
        release(store)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO counts")
    release(store)
    assert released(store) == 2


def test_whatever_waited_for_the_disk_before_waits_for_it_still(store: stores.SqlStore) -> None:
    release(store)
    store.commit(Insert(make.case()), entries=[make.entry()])
    for _ in range(3):
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


_KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from wardline.adapters import stores
from wardline.records import Add, Step
store = stores.sqlite(Path(sys.argv[1]))
for _ in range(7):
    store.commit(Add(Step.ITEMS_RELEASED, date(2026, 3, 1)), entries=())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_counts_survive_the_end_of_the_process(path: Path) -> None:
    run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run
    done = run([sys.executable, "-c", _KILLED, str(path)], env=dict(os.environ), check=False)
    assert done.returncode == -signal.SIGKILL
    store = stores.sqlite(path)
    assert released(store) == 7
    store.close()

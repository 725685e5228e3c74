"""A process that is killed at a write point leaves whole commits only, and every one that it acknowledged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.stores import databases
from tests.unit.stores.crashing import COMMITS
from wardline.adapters import stores
from wardline.testing import store_records as make
from wardline.testing import write_points

_ROOT = Path(__file__).parents[2]
_BEFORE = "store:before-commit:case:opened"
_AFTER = "store:after-commit:case:opened"


def run_until_killed(kind: str, address: str, *, threads: int, point: str, hit: int) -> list[str]:
    """Run the committing program; gives the ids of the cases whose commits it saw return."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path]),
        write_points.CRASH_AT: point,
        write_points.CRASH_HIT: str(hit),
    }
    command = [sys.executable, "-m", "tests.unit.stores.crashing", kind, address, str(threads)]
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.split()


def cases_of_whole_commits(kind: str, address: str) -> set[str]:
    """Reopen the store and give its cases, after checking that each has all that was committed with it."""
    engine = databases.open_engine(kind, address)
    store = stores.SqlStore(engine)
    try:
        cases = {case.id for case in store.cases(most=10 * COMMITS)}
        assert {hold.case_id for hold in store.holds(most=10 * COMMITS)} == cases
        assert {task.record_id for task in databases.tasks_in(engine)} == cases
        assert sum(count.count for count in store.counts(make.NOON.date(), make.NOON.date())) == len(cases)
        assert list(store.drifted()) == []
        return cases
    finally:
        store.close()


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
@pytest.mark.parametrize(("point", "stored"), [(_BEFORE, 4), (_AFTER, 5)])
def test_a_kill_at_a_write_point_leaves_all_of_a_commit_or_nothing(
    tmp_path: Path, kind: str, point: str, stored: int
) -> None:
    address = databases.new_database(kind, tmp_path)
    acknowledged = run_until_killed(kind, address, threads=1, point=point, hit=5)
    assert len(acknowledged) == 4
    cases = cases_of_whole_commits(kind, address)
    assert cases >= set(acknowledged)
    assert len(cases) == stored


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
@pytest.mark.parametrize("point", [_BEFORE, _AFTER])
def test_a_kill_in_a_group_commit_loses_nothing_that_was_acknowledged(
    tmp_path: Path, kind: str, point: str
) -> None:
    address = databases.new_database(kind, tmp_path)
    acknowledged = run_until_killed(kind, address, threads=8, point=point, hit=23)
    assert cases_of_whole_commits(kind, address) >= set(acknowledged)


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_a_kill_while_signing_leaves_the_log_to_be_sequenced_again(tmp_path: Path, kind: str) -> None:
    address = databases.new_database(kind, tmp_path)
    acknowledged = run_until_killed(kind, address, threads=4, point="test:signing", hit=1)
    assert len(acknowledged) == COMMITS
    assert cases_of_whole_commits(kind, address) == set(acknowledged)
    store = stores.SqlStore(databases.open_engine(kind, address))
    assert store.log_size() == 0
    assert store.last_checkpoint() is None
    store.close()

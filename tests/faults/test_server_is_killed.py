"""The whole ``wardline serve`` and its decode sandbox are killed with SIGKILL at random moments under load: nothing is lost, nothing doubled.

``pytest -m faults -n 0 tests/faults/test_server_is_killed.py`` kills it 200 times on SQLite and 200 times on PostgreSQL, a kill a seed (``FAULTS_FIRST``, ``FAULTS_COUNT``);
``-k sqlite`` takes one of the two. What is real and what repeats is said in ``killed_server``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import spread
from tests.faults.killed_server import Told, kill_often
from tests.unit.stores import databases
from wardline.testing import postgres


def killed(kind: str, folder: Path, seeds: range, *, new_keys: bool = False) -> Told:
    url = postgres.shared_server().new_database() if kind == "postgres" else None
    return kill_often(folder, seeds, postgres_url=url, new_keys=new_keys)


def check(told: Told, kills: int) -> None:
    assert told.wrong == [], told
    assert told.kills == kills
    assert told.accepted > kills
    assert told.cases == told.finished > 0


@pytest.mark.long
@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_a_server_that_is_killed_three_times_loses_and_doubles_nothing(kind: str, tmp_path: Path) -> None:
    told = killed(kind, tmp_path, range(3))
    check(told, 3)
    assert told.serving > 0
    assert told.with_workers > 0


@pytest.mark.faults
@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_two_hundred_kills_of_the_whole_server_lose_and_double_nothing(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds = spread.seeds(range(200))
    told = killed(kind, tmp_path, seeds)
    with capsys.disabled():
        spread.tell(f"{kind}: {told}")
    check(told, len(seeds))


@pytest.mark.long
def test_three_kills_find_a_platform_that_repeats_uploads_under_other_keys(tmp_path: Path) -> None:
    told = killed("sqlite", tmp_path, range(3), new_keys=True)
    assert any("a case for each" in each for each in told.wrong), told

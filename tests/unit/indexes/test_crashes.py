"""Wherever the writer of an index is killed, what it acknowledged is there, and of a call under way all or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.unit.indexes.crashing import STEPS, hashes_of
from wardline.adapters.indexes.generations import GenerationIndex, GenerationReader
from wardline.testing import write_points

_ROOT = Path(__file__).parents[3]
POINTS = tuple(name for name in write_points.KNOWN if name.startswith("index:"))


def run(folder: Path, **environment: str) -> tuple[int, list[str]]:
    """Run the changing program; give its exit code and the calls that returned."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.indexes.crashing", str(folder)],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path]), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode, done.stdout.split()


def held(index: GenerationIndex | GenerationReader) -> set[int]:
    """Give the ids that are found by their hashes."""
    found = index.search(np.concatenate([hashes_of(step) for step in range(STEPS)]), radius_bits=0)
    assert all(pairs in ([], [(number, 0)]) for number, pairs in enumerate(found))
    return {number for number, pairs in enumerate(found) if pairs}


def after(calls: list[str]) -> set[int]:
    """Say what must be found after these calls."""
    ids: set[int] = set()
    for call in calls:
        verb, step = call.split(":")
        first = 10 * int(step)
        ids = ids | set(range(first, first + 10)) if verb == "added" else ids - {first}
    return ids


ALL_CALLS = [f"{verb}:{step}" for step in range(STEPS) for verb in ("added", "removed")]


def test_every_write_point_of_an_index_is_tried() -> None:
    assert POINTS == (
        "index:before-change",
        "index:change-durable",
        "index:generation-current",
        "index:generation-written",
        "index:journal-started",
        "index:old-removed",
    )


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("hit", ["1", "2"])
def test_a_kill_leaves_the_old_state_or_the_new_one(tmp_path: Path, point: str, hit: str) -> None:
    folder = tmp_path / "index"
    code, calls = run(folder, WARDLINE_CRASH_AT=point, WARDLINE_CRASH_HIT=hit)
    assert code == -signal.SIGKILL
    with closing(GenerationReader(folder)) as reader:
        seen = held(reader)
    assert seen in (after(calls), after(ALL_CALLS[: len(calls) + 1]))
    with closing(GenerationIndex(folder)) as index:
        assert held(index) == seen
        names = {path.name for path in folder.iterdir()}
        assert not [name for name in names if "unfinished" in name]
        assert len([name for name in names if name.startswith("generation")]) <= 1
        # It goes on from there, through another merge.
        index.add(hashes_of(99), np.arange(1000, 1010, dtype=np.int64))
        index.merge()
        assert held(index) == seen
    with closing(GenerationReader(folder)) as reader:
        assert held(reader) == seen
        assert len(reader) == len(seen) + 10


def test_a_program_that_is_not_killed_ends_with_everything(tmp_path: Path) -> None:
    code, calls = run(tmp_path / "index")
    assert (code, calls) == (0, ALL_CALLS)
    with closing(GenerationReader(tmp_path / "index")) as reader:
        assert held(reader) == after(ALL_CALLS)

"""Real processes over one folder: one makes a copy, any number follow, and wherever one is killed the others go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import Popen

import pytest

from tests.unit.indexes.keeping import after, expected, found, maker
from wardline.adapters.indexes.durable import Lock
from wardline.testing import write_points
from wardline.testing.copies_contract import Process

_ROOT = Path(__file__).parents[3]
POINTS = tuple(name for name in write_points.KNOWN if name.startswith("copy:"))
STEPS = 6


def start(folder: Path, seconds: float = 0, **environment: str) -> Popen[str]:
    return Popen(
        [sys.executable, "-m", "tests.unit.indexes.keeping", str(folder), str(STEPS), str(seconds)],
        cwd=_ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path]), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def said(process: Popen[str]) -> tuple[int, list[list[int]]]:
    """Wait for its end; give its exit code and what it found after each step."""
    out, err = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGKILL}, err
    assert not err
    return process.returncode, [json.loads(line) for line in out.splitlines()]


def test_every_write_point_of_copies_is_tried() -> None:
    assert POINTS == ("copy:begun", "copy:current", "copy:old-removed", "copy:written")


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("hit", ["1", "2"])
def test_where_the_one_that_makes_a_copy_is_killed_another_takes_over(
    tmp_path: Path, point: str, hit: str
) -> None:
    folder = tmp_path / "indexes"
    code, seen = said(start(folder, WARDLINE_CRASH_AT=point, WARDLINE_CRASH_HIT=hit))
    assert code == -signal.SIGKILL
    assert seen == [expected(step + 1) for step in range(len(seen))]
    batches, other = after(STEPS), Process(maker(folder))
    for _ in range(3):
        other.copies.stamp()
        other.follow(batches)
        assert found(other) == expected(STEPS)
    names = sorted(path.name for path in folder.iterdir())
    assert [name.partition(".")[2] for name in names] == [f"{STEPS:010}", ""]
    third = Process(maker(folder))
    batches.read.clear()
    third.follow(batches)
    assert (batches.read, found(third)) == ([STEPS], expected(STEPS))


def test_many_processes_at_once_find_all_and_leave_one_copy(tmp_path: Path) -> None:
    folder = tmp_path / "indexes"
    processes = [start(folder, seconds=0.5) for _ in range(4)]
    for process in processes:
        assert said(process) == (0, [expected(step + 1) for step in range(STEPS)])
    names = sorted(path.name for path in folder.iterdir())
    assert [name.partition(".")[2] for name in names] == [f"{STEPS:010}", ""]


def test_while_one_process_makes_copies_another_finds_what_is_new_without_waiting(tmp_path: Path) -> None:
    folder = tmp_path / "indexes"
    folder.mkdir()
    lock = Lock.of(folder / "lock")  # another process is at it, and never comes to an end
    assert lock is not None
    process = Process(maker(folder))
    for steps in range(1, STEPS + 1):
        process.follow(after(steps))
        assert found(process) == expected(steps)
    first = process.copies.stamp()
    process.follow(after(STEPS))
    assert process.copies.stamp() != first  # so that it is asked again
    process.follow(after(STEPS))
    lock.release()
    process.follow(after(STEPS))
    assert [path.suffix for path in folder.glob("hash-list*")] == [f".{STEPS:010}"]


def test_a_child_that_was_forked_while_a_copy_was_made_does_not_hold_the_lock(tmp_path: Path) -> None:
    lock = Lock.of(tmp_path / "lock")
    assert lock is not None
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    try:
        assert Lock.of(tmp_path / "lock") is None
        lock.release()
        again = Lock.of(tmp_path / "lock")
        assert again is not None
        again.release()
    finally:
        os.close(writing)
        os.close(reading)
        os.waitpid(child, 0)

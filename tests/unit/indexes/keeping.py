"""Keepers of copies over a folder, and a program that follows a list until it is killed.

``python -m tests.unit.indexes.keeping <folder> <steps> <seconds>`` follows a list while ``tell_step`` tells it one thing more each time,
prints what it found after each step, and lives on for some seconds, looking again. All processes see the same steps.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from wardline import ports
from wardline.adapters.indexes import MappedCopies, MemoryIndex
from wardline.records import BatchChange, HashKind
from wardline.testing import write_points
from wardline.testing.copies_contract import Batches, Maker, Process

ALL = range(100)


def nothing_told(list_id: str, message: str) -> None:
    raise AssertionError(f"{list_id}: {message}")


def maker(
    folder: Path, *, told: Callable[[str, str], None] = nothing_told, reached: ports.WritePoint = lambda _: None,
    least_free_bytes: int = 0, most_batches: int = 1,
) -> Maker:  # fmt: skip
    """Give what makes keepers over a folder."""

    def make() -> tuple[Callable[[], ports.Index], ports.Copies]:
        copies = MappedCopies(
            folder, told=told, reached=reached, least_free_bytes=least_free_bytes, most_batches=most_batches
        )
        return partial(MemoryIndex, merges=False), copies

    return make


def tell_step(batches: Batches, step: int) -> None:
    """Let the next thing happen: additions of each kind, and removals of some of them."""
    kind = (HashKind.PDQ, HashKind.SHA256)[step // 2 % 2]
    first = 10 * (step // 2)
    if step % 2:
        batches.tell(BatchChange.REMOVE, first, first + 5, kind=kind)
    else:
        batches.tell(BatchChange.ADD, *range(first, first + 10), kind=kind)


def after(steps: int) -> Batches:
    """Give the list after so many steps."""
    batches = Batches()
    for step in range(steps):
        tell_step(batches, step)
    return batches


def found(process: Process) -> list[int]:
    """Say what is found, by either kind of hash."""
    return sorted({*process.found(ALL), *process.found(ALL, HashKind.SHA256)})


def expected(steps: int) -> list[int]:
    """Say what must be found after so many steps."""
    there: set[int] = set()
    for step in range(steps):
        first = 10 * (step // 2)
        there = there - {first, first + 5} if step % 2 else there | set(range(first, first + 10))
    return sorted(there)


def main() -> None:
    process, batches = Process(maker(Path(sys.argv[1]), reached=write_points.from_environment())), Batches()
    for step in range(int(sys.argv[2])):
        tell_step(batches, step)
        process.follow(batches)
        sys.stdout.write(json.dumps(found(process)) + "\n")
        sys.stdout.flush()
    until = time.monotonic() + float(sys.argv[3])
    while time.monotonic() < until:
        process.copies.stamp()
        process.follow(batches)
        time.sleep(0.01)


if __name__ == "__main__":
    main()

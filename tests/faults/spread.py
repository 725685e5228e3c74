"""Long runs on all processors: a range of seeds is cut into pieces, and each piece is looked at in a process of its own.

Three variables say which part of a long run is done, so that several machines can share it: ``FAULTS_FIRST``, the first seed; ``FAULTS_COUNT``, how many;
``FAULTS_PROCESSES``, how many at once. What one seed stands for, each file says. What a whole run must show, a part need not.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_FIRST, _COUNT, _PROCESSES = "FAULTS_FIRST", "FAULTS_COUNT", "FAULTS_PROCESSES"


def seeds(whole: range) -> range:
    """Give the seeds that are asked for, which is the whole run unless the environment says otherwise."""
    first = int(os.environ.get(_FIRST, whole.start))
    count = int(os.environ.get(_COUNT, len(whole)))
    if first < 0 or count < 1:
        raise ValueError(
            f"{_FIRST}, {_COUNT}: {first} and {count}, expected a first seed from 0 on and at least one"
        )
    return range(first, first + count)


def processes() -> int:
    """Say how many processes a long run has at once: one for each processor unless the environment says otherwise."""
    return int(os.environ.get(_PROCESSES, len(os.sched_getaffinity(0))))


def over(seeds: range, look: Callable[[range], T], *, pieces: int) -> list[T]:
    """Call a function of a module with each piece of the seeds; gives what it gave, in the order of the pieces.

    The processes are fresh ones, which have none of this one's threads and locks. What one raises comes through, after the others ended.
    """
    step = -(-len(seeds) // pieces)
    cut = [seeds[start : start + step] for start in range(0, len(seeds), step)]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes(), mp_context=fresh) as pool:
        return list(pool.map(look, cut))


def tell(what: str) -> None:
    """Say on the terminal what a long run counted; within ``capsys.disabled()`` and without other processes of pytest it can be read."""
    sys.stdout.write(f"\n{what}\n")
    sys.stdout.flush()

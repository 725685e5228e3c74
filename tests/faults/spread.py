"""Long runs on all processors: a range of seeds is cut into pieces, and each piece is looked at in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def over(seeds: range, look: Callable[[range], T], *, pieces: int) -> list[T]:
    """Call a function of a module with each piece of the seeds; gives what it gave, in the order of the pieces.

    The processes are fresh ones, which have none of this one's threads and locks. What one raises comes through, after the others ended.
    """
    step = -(-len(seeds) // pieces)
    cut = [seeds[start : start + step] for start in range(0, len(seeds), step)]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=fresh) as pool:
        return list(pool.map(look, cut))


def tell(what: str) -> None:
    """Say on the terminal what a long run counted; within ``capsys.disabled()`` and without other processes of pytest it can be read."""
    sys.stdout.write(f"\n{what}\n")
    sys.stdout.flush()

"""People who ask for the next case, and what their asking costs.

They are threads of one process that call the pipeline as a server's handlers do. No HTTP is between them and it: what a page costs on top is
measured with the pages.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from wardline import records
from wardline.cli.bench_queue_filled import Full
from wardline.cli.bench_queue_filling import MODERATORS
from wardline.testing import counting

if TYPE_CHECKING:
    from wardline.pipeline import Wardline

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One answer to somebody who asked."""

    ms: float
    """From when they meant to ask until they were answered."""
    got_one: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one answer took when nobody else asked."""

    statements: int
    """With those of its commit."""
    cpu_ms: float
    """Processor time of this program; a database server's own is not in it."""
    got_one: bool


def while_asking(full: Full, asks: float, meanwhile: Callable[[], T], *, most: int) -> tuple[list[Taken], T]:
    """Let people ask for cases at random times while something goes on, whether or not others have been answered.

    Gives the answers and what came of what went on.
    """
    over, chance = threading.Event(), random.Random(7)
    asked: list[Future[Taken]] = []

    def ask(pool: ThreadPoolExecutor) -> None:
        due = time.perf_counter()
        while True:
            due += chance.expovariate(asks)
            if over.wait(max(due - time.perf_counter(), 0)) or len(asked) >= most:
                return
            asked.append(pool.submit(take, full.wardline, chance.choice(full.takers), due))

    with ThreadPoolExecutor(MODERATORS) as pool, ThreadPoolExecutor(1) as clock:
        asking = clock.submit(ask, pool)
        try:
            done = meanwhile()
        finally:
            over.set()
        asking.result()
    return [each.result() for each in asked] or [take(full.wardline, full.takers[0])], done


def all_at_once(full: Full) -> list[Taken]:
    """Let everybody ask at the same moment."""
    with ThreadPoolExecutor(MODERATORS) as pool:
        return list(pool.map(lambda user: take(full.wardline, user), full.takers))


def take(wardline: Wardline, user: records.User, due: float | None = None) -> Taken:
    """Ask once; the time counts from when this person meant to."""
    began = time.perf_counter() if due is None else due
    found = wardline.next_case(user)
    return Taken(ms=(time.perf_counter() - began) * 1000, got_one=found is not None)


def one_by_one(full: Full, *, most: int) -> list[Cost]:
    """Let everybody ask once, one after the other, and as often as that makes at most so many answers; count what each costs.

    The machine's load changes neither the statements nor, by much, the processor time.
    """
    found: list[Cost] = []
    store: Any = full.wardline.parts.store
    with counting.statements(store.engine) as counted:
        for _ in range(max(1, most // len(full.takers))):
            for user in full.takers[:most]:
                before, began = counted(), time.thread_time()
                case = full.wardline.next_case(user)
                spent = (time.thread_time() - began) * 1000
                found.append(Cost(statements=counted() - before, cpu_ms=spent, got_one=case is not None))
    return found

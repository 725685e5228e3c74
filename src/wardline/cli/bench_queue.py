"""What the order of the queue costs among very many open cases: the next case, and a new place for those that something became known of."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wardline import records
from wardline.cli import output
from wardline.cli.bench_queue_filled import MODERATORS, Full, filled
from wardline.cli.bench_queue_pages import pages
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_stores import BenchStore
from wardline.errors import ConflictError
from wardline.records import Replace, Verb

if TYPE_CHECKING:
    from wardline.pipeline import Wardline

_SIGNALS, _SIGNALS_IN_A_COMMIT = 1000, 10
"""A claim that comes meanwhile waits for one commit at most."""
_COMMITS, _COMMIT_PAUSE_SECONDS = 100, 0.02
_MOST_MS, _MOST_SECONDS = 50.0, 1.0
_LEAST_LEFT = 3
"""No more than a third of the cases are taken at a time: who finds nothing left is another matter."""
_SEQUENCED_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Placed:
    """How the new places came about."""

    seconds: float
    commits: list[float]
    """Milliseconds of each, with what it waited for."""


def rows(*, cases: int, store: BenchStore, seconds: float, asks: float) -> list[Row]:
    """Measure with so many open cases, with notes about the progress on stderr.

    Args:
        cases: Open ones, nearly all of them free.
        store: Where they are.
        seconds: How long the moderators ask.
        asks: How many cases they take in a second, all together.
    """
    with filled(cases, store) as full:
        with _sequenced(full.wardline):
            commits = _commits(full.wardline)
            most = cases // _LEAST_LEFT
            alone, _ = _asking(full, asks, lambda: time.sleep(seconds), most=most)
            beside, placed = _asking(full, asks, lambda: _places(full.wardline, cases), most=most)
            burst = _all_at_once(full)
        output.note(f"{len(alone)} cases were taken at {asks:g} a second, {len(beside)} more meanwhile")
        shown = pages(full)
    among = f"among {cases:,} open cases, {MODERATORS} moderators, {store}"
    return [
        row(f"an entry alone is committed, p99, {store}", _quantile(commits, 0.99), "ms", peer="median", theirs=_quantile(commits, 0.5)),
        row(f"next case, median, {among}", _quantile(alone, 0.5), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"next case, p99, {among}", _quantile(alone, 0.99), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"all ask at the same moment, the last has a case, {among}", max(burst), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"{_SIGNALS:,} new signals have their place, {among}", placed.seconds, "s", peer=TARGET, theirs=_MOST_SECONDS),
        row(f"{_SIGNALS_IN_A_COMMIT} of them are committed, p99, {among}", _quantile(placed.commits, 0.99), "ms", peer="median",
            theirs=_quantile(placed.commits, 0.5)),
        row(f"next case meanwhile, p99, {among}", _quantile(beside, 0.99), "ms", peer=TARGET, theirs=_MOST_MS),
        *shown,
    ]  # fmt: skip


@contextlib.contextmanager
def _sequenced(wardline: Wardline) -> Iterator[None]:
    """Give entries their positions once a second, as an installation does."""
    from wardline.pipeline.log import Sequencer

    over, sequencer = threading.Event(), Sequencer(wardline.parts)
    sequencer.run()

    def serve() -> None:
        while not over.wait(_SEQUENCED_EVERY_SECONDS):
            sequencer.run()

    with ThreadPoolExecutor(1) as pool:
        served = pool.submit(serve)
        try:
            yield
        finally:
            over.set()
        served.result()


def _commits(wardline: Wardline) -> list[float]:
    """Commit entries alone, one by one: what this disk and this hour cost whoever commits anything. Gives the milliseconds."""
    parts, times = wardline.parts, []
    for _ in range(_COMMITS):
        time.sleep(_COMMIT_PAUSE_SECONDS)
        began = time.perf_counter()
        parts.store.commit(entries=[parts.entry(Verb.INSTALLATION_CREATED, "bench")])
        times.append((time.perf_counter() - began) * 1000)
    return times


def _asking(
    full: Full, asks: float, meanwhile: Callable[[], object], *, most: int
) -> tuple[list[float], _Placed]:
    """Let people ask for cases at random times while something goes on, whether or not others have been answered.

    Gives the milliseconds from when each meant to ask to when they held a case, and what went on.
    """
    over, chance = threading.Event(), random.Random(7)
    asked: list[Future[float]] = []

    def ask(pool: ThreadPoolExecutor) -> None:
        due = time.perf_counter()
        while True:
            due += chance.expovariate(asks)
            if over.wait(max(due - time.perf_counter(), 0)) or len(asked) >= most:
                return
            asked.append(pool.submit(_take, full.wardline, chance.choice(full.takers), due))

    with ThreadPoolExecutor(MODERATORS) as pool, ThreadPoolExecutor(1) as clock:
        asking = clock.submit(ask, pool)
        try:
            done = meanwhile()
        finally:
            over.set()
        asking.result()
    times = [each.result() for each in asked] or [_take(full.wardline, full.takers[0])]
    return times, done if isinstance(done, _Placed) else _Placed(0.0, [])


def _all_at_once(full: Full) -> list[float]:
    with ThreadPoolExecutor(MODERATORS) as pool:
        return list(pool.map(lambda user: _take(full.wardline, user), full.takers))


def _take(wardline: Wardline, user: records.User, due: float | None = None) -> float:
    began = time.perf_counter() if due is None else due
    wardline.next_case(user)
    return (time.perf_counter() - began) * 1000


def _places(wardline: Wardline, cases: int) -> _Placed:
    """Let a verified list know something of cases that were drawn by lot, so that they get a better place."""
    parts = wardline.parts
    chosen = parts.store.cases_by_lot(
        now=parts.now(), taker=wardline.takers.every(), lot=parts.jitter(), most=min(_SIGNALS, cases // 2)
    )
    items = parts.store.several_items([each.item_ids[0] for each in chosen])
    commits, began = list[float](), time.perf_counter()
    for start in range(0, len(chosen), _SIGNALS_IN_A_COMMIT):
        some = chosen[start : start + _SIGNALS_IN_A_COMMIT]
        while (spent := _placed_anew(wardline, some, items)) is None:
            some = [parts.store.case(each.id) for each in some]  # somebody took one of them meanwhile
        commits.append(spent)
    return _Placed(time.perf_counter() - began, commits)


def _placed_anew(
    wardline: Wardline, cases: Sequence[records.Case], items: dict[str, records.Item]
) -> float | None:
    """Commit new places; gives the milliseconds of the commit, None where somebody was quicker."""
    from wardline.pipeline import placing

    parts = wardline.parts
    signal = records.Match(
        list_id="hash-list-1", entry_id="entry-2", hash_kind=records.HashKind.SHA256, distance_bits=0,
        trust=records.ListTrust.VERIFIED, category=records.Category.B1,
    )  # fmt: skip
    again = [
        placing.placed(parts, replace(case, version=case.version + 1), items[case.item_ids[0]], [signal])
        for case in cases
    ]
    entries = [parts.entry(Verb.CASE_RENEWED, case.id) for case in again]
    began = time.perf_counter()
    try:
        parts.store.commit(*map(Replace, again), entries=entries)
    except ConflictError:
        return None
    return (time.perf_counter() - began) * 1000


def _quantile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

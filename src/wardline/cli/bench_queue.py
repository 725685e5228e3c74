"""What the order of the queue costs among very many open cases: the next case, and a new place for those that something became known of."""

from __future__ import annotations

import contextlib
import secrets
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wardline import records
from wardline.cli import collecting, output
from wardline.cli.bench_queue_asks import Cost, Taken, all_at_once, one_by_one, while_asking
from wardline.cli.bench_queue_filled import Full, filled
from wardline.cli.bench_queue_filling import MODERATORS
from wardline.cli.bench_queue_pages import pages
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_stores import BenchStore
from wardline.errors import ConflictError
from wardline.records import Verb

if TYPE_CHECKING:
    from wardline.pipeline import Wardline

_SIGNALS, _TIMES = 1000, 20
"""So many signals, so many times: in the second that they take at best too few people ask to say how long most of them wait."""
_COMMITS, _COMMIT_PAUSE_SECONDS = 100, 0.02
_MOST_MS, _MOST_SECONDS = 50.0, 1.0
_LEAST_LEFT = 3
"""No more than a third of the cases are taken at a time: who finds nothing left is another matter."""
_SEQUENCED_EVERY_SECONDS = 1.0
_ONE_BY_ONE = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """How the new places came about."""

    seconds: float
    cpu_ms: float
    """Processor time of this program, with that of whoever took a case meanwhile; a database server's own is not in it."""


def rows(
    *, cases: int, store: BenchStore, seconds: float, asks: float, folder: Path | None = None
) -> list[Row]:
    """Measure with so many open cases, with notes about the progress on stderr.

    Args:
        cases: Open ones, nearly all of them free.
        store: Where they are.
        seconds: How long the moderators ask.
        asks: How many cases they take in a second, all together.
        folder: Where the installation is and stays: filled now, or by an earlier run. None: it is made for this run and deleted.
    """
    with filled(cases, store, folder) as full:
        most = full.cases // _LEAST_LEFT
        collecting.settle()  # as a server does
        output.note("One asks after the other ...")
        costs = one_by_one(full, most=min(_ONE_BY_ONE, most))
        with _sequenced(full.wardline):
            commits = _commits(full.wardline)
            output.note("Many ask ...")
            alone, _ = while_asking(full, asks, lambda: time.sleep(seconds), most=most)
            known = _known_again(full)
            beside, placed = while_asking(
                full, asks, lambda: [_places(full.wardline, each) for each in known], most=most
            )
            burst = all_at_once(full)
        output.note(f"{len(alone)} cases were taken at {asks:g} a second, {len(beside)} more meanwhile")
        shown = pages(full)
    among = f"among {full.cases:,} open cases, {MODERATORS} moderators, {store}"
    return [
        row(f"an entry alone is committed, p99, {store}", _quantile(commits, 0.99), "ms", peer="median", theirs=_quantile(commits, 0.5)),
        *_of_asking(alone, beside, burst, among),
        *_of_places(placed, among),
        *_of_costs(costs, among),
        *shown,
    ]  # fmt: skip


def _of_asking(
    alone: Sequence[Taken], beside: Sequence[Taken], burst: Sequence[Taken], among: str
) -> list[Row]:
    """Tell how long people waited, and how many were given nothing: their times count, but such an answer is a failure."""
    every = (*alone, *beside, *burst)
    failed = [each for each in every if not each.got_one]
    times, meanwhile = [each.ms for each in alone], [each.ms for each in beside]
    return [
        row(f"next case, median, {among}", _quantile(times, 0.5), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"next case, p99, {among}", _quantile(times, 0.99), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"all ask at the same moment, the last has a case, {among}", max(each.ms for each in burst), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"next case meanwhile, p99, {among}", _quantile(meanwhile, 0.99), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"somebody asked and got nothing, of {len(every)} times, {among}", len(failed), "answers", peer=TARGET, theirs=0),
    ]  # fmt: skip


def _of_places(placed: Sequence[_Placed], among: str) -> list[Row]:
    """Tell how long signals took until they had their place, and what the load of the machine changes least of it."""
    seconds, cpu = [each.seconds for each in placed], [each.cpu_ms for each in placed]
    return [
        row(f"{_SIGNALS:,} new signals have their place, median of {len(placed)} times, {among}", statistics.median(seconds), "s", peer=TARGET,
            theirs=_MOST_SECONDS),
        row(f"processor time of these, with what was taken meanwhile, {among}", statistics.median(cpu), "ms", peer="most", theirs=max(cpu)),
    ]  # fmt: skip


def _of_costs(costs: Sequence[Cost], among: str) -> list[Row]:
    """Tell what the load of the machine changes least."""
    statements, cpu = [each.statements for each in costs], [each.cpu_ms for each in costs]
    failed = sum(not each.got_one for each in costs)
    return [
        row(f"statements of a hand-out, one by one, mean, {among}", statistics.fmean(statements), "statements", peer="most",
            theirs=max(statements)),
        row(f"processor time of a hand-out, one by one, median, {among}", _quantile(cpu, 0.5), "ms", peer="p99", theirs=_quantile(cpu, 0.99)),
        row(f"got nothing, one by one, of {len(costs)} times, {among}", failed, "answers", peer=TARGET, theirs=0),
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


def _known_again(full: Full) -> list[list[tuple[records.Item, records.Match]]]:
    """Give kept files whose cases were drawn by lot, for each time anew, with what a verified list says of them now."""
    parts, store = full.wardline.parts, full.wardline.parts.store
    most = min(_TIMES * _SIGNALS, full.cases // 2)
    every = full.wardline.takers.every()
    chosen = store.cases_by_lot(now=parts.now(), taker=every, lot=parts.jitter(), most=most)
    if not chosen:
        raise ConflictError(
            "cases: all of them are in somebody's hands, expected free ones",
            remedy="Wait until the leases of the run before are over, or have another folder filled.",
        )
    match = _match(f"entry-{secrets.token_hex(4)}")  # one that no earlier run told of
    items = store.several_items([each.item_ids[0] for each in chosen])
    found = [(item, match) for item in items.values()]
    return [found[number::_TIMES] for number in range(_TIMES)]


def _places(wardline: Wardline, found: Sequence[tuple[records.Item, records.Match]]) -> _Placed:
    """Do what is done when a list has grown: the cases of these files get the place that it asks for."""
    from wardline.pipeline import renewing

    began, cpu_began = time.perf_counter(), time.process_time()
    renewed = renewing.renew(wardline.parts, found)
    spent, cpu_spent = time.perf_counter() - began, time.process_time() - cpu_began
    if renewed != len(found):
        raise ConflictError(
            f"signals: {renewed} of {len(found)} moved a case, expected all of them",
            remedy="Have another folder filled: in this one an earlier version made files without a hold.",
        )
    return _Placed(seconds=spent, cpu_ms=1000 * cpu_spent)


def _match(entry_id: str) -> records.Match:
    return records.Match(
        list_id="hash-list-1", entry_id=entry_id, hash_kind=records.HashKind.SHA256, distance_bits=0,
        trust=records.ListTrust.VERIFIED, category=records.Category.B1,
    )  # fmt: skip


def _quantile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

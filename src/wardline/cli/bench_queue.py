"""What the order of the queue costs among very many open cases: the next case, and a new place for those that something became known of."""

from __future__ import annotations

import contextlib
import random
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wardline import records, review, wiring
from wardline.cli import output
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_stores import BenchStore
from wardline.errors import ConflictError
from wardline.kernels import queueing
from wardline.records import Insert, Lane, Load, Replace, Verb
from wardline.testing import store_records as make
from wardline.testing.postgres import PostgresServer

if TYPE_CHECKING:
    from wardline.pipeline import Wardline

MODERATORS = 50
"""All of them ask as threads of one process."""
_SIGNALS, _SIGNALS_IN_A_COMMIT = 1000, 50
_MOST_MS, _MOST_SECONDS = 50.0, 1.0
_CASES_IN_A_COMMIT, _CASES_A_NOTE = 5_000, 100_000
_PERIOD = timedelta(days=60)
_URL_FILE = "keys/postgres.url"
_SETTINGS = """
[installation]
name = "bench"

[store]
adapter = "{store}"
{more}

[[review.queues]]
name = "german"
languages = ["de"]
skills = ["german"]

[[review.queues]]
name = "brief"
surfaces = ["story"]
"""
_QUEUES, _SHARES = ("general", "german", "brief"), (0.5, 0.3, 0.2)
"""Every second moderator takes from all three, the others from two."""
_ODDS = (
    records.Odds(a=0.98, b=0, other=0),
    records.Odds(a=0, b=0.6, other=0),
    records.Odds(a=0.016, b=0.061, other=0.134),
)


def rows(*, cases: int, store: BenchStore, seconds: float, asks: float) -> list[Row]:
    """Measure with so many open cases, with notes about the progress on stderr.

    Args:
        cases: Open and free ones.
        store: Where they are.
        seconds: How long the moderators ask.
        asks: How many cases they take in a second, all together.
    """
    with _filled(cases, store) as (wardline, users):
        taken, alone = _asking(wardline, users, asks, lambda: time.sleep(seconds))
        spent: list[float] = []
        _, beside = _asking(wardline, users, asks, lambda: spent.append(_rerank(wardline, cases)))
        burst = _all_at_once(wardline, users)
        output.note(f"{taken} cases were taken at {asks:g} a second")
    among = f"among {cases:,} open cases, {MODERATORS} moderators, {store}"
    return [
        row(f"next case, median, {among}", _quantile(alone, 0.5), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"next case, p99, {among}", _quantile(alone, 0.99), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"all ask at the same moment, the last has a case, {among}", max(burst), "ms", peer=TARGET, theirs=_MOST_MS),
        row(f"{_SIGNALS:,} new signals have their place, {among}", spent[0], "s", peer=TARGET, theirs=_MOST_SECONDS),
        row(f"next case meanwhile, p99, {among}", _quantile(beside, 0.99), "ms", peer=TARGET, theirs=_MOST_MS),
    ]  # fmt: skip


def _asking(
    wardline: Wardline, users: Sequence[records.User], asks: float, meanwhile: Callable[[], object]
) -> tuple[int, list[float]]:
    """Let everybody ask for cases at random times while something goes on; gives the milliseconds of each answer."""
    over, times = threading.Event(), list[float]()

    def work(number: int) -> None:
        chance = random.Random(number)
        while not over.wait(chance.expovariate(asks / MODERATORS)):
            times.append(_take(wardline, users[number]))

    with ThreadPoolExecutor(MODERATORS) as pool:
        asked = [pool.submit(work, number) for number in range(MODERATORS)]
        try:
            meanwhile()
        finally:
            over.set()
        for each in asked:
            each.result()
    return len(times), times or [_take(wardline, users[0])]


def _all_at_once(wardline: Wardline, users: Sequence[records.User]) -> list[float]:
    with ThreadPoolExecutor(MODERATORS) as pool:
        return list(pool.map(lambda user: _take(wardline, user), users))


def _take(wardline: Wardline, user: records.User) -> float:
    began = time.perf_counter()
    wardline.next_case(user)
    return (time.perf_counter() - began) * 1000


def _rerank(wardline: Wardline, cases: int) -> float:
    """Give the cases that have waited longest a better place; gives the seconds."""
    chosen = wardline.parts.store.cases(state=records.CaseState.OPEN, most=min(_SIGNALS, cases))
    began = time.perf_counter()
    for start in range(0, len(chosen), _SIGNALS_IN_A_COMMIT):
        some = chosen[start : start + _SIGNALS_IN_A_COMMIT]
        while not _placed_anew(wardline, some):
            some = [
                wardline.parts.store.case(each.id) for each in some
            ]  # somebody took one of them meanwhile
    return time.perf_counter() - began


def _placed_anew(wardline: Wardline, cases: Sequence[records.Case]) -> bool:
    parts, item = wardline.parts, make.item()
    again = [
        review.rank(replace(case, version=case.version + 1), item, item.matches, weights=parts.rules.weights, now=parts.now())
        for case in cases
    ]  # fmt: skip
    entries = [parts.entry(Verb.CASE_RENEWED, case.id) for case in again]
    try:
        parts.store.commit(*map(Replace, again), entries=entries)
    except ConflictError:
        return False
    return True


def _quantile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextlib.contextmanager
def _filled(cases: int, store: BenchStore) -> Iterator[tuple[Wardline, list[records.User]]]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wardline-bench-")))
        server = stack.enter_context(PostgresServer()) if store is BenchStore.POSTGRES else None
        url, more = "", ""
        if server is not None:
            url, more = server.new_database(), f'url_file = "{_URL_FILE}"'
            wiring.create_secret(folder / _URL_FILE, url.encode())
        chosen = wiring.create_installation(folder, _SETTINGS.format(store=store, more=more))
        installation = stack.enter_context(wiring.open_installation(chosen))
        wardline = installation.wardline
        output.note(f"Writing {cases:,} cases to {store} ...")
        users = [make.user(skills=("german",) if number % 2 else ()) for number in range(MODERATORS)]
        wardline.parts.store.commit(*map(Insert, users), entries=[make.entry()])
        _fill(wardline, cases)
        if server is not None:
            server.settle(url)
        yield wardline, users


def _fill(wardline: Wardline, cases: int) -> None:
    chance = np.random.default_rng(7)
    made = _cases(wardline, cases, chance)
    written = 0
    while some := tuple(islice(made, _CASES_IN_A_COMMIT)):
        wardline.parts.store.commit(Load(some), entries=[make.entry()])
        written += len(some)
        if written % _CASES_A_NOTE == 0:
            output.note(f"{written:,} of {cases:,} cases written ...")


def _cases(wardline: Wardline, cases: int, chance: np.random.Generator) -> Iterator[records.Case]:
    """Make open cases of the last weeks, of every lane and likelihood, with views as uneven as they are."""
    now, weights = wardline.parts.now(), wardline.parts.rules.weights
    lanes = [tuple(Lane)[number] for number in chance.integers(0, len(Lane), cases)]
    odds = [_ODDS[number] for number in chance.choice(3, cases, p=[0.1, 0.3, 0.6])]
    views = chance.lognormal(2.0, 1.6, cases)
    ages = chance.random(cases) * (_PERIOD / timedelta(hours=1))
    opened = [now - timedelta(hours=float(age)) for age in ages]
    hours = np.array([each.timestamp() / 3600 for each in opened])
    work = np.full(cases, review.HANDLING_HOURS)
    severity = np.array([review.severity(each, weights) for each in odds])
    delay = np.array([each.a * weights.delay_a + each.b * weights.delay_b for each in odds])
    seen = queueing.turns(severity * views, hours, np.array([each.decay_hours for each in lanes]), work)
    queues = [_QUEUES[number] for number in chance.choice(len(_QUEUES), cases, p=_SHARES)]
    waiting = queueing.turns(delay, hours, np.full(cases, np.inf), work)
    for number in range(cases):
        urgency = records.Urgency(
            odds=odds[number], category=None, views_per_hour=float(views[number]), views_known=True
        )
        case_id = records.new_id("case", opened[number], secrets.token_bytes(10))
        yield make.case(
            id=case_id, opened_at=opened[number], restricted=False, urgency=urgency, queue=queues[number], lot=review.lot_of(case_id),
            score_turn=-odds[number].violation, target=records.Target.OTHER, due_at=opened[number] + timedelta(hours=168),
            lane=lanes[number], views_turn=float(seen[number]), delay_turn=float(waiting[number]),
            account_reference=f"account-{number}",
        )  # fmt: skip

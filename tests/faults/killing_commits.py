"""Commits from four threads until their process is killed, again and again on one database."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.faults import forked
from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.records import Add, Insert, Step, Task
from wardline.testing import harness_stores, store_records
from wardline.testing.postgres import PostgresServer

_KILLS_A_DATABASE = 25
_KILLS_A_LOOK = 5
_MOST = 10**6
_NEVER = 10**9
_THREADS = 4
_MOST_VISITS = 40


def new_database(question: tuple[str, str, str]) -> str:
    """Make a database for a mode, by copying one that was made before; gives its address."""
    mode, kind, folder = question
    if mode != "commits" and kind == "sqlite":
        return "sqlite"
    if kind == "sqlite":
        return databases.new_database("sqlite", Path(folder))
    template = kind.rpartition("/")[2] + ("_commits" if mode == "commits" else "_story")
    name = f"killed_{os.getpid()}_{folder.rpartition('/')[2]}"
    _administer(kind, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{kind.rpartition('/')[0]}/{name}"


def prepare_templates(server: PostgresServer) -> str:
    """Make what ``new_database`` copies on a server, and give the address to call this program with."""
    url = server.new_database()
    for ending, prepare in (("_story", harness_stores.prepare), ("_commits", _prepare_commits)):
        _administer(url, f'CREATE DATABASE "{url.rpartition("/")[2]}{ending}"')
        engine = stores.open_postgres(url + ending)
        prepare(engine)
        engine.dispose()
    return url


def _prepare_commits(engine: sa.Engine) -> None:
    stores.migrate(engine)
    stores.prepare_durable_tables(engine)


def _administer(url: str, statement: str) -> None:
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def run(
    address: str, _: Path, chance: random.Random, most: int, note: Callable[[str], None], bug: str
) -> list[str]:
    """Kill processes that commit to a database; gives what was wrong afterwards."""
    _warm()
    acknowledged: set[str] = set()
    rounds = min(most, _KILLS_A_DATABASE)
    for number in range(1, rounds + 1):
        visit = _NEVER if bug == "never-killed" else chance.randint(1, _MOST_VISITS)
        told = forked.killed(partial(_live, address, visit, bug))
        if told is None:
            return [f"not killed at visit {visit}"]
        lines = told.splitlines()
        note(next(each for each in lines if ":" in each))
        acknowledged |= {each for each in lines if ":" not in each}
        if number % _KILLS_A_LOOK == 0 or number == rounds:
            wrong = forked.answered(partial(_look, address, acknowledged))
            if wrong:
                return wrong
    return []


@cache
def _warm() -> None:
    def rehearse() -> None:
        with tempfile.TemporaryDirectory() as folder:
            address = databases.new_database("sqlite", Path(folder))
            _live(address, _NEVER, "", os.open(os.devnull, os.O_WRONLY))
            _look(address, set())

    forked.warm(rehearse)


def _live(address: str, visit: int, bug: str, pipe: int) -> None:
    kind = "postgres" if address.startswith("postgresql") else "sqlite"
    engine = databases.open_engine(kind, address)
    hook = forked.KillAt(visit, pipe)
    store = stores.SqlStore(engine, reached=hook, enqueue=stores.enqueuer(engine))

    def open_case(number: int) -> None:
        case = store_records.case()
        acknowledge = f"{case.id}\n".encode()
        if bug == "too-soon":
            os.write(pipe, acknowledge)
        _commit(store, case)
        if bug != "too-soon":
            os.write(pipe, acknowledge)
        if number % 7 == 0:
            store.sequence(_signer(store, hook))

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(open_case, range(_MOST_VISITS)))


def _commit(store: stores.SqlStore, case: records.Case) -> None:
    hold = store_records.hold(case_id=case.id)
    counted = Add(Step.CASES_OPENED, store_records.NOON.date())
    task = Task(name="conclude", record_id=case.id)
    entry = store_records.entry(subject_id=case.id)
    store.commit(Insert(case), Insert(hold), counted, entries=[entry], work=[task])


def _signer(store: stores.SqlStore, hook: forked.KillAt) -> Callable[[Any], records.Checkpoint]:
    def sign(leaves: Any) -> records.Checkpoint:
        hook("test:signing")
        size = store.log_size() + len(leaves)
        return records.Checkpoint(size=size, root=b"r" * 32, note="signed", at=store_records.NOON)

    return sign


def _look(address: str, acknowledged: set[str]) -> list[str]:
    kind = "postgres" if address.startswith("postgresql") else "sqlite"
    engine = databases.open_engine(kind, address)
    store = stores.SqlStore(engine)
    try:
        cases = {case.id for case in store.cases(most=_MOST)}
        holds = sorted(hold.case_id for hold in store.holds(most=_MOST))
        tasks = sorted(task.record_id for task in databases.tasks_in(engine))
        counted = sum(
            each.count for each in store.counts(store_records.NOON.date(), store_records.NOON.date())
        )
        last, size = store.last_checkpoint(), store.log_size()
        found = {
            "lost": not acknowledged <= cases,
            "by halves or doubled": not sorted(cases) == holds == tasks,
            "counted wrongly": counted != len(cases),
            "drifted": bool(list(store.drifted())),
            "signed otherwise than placed": (last.size if last else 0) != size,
        }
        return [what for what, is_so in found.items() if is_so]
    finally:
        store.close()

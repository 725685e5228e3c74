"""Concurrent commits share a transaction, and nothing but that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores.writer import MUCH, GroupWriter
from wardline.errors import (
    AlreadyExistsError,
    ConfigurationError,
    InputError,
    StoreUnavailableError,
    VersionConflictError,
)
from wardline.records import Add, Insert, Replace, Step, Task, Verb
from wardline.testing import store_records as make

_DAY = make.NOON.date()


class Gate:
    """A write-point hook that holds the writer at its first commit until it is opened; then it does what a test asks."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()
        self.then: Callable[[str], None] = lambda _: None

    def __call__(self, point: str) -> None:
        if not self.entered.is_set():
            self.entered.set()
            self.open.wait(30)
        self.then(point)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture(params=[databases.SQLITE, databases.POSTGRES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return databases.open_engine(request.param, databases.new_database(request.param, tmp_path))


@pytest.fixture
def store(engine: sa.Engine, gate: Gate) -> Iterator[stores.SqlStore]:
    opened = stores.SqlStore(engine, reached=gate, enqueue=stores.enqueuer(engine))
    yield opened
    gate.open.set()
    opened.close()


def in_one_batch(store: stores.SqlStore, gate: Gate, *commits: Callable[[], None]) -> list[Future[None]]:
    """Run commits so that they all wait for the writer together; gives their outcomes."""
    pause = threading.Event()
    with ThreadPoolExecutor(len(commits) + 1) as pool:
        first = pool.submit(store.commit, entries=[make.entry(Verb.COUNTS_LOGGED, "first")])
        assert gate.entered.wait(30)
        outcomes: list[Future[None]] = []
        for number, commit in enumerate(commits, start=1):
            outcomes.append(pool.submit(commit))
            while store.waiting_commits < number:
                pause.wait(0.002)
        gate.open.set()
    first.result()
    return outcomes


def insert(store: stores.SqlStore, record: Any, *, work: tuple[Task, ...] = ()) -> Callable[[], None]:
    """Give the commit of one record, to be run later."""
    return lambda: store.commit(
        Insert(record), Add(Step.REVEALS, _DAY), entries=[make.entry(subject_id=record.id)], work=work
    )


def reveals_counted(store: stores.SqlStore) -> int:
    return sum(count.count for count in store.counts(_DAY, _DAY))


def test_commits_that_wait_together_become_one_transaction(store: stores.SqlStore, gate: Gate) -> None:
    commits: list[str] = []
    sa.event.listen(store.engine, "commit", lambda _: commits.append("commit"))
    cases = [make.case() for _ in range(20)]
    outcomes = in_one_batch(store, gate, *(insert(store, case) for case in cases))
    assert [outcome.exception() for outcome in outcomes] == [None] * 20
    assert len(commits) == 2
    assert {case.id for case in store.cases()} == {case.id for case in cases}


def test_a_conflict_in_a_batch_fails_its_own_commit_only(store: stores.SqlStore, gate: Gate) -> None:
    twin = make.user(name="kim")
    stale = Replace(make.case(version=2))
    task = Task(name="conclude", record_id="of-the-refused")
    outcomes = in_one_batch(
        store,
        gate,
        insert(store, make.user(name="kim")),
        insert(store, twin, work=(task,)),
        lambda: store.commit(Insert(make.item()), stale, entries=[make.entry()], work=[task]),
        insert(store, make.user(name="lee")),
    )
    errors = [type(outcome.exception()) for outcome in outcomes]
    assert errors == [type(None), AlreadyExistsError, VersionConflictError, type(None)]
    assert [user.name for user in store.users()] == ["kim", "lee"]
    assert reveals_counted(store) == 2
    assert databases.tasks_in(store.engine) == []
    assert list(store.drifted()) == []


def test_text_that_cannot_be_stored_is_the_callers_mistake_alone(store: stores.SqlStore, gate: Gate) -> None:
    outcomes = in_one_batch(
        store,
        gate,
        insert(store, make.case(account_reference="lone surrogate \ud800")),
        insert(store, make.case(account_reference="fine")),
        insert(store, make.item(size_bytes=7, version=2**70)),
    )
    errors = [type(outcome.exception()) for outcome in outcomes]
    assert errors == [InputError, type(None), InputError]
    assert [case.account_reference for case in store.cases()] == ["fine"]
    assert reveals_counted(store) == 1


def test_when_the_commit_itself_fails_everybody_hears_of_it(store: stores.SqlStore, gate: Gate) -> None:
    def fail(_: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", None, OSError("gone"))

    def fail_from_now_on(_: str) -> None:
        if not sa.event.contains(store.engine, "commit", fail):
            sa.event.listen(store.engine, "commit", fail)

    with ThreadPoolExecutor(2) as pool:
        gate.then = fail_from_now_on
        outcomes = [pool.submit(insert(store, make.case())) for _ in range(2)]
        assert gate.entered.wait(30)
        gate.open.set()
    assert [type(outcome.exception()) for outcome in outcomes] == [StoreUnavailableError] * 2
    sa.event.remove(store.engine, "commit", fail)
    gate.then = lambda _: None
    assert store.cases() == []
    insert(store, make.case())()
    assert len(store.cases()) == 1
    assert reveals_counted(store) == 1


@pytest.mark.parametrize(("point", "stored"), [("store:before-commit:", 0), ("store:after-commit:", 1)])
def test_what_a_hook_raises_reaches_its_own_caller(
    store: stores.SqlStore, gate: Gate, point: str, stored: int
) -> None:
    def fail(name: str) -> None:
        if name == f"{point}case:opened":
            raise RuntimeError("a fault")

    gate.open.set()
    gate.then = fail
    with pytest.raises(RuntimeError, match="a fault"):
        insert(store, make.case())()
    assert len(store.cases()) == stored
    assert reveals_counted(store) == stored
    store.commit(entries=[make.entry(Verb.COUNTS_LOGGED)])


def test_work_without_a_queue_is_refused(engine: sa.Engine) -> None:
    store = stores.SqlStore(engine)
    with pytest.raises(ConfigurationError):
        store.commit(Insert(make.case()), entries=[make.entry()], work=[Task(name="refer", record_id="r")])
    assert store.cases() == []
    store.close()


def test_work_that_cannot_be_enqueued_takes_its_commit_back(store: stores.SqlStore, gate: Gate) -> None:
    gate.open.set()
    schema = "dbos." if store.engine.dialect.name == "postgresql" else ""
    with store.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {schema}workflow_status RENAME TO away")
    with pytest.raises(StoreUnavailableError):
        insert(store, make.case(), work=(Task(name="refer", record_id="r"),))()
    assert store.cases() == []
    insert(store, make.case())()
    assert reveals_counted(store) == 1


def test_processes_that_lock_each_other_out_both_finish(engine: sa.Engine) -> None:
    """Two stores on one database stand for two processes: their transactions meet the same rows in opposite order."""
    first, second = stores.SqlStore(engine), stores.SqlStore(engine)
    cases = [make.case() for _ in range(2)]
    first.commit(*map(Insert, cases), entries=[make.entry()])

    def change(store: stores.SqlStore, order: int) -> int:
        done = 0
        while done < 8:
            current = [store.case(case.id) for case in cases[::order]]
            changes = [Replace(replace(case, version=case.version + 1)) for case in current]
            try:
                store.commit(*changes, entries=[make.entry(Verb.CASE_RETURNED)])
                done += 1
            except VersionConflictError:
                continue
        return done

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(change, (first, second), (1, -1)))
    assert {first.case(case.id).version for case in cases} == {done + 1}
    assert list(first.drifted()) == []
    second.close()
    first.close()


def test_closing_finishes_what_was_asked_for(store: stores.SqlStore, gate: Gate) -> None:
    case = make.case()
    with ThreadPoolExecutor(2) as pool:
        commit = pool.submit(insert(store, case))
        assert gate.entered.wait(30)
        closing = pool.submit(store.close)
        gate.open.set()
        commit.result()
        closing.result()
    assert store.cases() == [case]


def test_records_of_one_load_are_of_one_kind(store: stores.SqlStore) -> None:
    with pytest.raises(InputError):
        store.commit(records.Load((make.case(), make.item())), entries=[make.entry()])
    with pytest.raises(InputError):
        store.commit(Insert(object()), entries=[make.entry()])
    with pytest.raises(InputError):
        store.commit(Replace(make.reveal()), entries=[make.entry()])


def test_ctrl_c_while_writing_for_others_is_not_their_error(store: stores.SqlStore, gate: Gate) -> None:
    before_commits: list[str] = []

    def interrupt(point: str) -> None:
        if point.startswith("store:before-commit"):
            before_commits.append(point)
            if len(before_commits) == 2:  # the first commit of the batch that waited
                raise KeyboardInterrupt

    gate.then = interrupt
    outcomes = in_one_batch(store, gate, *(insert(store, make.case()) for _ in range(3)))
    raised = [type(outcome.exception()) for outcome in outcomes]
    # One of the threads writes for all: it alone is interrupted, and nothing of the batch was written.
    assert sorted(each.__name__ for each in raised) == ["KeyboardInterrupt"] + ["StoreUnavailableError"] * 2
    assert store.cases() == []
    store.commit(Insert(make.case()), entries=[make.entry()])
    assert len(store.cases()) == 1


def test_what_fails_after_a_commit_has_nothing_written_again(engine: sa.Engine) -> None:
    calls: list[str] = []

    def committed() -> None:
        calls.append("committed")
        raise RuntimeError("no more threads")

    writer = GroupWriter(engine, reached=lambda _: None, enqueue=None, committed=committed)
    with pytest.raises(RuntimeError):
        writer.alone(lambda connection: calls.append("run"))
    assert calls == ["run", "committed"]
    writer.close()
    engine.dispose()


@pytest.mark.parametrize("engine", [databases.SQLITE], indirect=True)
def test_a_commit_of_much_is_not_waited_for_by_those_that_came_before_it(
    store: stores.SqlStore, gate: Gate
) -> None:
    found: list[int] = []
    sa.event.listen(store.engine, "commit", lambda _: found.append(len(written)))
    written: list[str] = []
    gate.then = written.append
    much = [make.case() for _ in range(MUCH + 1)]
    outcomes = in_one_batch(
        store,
        gate,
        insert(store, make.case()),
        insert(store, make.case()),
        lambda: store.commit(*map(Insert, much), entries=[make.entry()]),
        insert(store, make.case()),
    )
    assert [outcome.exception() for outcome in outcomes] == [None] * 4
    before = [each for each in written if each.startswith("store:before-commit")]
    assert len(before) == 5
    # The first alone, then the two that came before it, then what is much with what came after it.
    assert len(found) == 3
    assert len(store.cases(most=20)) == MUCH + 4


@pytest.mark.parametrize("engine", [databases.POSTGRES], indirect=True)
def test_nobody_waits_for_a_commit_of_much_where_several_may_write_at_once(
    store: stores.SqlStore, gate: Gate
) -> None:
    much, few = [make.case() for _ in range(MUCH + 1)], make.case()
    with ThreadPoolExecutor(2) as pool:
        large = pool.submit(store.commit, *map(Insert, much), entries=[make.entry()])
        assert gate.entered.wait(30)  # all of it is written, and nothing is durable
        insert(store, few)()
        assert [case.id for case in store.cases()] == [few.id]
        assert not large.done()
        closing = pool.submit(store.close)
        gate.open.set()
        large.result()
        closing.result()
    assert len(store.cases(most=20)) == MUCH + 2
    with pytest.raises(StoreUnavailableError, match="closed"):
        store.commit(*map(Insert, much), entries=[make.entry()])


@pytest.mark.parametrize("engine", [databases.POSTGRES], indirect=True)
def test_a_commit_of_much_that_waited_when_the_store_was_closed_is_written(
    store: stores.SqlStore, gate: Gate
) -> None:
    first, second = ([make.case() for _ in range(MUCH + 1)] for _ in range(2))
    writer, pause = store._writer, threading.Event()
    with ThreadPoolExecutor(3) as pool:
        written = pool.submit(store.commit, *map(Insert, first), entries=[make.entry()])
        assert gate.entered.wait(30)
        waiting = pool.submit(store.commit, *map(Insert, second), entries=[make.entry()])
        while writer._beside < 2:
            pause.wait(0.002)
        closing = pool.submit(writer.close)
        while not writer._closed:
            pause.wait(0.002)
        gate.open.set()
        assert [each.exception(30) for each in (written, waiting, closing)] == [None] * 3
    assert {case.id for case in store.cases(most=50)} == {case.id for case in [*first, *second]}


@pytest.mark.parametrize("engine", [databases.POSTGRES], indirect=True)
def test_what_is_wrong_with_a_commit_of_much_reaches_whoever_asked_for_it(
    store: stores.SqlStore, gate: Gate
) -> None:
    gate.open.set()
    much = [make.case() for _ in range(MUCH + 1)]
    store.commit(*map(Insert, much), entries=[make.entry()])
    with pytest.raises(AlreadyExistsError):
        store.commit(*map(Insert, much), entries=[make.entry()])
    stale = [Replace(replace(case, version=case.version + 2)) for case in much]
    with pytest.raises(VersionConflictError):
        store.commit(*stale, entries=[make.entry()])
    again = [Replace(replace(case, version=case.version + 1)) for case in much]
    store.commit(*again, entries=[make.entry()])
    assert list(store.drifted()) == []


def test_whoever_waited_hears_of_their_commit_while_the_next_one_is_written(
    store: stores.SqlStore, gate: Gate
) -> None:
    """A thread that commits again and again must not keep others from hearing that theirs was done long ago."""
    waiting, written = 6, -1  # the first one is held at its own
    over, next_one_begun = threading.Event(), threading.Event()
    with ThreadPoolExecutor(waiting + 2) as pool:

        def then(point: str) -> None:
            nonlocal written
            if point == "store:before-commit:counts:logged":
                next_one_begun.set()
                over.wait(30)
            elif point == "store:before-commit:case:opened":
                written += 1
                if (
                    written == waiting
                ):  # all of them are in the batch that is being written, and the next one is not
                    pool.submit(store.commit, entries=[make.entry(Verb.COUNTS_LOGGED)])

        first = pool.submit(insert(store, make.case()))
        assert gate.entered.wait(30)
        outcomes = [pool.submit(insert(store, make.case())) for _ in range(waiting)]
        while store.waiting_commits < waiting:
            next_one_begun.wait(0.002)
        gate.then = then
        gate.open.set()
        try:
            assert next_one_begun.wait(30)
            assert [first.exception(20), *(each.exception(20) for each in outcomes)] == [None] * (waiting + 1)
        finally:
            over.set()


def test_nobody_writes_while_something_asks_for_a_pause(store: stores.SqlStore, gate: Gate) -> None:
    gate.open.set()
    writer = store._writer
    begun, over, case = threading.Event(), threading.Event(), make.case()

    def pause() -> None:
        begun.set()
        assert over.wait(30)
        assert store.cases() == []

    with ThreadPoolExecutor(2) as pool:
        paused = pool.submit(writer.paused, pause)
        assert begun.wait(30)
        commit = pool.submit(insert(store, case))
        while store.waiting_commits == 0:
            pass
        over.set()
        paused.result()
        commit.result()
    assert store.cases() == [case]


def test_what_fails_in_a_pause_is_its_callers_and_others_write_on(store: stores.SqlStore, gate: Gate) -> None:
    gate.open.set()

    def fail(error: type[BaseException]) -> None:
        raise error

    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error):
            store._writer.paused(partial(fail, error))
    insert(store, make.case())()
    assert len(store.cases()) == 1
    store.close()
    with pytest.raises(StoreUnavailableError, match="closed"):
        store._writer.paused(partial(fail, ValueError))

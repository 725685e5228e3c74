"""What the database gave up for another process's transaction is tried again, whoever asked for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import tables
from wardline.adapters.stores.writer import MOST_TRIES
from wardline.errors import StoreUnavailableError
from wardline.pipeline.log import Sequencer
from wardline.records import Add, Step
from wardline.testing import harness_stores, postgres
from wardline.testing import store_records as make
from wardline.testing.harness import Line

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(postgres.why_no_postgres() is not None, reason=str(postgres.why_no_postgres())),
]
_DAY = make.NOON.date()
_OF_THE_DAY = tables.counts.c.day == _DAY.isoformat()


@pytest.fixture
def address(tmp_path: Path) -> str:
    return databases.new_database("postgres", tmp_path)


@pytest.fixture
def store(address: str) -> Iterator[stores.SqlStore]:
    opened = stores.SqlStore(databases.open_engine("postgres", address))
    yield opened
    opened.close()


@pytest.fixture
def other(address: str) -> Iterator[sa.Connection]:
    """Another process's connection, which gives up no deadlock: whoever meets it in one does."""
    engine = databases.open_engine("postgres", address)
    with engine.connect() as connection:
        connection.exec_driver_sql("SET deadlock_timeout = '1h'")
        connection.commit()
        yield connection
    engine.dispose()


def counted(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(tables.counts.c.count).where(_OF_THE_DAY)).scalar_one())


def losing(other: sa.Connection, times: int, tries: list[int]) -> Callable[[sa.Connection], int]:
    """Give something that counts to what it read, and that another process counts before it as often as this."""

    def run(connection: sa.Connection) -> int:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        read = counted(connection)
        tries.append(read)
        if len(tries) <= times:
            other.execute(sa.update(tables.counts).where(_OF_THE_DAY).values(count=read + 1))
            other.commit()
        connection.execute(sa.update(tables.counts).where(_OF_THE_DAY).values(count=read + 100))
        return read

    return run


def test_what_has_a_transaction_alone_is_run_again_when_another_process_was_before_it(
    store: stores.SqlStore, other: sa.Connection
) -> None:
    store.commit(Add(Step.REVEALS, _DAY), entries=[])
    tries: list[int] = []
    assert store._writer.alone(losing(other, MOST_TRIES - 1, tries)) == MOST_TRIES
    assert tries == list(range(1, MOST_TRIES + 1))  # each saw what was committed before it
    assert counted(other) == MOST_TRIES + 100


def test_what_loses_again_and_again_is_its_callers_to_ask_for_anew(
    store: stores.SqlStore, other: sa.Connection
) -> None:
    store.commit(Add(Step.REVEALS, _DAY), entries=[])
    tries: list[int] = []
    with pytest.raises(StoreUnavailableError):
        store._writer.alone(losing(other, MOST_TRIES, tries))
    assert len(tries) == MOST_TRIES
    assert counted(other) == MOST_TRIES + 1
    assert store._writer.alone(losing(other, 0, [])) == MOST_TRIES + 1


def test_what_fails_for_another_reason_is_run_once(store: stores.SqlStore) -> None:
    tries: list[int] = []

    def run(connection: sa.Connection) -> None:
        tries.append(1)
        connection.exec_driver_sql("SELECT 1 FROM there_is_no_such_table")

    with pytest.raises(StoreUnavailableError):
        store._writer.alone(run)
    assert tries == [1]


Sign = Callable[[Sequence[bytes]], records.Checkpoint]


def sequenced_after_a_deadlock(store: stores.SqlStore, other: sa.Connection, sign: Sign) -> int:
    """Sequence what waits; the first try meets another process in a deadlock once it is signed, and loses."""
    change = sa.update(tables.audit_entries).values(salt=tables.audit_entries.c.salt)
    waits: list[Future[None]] = []

    def meet() -> None:
        other.execute(change)  # waits for the sequencer, which is to wait for it
        other.commit()

    def met(leaves: Sequence[bytes]) -> records.Checkpoint:
        signed = sign(leaves)
        if not waits:
            waits.append(pool.submit(meet))
            while not is_waiting(store.engine):
                threading.Event().wait(0.002)
        return signed

    other.exec_driver_sql("LOCK TABLE audit_checkpoints IN EXCLUSIVE MODE")
    with ThreadPoolExecutor(1) as pool:
        count = store.sequence(met)
    assert [each.result() for each in waits] == [None]
    return count


def test_a_sequencer_that_lost_a_deadlock_gives_the_entries_their_positions_all_the_same(
    store: stores.SqlStore, other: sa.Connection
) -> None:
    store.commit(entries=[make.entry(), make.entry()])
    signed: list[Sequence[bytes]] = []

    def sign(leaves: Sequence[bytes]) -> records.Checkpoint:
        signed.append(leaves)
        return records.Checkpoint(size=len(leaves), root=b"r" * 32, note="signed", at=make.NOON)

    assert sequenced_after_a_deadlock(store, other, sign) == 2
    assert signed == [signed[0]] * 2
    assert store.log_size() == 2
    assert [each.size for each in store.checkpoints()] == [2]


def test_a_log_whose_sequencer_lost_a_deadlock_is_in_order(
    address: str, other: sa.Connection, tmp_path: Path
) -> None:
    prepared = databases.open_engine("postgres", address)
    harness_stores.prepare(prepared)
    prepared.dispose()
    with Line(tmp_path, store=address) as line:
        line.person("noor")
        assert line.verify().ok
        line.person("olli")
        sequencer = Sequencer(line.parts)
        assert isinstance(line.store, stores.SqlStore)
        assert sequenced_after_a_deadlock(line.store, other, sequencer._sign) > 0
        line.person("mika")
        assert sequencer.run() > 0
        assert line.verify().ok


def is_waiting(engine: sa.Engine) -> bool:
    """Say whether any connection waits for a lock of another."""
    with engine.connect() as connection:
        return bool(
            connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()
        )

"""Work that was taken and never begun, a queue that does not move, and rows of what ended long ago; on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.acceptance.waiting import until
from wardline import wiring
from wardline.errors import BusyError
from wardline.pipeline import Parts, durable, work_watch
from wardline.pipeline.durable import QUEUES, DurableWork
from wardline.pipeline.work_watch import ABANDONED, ABANDONED_ALONE, KEPT, STANDS_SECONDS, WorkWatch
from wardline.records import AlarmKind, Task
from wardline.testing import postgres
from wardline.wiring import Installation, create_installation, create_secret

_NEEDS_POSTGRES = pytest.mark.skipif(
    postgres.why_no_postgres() is not None, reason=str(postgres.why_no_postgres())
)
_PATIENCE_SECONDS = 60.0
pytestmark = pytest.mark.long


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, _NEEDS_POSTGRES])])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    text = f'[store]\nadapter = "{request.param}"\n'
    if request.param == "postgres":
        create_secret(tmp_path / "url", postgres.shared_server().new_database().encode())
        text += f'url_file = "{tmp_path / "url"}"\n'
    with wiring.open_installation(create_installation(tmp_path / "here", text)) as made:
        yield made


class _Held:
    """A task that says that it began, and goes on when it is let."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_end = threading.Event()

    def __call__(self, parts: Parts, record_id: str, attempt: int) -> None:
        self.begun.append(record_id)
        self.may_end.wait(_PATIENCE_SECONDS)


@pytest.fixture
def held() -> Iterator[_Held]:
    made = _Held()
    yield made
    made.may_end.set()


@pytest.fixture
def work(installation: Installation, held: _Held, monkeypatch: pytest.MonkeyPatch) -> Iterator[DurableWork]:
    monkeypatch.setattr(durable, "TASKS", {"conclude": held})
    made = installation.durable_work(poll_seconds=0.05)
    made.start()
    try:
        yield made
    finally:
        held.may_end.set()
        made.stop()


def _watch(
    installation: Installation, running: list[str], clock: Callable[[], float] | None = None
) -> WorkWatch:
    options: dict[str, Any] = {} if clock is None else {"clock": clock}
    return WorkWatch(installation.wardline.parts, lambda: running, QUEUES, alone=True, **options)


def _row(installation: Installation, work_id: str, **values: Any) -> None:
    """Set columns of a workflow, as DBOS does."""
    engine: sa.Engine = installation.wardline.parts.store.engine  # type: ignore[attr-defined]
    schema = "dbos." if engine.dialect.name == "postgresql" else ""
    columns = ", ".join(f"{name} = :{name}" for name in values)
    with engine.begin() as connection:
        done = connection.execute(
            sa.text(f"UPDATE {schema}workflow_status SET {columns} WHERE workflow_uuid = :id"),  # noqa: S608 -- names of this test
            {**values, "id": work_id},
        )
        assert done.rowcount == 1


def _ago(time: timedelta) -> int:
    return int((datetime.now(UTC) - time).timestamp() * 1000)


def _taken_and_never_begun(installation: Installation, record_id: str, *, ago: timedelta) -> None:
    """Leave work as DBOS does whose database went away after the commit that took it."""
    later = datetime.now(UTC) + timedelta(days=1)
    task = Task(name="conclude", record_id=record_id, not_before=later)
    installation.wardline.parts.store.commit(entries=(), work=[task])
    _row(
        installation, f"conclude:{record_id}:0", status="PENDING", executor_id="wardline", started_at_epoch_ms=_ago(ago)
    )  # fmt: skip


def test_work_that_was_taken_and_never_begun_is_taken_up_again(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    del work
    _taken_and_never_begun(installation, "decision-1", ago=ABANDONED_ALONE + timedelta(minutes=1))
    _watch(installation, []).watch()
    until(lambda: held.begun == ["decision-1"])


def test_it_is_left_alone_while_it_may_still_begin(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    del work
    _taken_and_never_begun(installation, "decision-1", ago=ABANDONED_ALONE - timedelta(minutes=1))
    _taken_and_never_begun(installation, "decision-2", ago=ABANDONED_ALONE + timedelta(minutes=1))
    _watch(installation, []).watch()
    until(lambda: held.begun == ["decision-2"])


def test_where_another_process_may_be_at_it_it_has_longer(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    del work
    _taken_and_never_begun(installation, "decision-1", ago=ABANDONED - timedelta(minutes=1))
    _taken_and_never_begun(installation, "decision-2", ago=ABANDONED + timedelta(minutes=1))
    WorkWatch(installation.wardline.parts, list, QUEUES, alone=False).watch()
    until(lambda: held.begun == ["decision-2"])


def test_what_runs_here_is_not_begun_a_second_time_however_long_it_takes(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    store = installation.wardline.parts.store
    store.commit(entries=(), work=[Task(name="conclude", record_id="decision-1")])
    until(lambda: held.begun == ["decision-1"])
    _row(installation, "conclude:decision-1:0", started_at_epoch_ms=_ago(timedelta(days=1)))
    assert work._watch is not None
    work._watch.watch()
    assert list(store.taken_work(datetime.now(UTC), most=9)) == ["conclude:decision-1:0"]
    held.may_end.set()
    until(lambda: work.pending() == 0)
    assert held.begun == ["decision-1"]


def test_a_queue_that_does_not_move_is_an_alarm_until_it_does(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    store, now = installation.wardline.parts.store, [0.0]
    watch = _watch(installation, [], clock=lambda: now[0])
    most = QUEUES["wardline"]
    store.commit(
        entries=(), work=[Task(name="conclude", record_id=f"decision-{each}") for each in range(most + 1)]
    )
    until(lambda: len(held.begun) == most)
    watch.tell()
    now[0] = STANDS_SECONDS - 1
    watch.tell()
    assert store.open_alarm(AlarmKind.WORK_WAITS, "wardline") is None
    now[0] = STANDS_SECONDS
    watch.tell()
    alarm = store.open_alarm(AlarmKind.WORK_WAITS, "wardline")
    assert alarm is not None
    assert "wardline (decisions taking effect" in alarm.message
    assert [each.subject_id for each in store.open_alarms()] == ["wardline"]
    held.may_end.set()
    until(lambda: work.pending() == 0)
    watch.tell()
    assert store.open_alarm(AlarmKind.WORK_WAITS, "wardline") is None


def test_a_long_queue_that_moves_is_no_alarm(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    del work
    store, now = installation.wardline.parts.store, [0.0]
    watch = _watch(installation, [], clock=lambda: now[0])
    later = datetime.now(UTC) + timedelta(days=1)
    names = [f"decision-{each}" for each in range(QUEUES["wardline"] + 2)]
    store.commit(entries=(), work=[Task(name="conclude", record_id=each) for each in names])
    until(lambda: len(held.begun) == QUEUES["wardline"])
    watch.tell()
    first = store.first_work("wardline")
    assert first is not None
    _row(
        installation,
        first,
        status="DELAYED",
        delay_until_epoch_ms=int(later.timestamp() * 1000),
    )
    now[0] = STANDS_SECONDS
    watch.tell()
    assert store.open_alarm(AlarmKind.WORK_WAITS, "wardline") is None


def test_rows_of_what_ended_long_ago_go_and_nothing_else_does(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    store = installation.wardline.parts.store
    held.may_end.set()
    names = ["decision-1", "decision-2"]
    store.commit(entries=(), work=[Task(name="conclude", record_id=each) for each in names])
    until(lambda: work.pending() == 0)
    for name, kept in zip(names, (KEPT + timedelta(hours=1), KEPT - timedelta(hours=1)), strict=True):
        _row(installation, f"conclude:{name}:0", completed_at=_ago(kept))
    _taken_and_never_begun(installation, "decision-3", ago=timedelta(seconds=1))
    _watch(installation, []).watch()
    now = datetime.now(UTC)
    left = [*store.ended_work(now, most=99), *store.taken_work(now, most=99)]
    assert [each for each in left if each.startswith("conclude")] == [
        "conclude:decision-2:0",
        "conclude:decision-3:0",
    ]


def test_a_fault_in_one_part_keeps_none_of_the_others_from_being_done(
    installation: Installation, work: DurableWork, held: _Held
) -> None:
    del work

    def broken() -> list[str]:
        raise RuntimeError("no such part")

    store = installation.wardline.parts.store
    held.may_end.set()
    store.commit(entries=(), work=[Task(name="conclude", record_id="decision-1")])
    until(lambda: "conclude:decision-1:0" in store.ended_work(datetime.now(UTC), most=99))
    _row(installation, "conclude:decision-1:0", completed_at=_ago(KEPT + timedelta(hours=1)))
    with pytest.raises(RuntimeError, match="no such part"):
        WorkWatch(installation.wardline.parts, broken, QUEUES, alone=True).watch()
    assert "conclude:decision-1:0" not in store.ended_work(datetime.now(UTC), most=99)


def test_a_second_one_in_the_same_process_is_refused_and_stops_nothing(
    installation: Installation, work: DurableWork, held: _Held, tmp_path: Path
) -> None:
    """Without that it would work on the database of the first, and nobody on its own."""
    del work
    with wiring.open_installation(create_installation(tmp_path / "other", "")) as other:
        second = other.durable_work()
        with pytest.raises(BusyError, match="in this process already"):
            second.start()
        second.stop()
    store = installation.wardline.parts.store
    store.commit(entries=(), work=[Task(name="conclude", record_id="decision-1")])
    until(lambda: held.begun == ["decision-1"])


def test_whoever_was_stopped_does_not_stop_those_who_came_after(
    installation: Installation, held: _Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "TASKS", {"conclude": held})
    held.may_end.set()
    parts = installation.wardline.parts
    first = installation.durable_work(poll_seconds=0.05)
    first.start()
    first.stop()
    second = DurableWork(parts, parts.store.engine, poll_seconds=0.05)  # type: ignore[attr-defined]
    second.start()
    try:
        first.stop()
        parts.store.commit(entries=(), work=[Task(name="conclude", record_id="decision-1")])
        until(lambda: held.begun == ["decision-1"])
    finally:
        second.stop()


def test_each_queue_has_words_for_its_alarm() -> None:
    for queue in QUEUES:
        assert queue in work_watch._message(queue)

"""No task is lost: not when its put-off cannot be stored while the service stops, not while somebody outside hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wardline import records, wiring
from wardline.errors import StorageFullError
from wardline.pipeline import Parts, durable
from wardline.pipeline.durable import DurableWork
from wardline.testing.harness import Line
from wardline.wiring import Installation, create_installation

PATIENCE_SECONDS = 60.0
RECORD = "case-00000000000000000000000000"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with wiring.open_installation(create_installation(tmp_path, "")) as opened:
        yield opened


class FullStore:
    """A store without room for anything new, while ``full`` is set."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.full = threading.Event()
        self.refused = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *changes: records.Change, entries: Any, work: Any = ()) -> None:
        if self.full.is_set():
            self.refused.set()
            raise StorageFullError("store: the disk is full, expected room")
        self._store.commit(*changes, entries=entries, work=work)


def test_more_decisions_take_effect_in_a_second_than_fifty_people_make() -> None:
    """Each leads to a conclusion, and some to a look for who gives the second opinion."""
    decisions_in_a_second = 50 / 6.0
    most, seconds = durable.QUEUES["wardline"], durable.seconds_between_looks("wardline", 0.2)
    assert most / seconds > 2 * decisions_in_a_second


def _works(monkeypatch: pytest.MonkeyPatch, **tasks: Callable[[Parts, str, int], None]) -> None:
    monkeypatch.setattr(durable, "TASKS", {name.replace("_", "-"): task for name, task in tasks.items()})


@pytest.mark.long
def test_a_task_that_can_be_neither_done_nor_put_off_is_there_at_the_next_start(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = installation.wardline.parts
    store = FullStore(parts.store)

    def failing(_parts: Parts, _record_id: str, _attempt: int) -> None:
        store.full.set()
        raise StorageFullError("store: the disk is full, expected room")

    _works(monkeypatch, find_reviewer=failing)
    first = DurableWork(replace(parts, store=store), parts.store.engine, poll_seconds=0.05)  # type: ignore[attr-defined]
    first.start()
    parts.store.commit(entries=(), work=[records.Task(name="find-reviewer", record_id=RECORD)])
    assert store.refused.wait(PATIENCE_SECONDS)
    store.full.clear()  # DBOS has room for its own few bytes; only our commit had none
    first.stop()

    done = threading.Event()
    _works(monkeypatch, find_reviewer=lambda _parts, _record_id, _attempt: done.set())
    second = DurableWork(parts, parts.store.engine, poll_seconds=0.05)  # type: ignore[attr-defined]
    second.start()
    try:
        assert done.wait(PATIENCE_SECONDS)
    finally:
        second.stop()


def test_a_platform_that_hangs_keeps_no_decision_from_taking_effect(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = installation.wardline.parts
    hangs, filed, concluded = threading.Event(), threading.Event(), threading.Event()

    def enforce(_parts: Parts, _record_id: str, _attempt: int) -> None:
        hangs.wait(PATIENCE_SECONDS)

    _works(monkeypatch, enforce=enforce, refer=lambda *_: filed.set(), conclude=lambda *_: concluded.set())
    work = DurableWork(parts, parts.store.engine, poll_seconds=0.05)  # type: ignore[attr-defined]
    work.start()
    try:
        actions = [records.Task(name="enforce", record_id=f"action-{number}") for number in range(40)]
        parts.store.commit(entries=(), work=actions)
        others = [records.Task(name=name, record_id="r") for name in ("refer", "conclude")]
        parts.store.commit(entries=(), work=others)
        assert filed.wait(PATIENCE_SECONDS / 4)
        assert concluded.wait(PATIENCE_SECONDS / 4)
    finally:
        hangs.set()
        work.stop()


def test_work_that_goes_on_failing_for_an_unforeseen_reason_is_an_alarm_and_is_tried_again(
    line: Line,
) -> None:
    def failing(_parts: Parts, _record_id: str, _attempt: int) -> None:
        raise RuntimeError("the name of an account")

    run = DurableWork(line.parts, None)._workflow("refer", failing)
    for attempt in range(7):
        run("referral-1", attempt)
    (alarm,) = line.store.open_alarms()
    assert (alarm.kind, alarm.subject_id) == (records.AlarmKind.WORK_FAILED, "referral-1")
    assert "account" not in alarm.message
    assert [task.attempt for task in line.waiting() if task.name == "refer"] == [1, 2, 3, 4, 5, 6, 7]

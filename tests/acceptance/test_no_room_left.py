"""The disk is full or a process ends in the middle: the upload is refused, nothing is half written, a repetition succeeds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture
from wardline import records
from wardline.errors import StorageFullError
from wardline.records import AlarmKind
from wardline.testing.harness import Key, Line

ENOUGH_FOR_ORPHANS = timedelta(hours=1, minutes=1)


class KilledError(BaseException):
    """The process ended here."""


@dataclass
class At:
    """Raises at a write point, while it is switched on."""

    error: Callable[[], BaseException]
    where: str = ""
    met: list[str] = field(default_factory=list)

    def __call__(self, name: str) -> None:
        if name == self.where:
            self.met.append(name)
            raise self.error()


def full() -> StorageFullError:
    return StorageFullError("store: the disk is full, expected room")


def nothing_is_there(line: Line) -> None:
    assert line.store.cases() == []
    assert line.store.holds() == []
    assert line.waiting() == []
    day = line.clock.now().date()
    assert line.store.counts(day, day) == []


@pytest.mark.parametrize(
    "where", ["vault:before-seal", "vault:written", "vault:sealed", "store:before-commit:item:routed"]
)
def test_an_upload_that_does_not_fit_is_refused_whole(make_line: MakeLine, where: str) -> None:
    disk = At(full)
    line = make_line(reached=disk)
    line.list_of([picture()])
    key = line.platform_key()
    disk.where = where
    with pytest.raises(StorageFullError):
        line.submit(picture(), key=key, idempotency_key="first")
    assert disk.met == [where]
    nothing_is_there(line)

    disk.where = ""
    assert isinstance(line.submit(picture(), key=key, idempotency_key="first").route, records.Act)
    line.pass_time(ENOUGH_FOR_ORPHANS)
    (kept,) = line.parts.vault.inventory()
    assert kept[0] == line.store.cases()[0].item_ids[0]


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_database_that_cannot_grow_refuses_uploads_and_loses_none(make_line: MakeLine) -> None:
    line = make_line()
    line.list_of([picture()])
    key = line.platform_key()
    engine = line.store.engine  # type: ignore[attr-defined]  # the SQLite store has one
    pages = _cap(engine, 1)
    refused = 0
    for number in range(400):
        try:
            line.submit(
                picture(),
                key=key,
                content_reference=f"post-{number}",
                url="https://example.com/" + "x" * 1500,
            )
        except StorageFullError:
            refused += 1
            break
    assert refused
    kept = len(line.store.cases(most=1000))
    _cap(engine, pages * 100)
    assert isinstance(line.submit(picture(), key=key).route, records.Act)
    assert len(line.store.cases(most=1000)) == kept + 1
    line.pass_time(ENOUGH_FOR_ORPHANS)
    assert len(list(line.parts.vault.inventory())) == kept + 1


def _cap(engine: object, more: int) -> int:
    """Let the database grow by so many pages and no further; gives its pages now."""
    import sqlalchemy as sa

    assert isinstance(engine, sa.Engine)
    engine.dispose()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + more}").close()

    with engine.connect() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    engine.dispose()
    sa.event.listen(engine, "connect", limit)
    return pages


def test_a_nearly_full_disk_is_an_alarm_until_there_is_room(make_line: MakeLine) -> None:
    free = [10**6]
    line = make_line(replaced={"free_bytes": lambda: free[0]})
    line.chores.run()
    line.chores.run()
    assert [alarm.kind for alarm in line.store.open_alarms()] == [AlarmKind.DISK_FULL]
    free[0] = 10**12
    line.chores.run()
    assert line.store.open_alarms() == []


@pytest.mark.parametrize("where", ["vault:written", "vault:sealed", "store:before-commit:item:routed"])
@pytest.mark.parametrize("store", ["sqlite"])
def test_a_crash_before_the_commit_leaves_an_orphan_that_is_swept(
    make_line: MakeLine, tmp_path: Path, where: str
) -> None:
    crash = At(KilledError)
    line = make_line(reached=crash)
    line.list_of([picture()])
    key = line.platform_key()
    crash.where = where
    with pytest.raises(KilledError):
        line.submit(picture(), key=key, idempotency_key="first")
    line.close()

    later = make_line()
    nothing_is_there(later)
    assert isinstance(later.submit(picture(), key=key, idempotency_key="first").route, records.Act)
    assert later.submit(picture(), key=key, idempotency_key="first").route is None
    later.pass_time(ENOUGH_FOR_ORPHANS)
    assert len(later.store.cases()) == 1
    assert len(list(later.parts.vault.inventory())) == 1
    assert len(list((tmp_path / "vault").rglob("*.sealed"))) == 1


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_crash_after_the_commit_makes_the_repetition_a_repetition(make_line: MakeLine) -> None:
    crash = At(KilledError)
    line = make_line(reached=crash)
    line.list_of([picture()])
    key = line.platform_key()
    crash.where = "store:after-commit:item:routed"
    with pytest.raises(KilledError):
        line.submit(picture(), key=key, idempotency_key="first")
    line.close()

    later = make_line()
    assert later.submit(picture(), key=key, idempotency_key="first").route is None
    assert len(later.store.cases()) == 1


def test_an_orphan_younger_than_an_hour_is_left_for_its_commit(make_line: MakeLine) -> None:
    line = make_line()
    line.parts.vault.seal(line.parts.new_id("item"), "original", b"on its way")
    line.pass_time(timedelta(minutes=59))
    assert len(list(line.parts.vault.inventory())) == 1
    line.pass_time(timedelta(minutes=62))  # the vault is looked through once an hour
    assert list(line.parts.vault.inventory()) == []
    line.platform_key()


def test_the_loser_of_a_race_leaves_nothing_behind(line: Line) -> None:
    from concurrent.futures import ThreadPoolExecutor

    line.list_of([picture()])
    key: Key = line.platform_key()
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: line.submit(picture(), key=key, idempotency_key="same"), range(8)))
    assert sum(each.route is not None for each in done) == 1
    assert len(line.store.cases()) == 1
    assert len(list(line.parts.vault.inventory())) == 1

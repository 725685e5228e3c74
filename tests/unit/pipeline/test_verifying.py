"""The whole log is checked as durable work; what comes of it is in the log, and under an alarm when the log is what is broken."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from wardline import records, wiring
from wardline.errors import AuditLogError
from wardline.pipeline import reading, verifying
from wardline.pipeline.durable import DurableWork
from wardline.pipeline.verifying import LogState
from wardline.records import AlarmKind, Role, Verb
from wardline.testing.harness import Line
from wardline.wiring import Installation, create_installation

PATIENCE_SECONDS = 60.0
CHANGED = "UPDATE audit_entries SET leaf = CAST('{}' AS BLOB) WHERE position = 0"


@pytest.fixture
def lead(line: Line) -> records.User:
    return line.person("lea", Role.LEAD).user


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with wiring.open_installation(create_installation(tmp_path, "")) as opened:
        yield opened


def checked(line: Line, user: records.User) -> verifying.Standing:
    """Have everything checked, and say what is known afterwards."""
    line.sequence()
    line.wardline.ask_for_verification(user=user)
    line.sequence()
    line.run_due()
    line.sequence()
    return line.wardline.log_standing()


def change(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "wardline.sqlite")) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def details(line: Line, verb: Verb) -> list[str]:
    return [entry.detail for _, entry in reading.about(line.parts, verifying.LOG, 100) if entry.verb is verb]


def test_until_somebody_asks_nothing_is_known(line: Line) -> None:
    assert line.wardline.log_standing() == verifying.Standing(state=LogState.UNCHECKED)


def test_asking_is_logged_with_the_name_and_the_answer_says_how_far(line: Line, lead: records.User) -> None:
    found = checked(line, lead)
    size = line.store.log_size()
    assert found.state is LogState.VERIFIED
    assert found.at == line.clock.now()
    assert found.under_way_since is None
    assert details(line, Verb.LOG_VERIFIED) == [
        f"verified {found.entries} entries, and against 0 checkpoints kept elsewhere"
    ]
    assert found.entries == size - 1, "the answer itself came after what was checked"
    asked = next(entry for _, entry in line.wardline.entries_about("log", 9) if entry.actor == lead.id)
    assert (asked.verb, asked.detail) == (Verb.LOG_VERIFICATION_ASKED, found.asked_id)


def test_while_one_is_under_way_asking_again_starts_nothing(line: Line, lead: records.User) -> None:
    asked = line.wardline.ask_for_verification(user=lead)
    assert line.wardline.ask_for_verification(user=lead) == asked, (
        "by a second click, before the log tells of the first"
    )
    line.sequence()
    line.clock.advance(timedelta(minutes=5))
    assert line.wardline.ask_for_verification(user=lead) == asked
    assert [task.record_id for task in line.waiting()] == [asked]
    assert line.wardline.log_standing().under_way_since == line.clock.now() - timedelta(minutes=5)


def test_one_that_never_ends_does_not_stand_in_the_way_for_ever(line: Line, lead: records.User) -> None:
    asked = line.wardline.ask_for_verification(user=lead)
    line.sequence()
    line.clock.advance(timedelta(hours=1))
    assert line.wardline.log_standing().under_way_since is None
    assert line.wardline.ask_for_verification(user=lead) != asked


def test_after_one_has_ended_the_next_can_be_asked_for(line: Line, lead: records.User) -> None:
    first = checked(line, lead)
    line.clock.advance(timedelta(seconds=2))
    second = checked(line, lead)
    assert second.entries > first.entries
    assert len(details(line, Verb.LOG_VERIFIED)) == 2


def test_a_changed_entry_is_an_alarm_and_an_entry_that_names_it(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        lead = line.person("lea", Role.LEAD).user
        line.sequence()
        change(tmp_path, CHANGED)
        found = checked(line, lead)
        assert found.state is LogState.BROKEN
        assert found.message.startswith("Entry 0: its hash is not the stored one")
        assert "call the person responsible" in found.message
        (detail,) = details(line, Verb.LOG_VERIFIED)
        assert detail.startswith("failed at 0: entry 0: ")
        (alarm,) = line.store.open_alarms()
        assert (alarm.kind, alarm.subject_id, alarm.message) == (
            AlarmKind.LOG_UNVERIFIED, verifying.LOG, found.message,
        )  # fmt: skip


def test_a_changed_record_is_named_by_its_id(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        lead = line.person("lea", Role.LEAD).user
        change(tmp_path, "UPDATE users SET name = 'somebody else' WHERE id = ?", lead.id)
        assert checked(line, lead).state is LogState.BROKEN
        (detail,) = details(line, Verb.LOG_VERIFIED)
        assert detail == f"failed: records differ from what the log says of them: user:{lead.id}"


def test_whatever_somebody_wrote_into_the_database_the_answer_can_be_written_down(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        lead = line.person("lea", Role.LEAD).user
        person = line.person("mo").user
        line.sequence()
        change(tmp_path, "UPDATE users SET id = ? WHERE id = ?", "user\n\x00" + "x" * 3000, person.id)
        assert checked(line, lead).state is LogState.BROKEN
        (detail,) = details(line, Verb.LOG_VERIFIED)
        assert detail.isprintable()
        assert len(detail) <= 500


def test_what_was_found_is_known_after_a_restart(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        before = checked(line, line.person("lea", Role.LEAD).user)
    with Line(tmp_path, store="sqlite") as again:
        assert again.wardline.log_standing() == before


def test_a_check_that_was_cut_short_is_done_after_a_restart(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        line.wardline.ask_for_verification(user=line.person("lea", Role.LEAD).user)
        line.sequence()
    with Line(tmp_path, store="sqlite") as again:
        assert again.run_due() == 1
        again.sequence()
        assert again.wardline.log_standing().state is LogState.VERIFIED


def test_a_good_check_does_not_close_the_alarm_of_a_bad_one(line: Line, lead: records.User) -> None:
    verifying.tell(line.parts, "entry 3: missing, expected one before entry 4")
    line.clock.advance(timedelta(minutes=5))
    found = checked(line, lead)
    assert (found.state, found.passed_later_at) == (LogState.BROKEN, line.clock.now())
    (alarm,) = line.store.open_alarms()
    line.wardline.resolve_alarm(alarm.id, user=lead)
    assert line.wardline.log_standing().state is LogState.VERIFIED


def test_closing_the_alarm_makes_no_bad_log_good(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        lead = line.person("lea", Role.LEAD).user
        line.sequence()
        change(tmp_path, CHANGED)
        checked(line, lead)
        (alarm,) = line.store.open_alarms()
        line.wardline.resolve_alarm(alarm.id, user=lead)
        assert line.wardline.log_standing().state is LogState.BROKEN


# --- the badge -----------------------------------------------------------------------------------------------------------------------
class Counting:
    """A store that counts what is asked of it."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._store, name)


def test_the_badge_of_a_page_costs_one_small_query(line: Line, lead: records.User) -> None:
    checked(line, lead)
    store: Any = Counting(line.store)
    watch = verifying.Watch(replace(line.parts, store=store))
    first = watch.badge()
    store.asked.clear()
    for _ in range(5):
        assert watch.badge() == first
    assert store.asked == ["open_alarm"] * 5


def test_the_badge_is_ten_seconds_old_at_most_and_an_alarm_shows_at_once(
    line: Line, lead: records.User
) -> None:
    assert line.wardline.log_badge().state is LogState.UNCHECKED
    line.wardline.ask_for_verification(user=lead)
    line.run_due()
    line.sequence()
    line.clock.advance(timedelta(seconds=10))
    assert line.wardline.log_badge().state is LogState.VERIFIED
    verifying.tell(line.parts, "entry 3: missing, expected one before entry 4")
    assert line.wardline.log_badge().state is LogState.BROKEN


# --- in a running service ------------------------------------------------------------------------------------------------------------
def awaited(installation: Installation, state: LogState) -> verifying.Standing:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := installation.wardline.log_standing()).state is not state:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_a_running_service_checks_by_itself_what_was_asked_for(installation: Installation) -> None:
    wardline = installation.wardline
    wardline.parts.store.commit(entries=[wardline.parts.entry(Verb.COUNTS_LOGGED, "counts:2026-01-01")])
    work = DurableWork(wardline.parts, wardline.parts.store.engine, poll_seconds=0.02)  # type: ignore[attr-defined]
    work.settle_log()
    work.start()
    try:
        lead = records.User(
            id=wardline.parts.new_id("user"), name="lea", role=Role.LEAD, password_hash="!", created_at=wardline.parts.now()
        )  # fmt: skip
        assert wardline.ask_for_verification(user=lead) is not None
        assert awaited(installation, LogState.VERIFIED).entries > 0
    finally:
        work.stop()


def test_a_log_that_cannot_go_on_is_told_of_though_no_entry_gets_a_position(
    installation: Installation,
) -> None:
    parts = installation.wardline.parts
    parts.store.commit(entries=[parts.entry(Verb.COUNTS_LOGGED, "counts:2026-01-01")])
    work = DurableWork(parts, parts.store.engine, poll_seconds=0.02)  # type: ignore[attr-defined]
    work.settle_log()
    size = parts.store.log_size()
    assert size > 0
    change(installation.settings.data, CHANGED)

    after = DurableWork(parts, parts.store.engine, poll_seconds=0.02)  # type: ignore[attr-defined]
    parts.store.commit(entries=[parts.entry(Verb.COUNTS_LOGGED, "counts:2026-01-01")])
    after.start()
    try:
        found = awaited(installation, LogState.BROKEN)
    finally:
        with pytest.raises(AuditLogError):  # what waits cannot be signed at the end either
            after.stop()
    assert "do not give the root" in found.message
    assert parts.store.log_size() == size

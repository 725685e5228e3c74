"""The databases are set up so that acknowledged means durable, and their failures come in our own words."""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.unit.stores import databases
from wardline.adapters import stores
from wardline.errors import ConfigurationError, IntegrityError, StoreUnavailableError
from wardline.records import CaseState, Grade, Insert, Target
from wardline.testing import postgres
from wardline.testing import store_records as make


def test_a_sqlite_database_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "wardline.sqlite"
    engine = stores.open_sqlite(path)
    stores.migrate(engine)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
    engine.dispose()


def test_sqlite_syncs_every_commit_and_overwrites_what_is_deleted(tmp_path: Path) -> None:
    engine = stores.open_sqlite(tmp_path / "wardline.sqlite")
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "temp_store": 2,
    }
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in expected}
            assert found == expected
    engine.dispose()


def test_a_file_that_cannot_be_opened_is_said_to_be_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnavailableError):
        stores.open_sqlite(tmp_path / "file" / "wardline.sqlite")


def test_a_damaged_file_is_an_integrity_error(tmp_path: Path) -> None:
    path = tmp_path / "wardline.sqlite"
    path.write_bytes(b"this is no database, " * 500)
    engine = stores.open_sqlite(path)
    with pytest.raises(IntegrityError):
        stores.SqlStore(engine)
    engine.dispose()


def test_a_writer_elsewhere_that_never_ends_makes_commits_fail_and_reads_go_on(tmp_path: Path) -> None:
    engine = databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path))
    sa.event.listen(
        engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50").close()
    )
    store = stores.SqlStore(engine)
    with engine.connect() as elsewhere:
        elsewhere.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError):
            store.commit(Insert(make.case()), entries=[make.entry()])
        assert store.cases() == []
    store.commit(Insert(make.case()), entries=[make.entry()])
    assert len(store.cases()) == 1
    store.close()


@pytest.mark.parametrize("url", ["", "no address", "sqlite:///x", "mysql://host/name"])
def test_an_address_of_something_else_is_a_mistake_in_the_settings(url: str) -> None:
    with pytest.raises(ConfigurationError):
        stores.open_postgres(url)


@pytest.mark.postgres
@pytest.mark.skipif(postgres.why_no_postgres() is not None, reason=str(postgres.why_no_postgres()))
def test_a_server_that_crashes_and_comes_back_has_everything_it_acknowledged() -> None:
    with postgres.PostgresServer() as server:
        url = server.new_database()
        engine = stores.open_postgres(url)
        stores.migrate(engine)
        store = stores.SqlStore(engine)
        cases = [make.case(opened_at=make.later(minute)) for minute in range(3)]
        for case in cases:
            store.commit(Insert(case), entries=[make.entry()])
            server.restart()
        assert store.cases() == cases
        server.stop()
        with pytest.raises(StoreUnavailableError):
            store.commit(Insert(make.case()), entries=[make.entry()])
        with pytest.raises(StoreUnavailableError):
            store.cases()
        store.close()


_PARTS = re.compile(
    r"COMPOUND QUERY|LEFT-MOST SUBQUERY|UNION ALL|(CO-ROUTINE|MATERIALIZE|SCAN) anon_\d+|CORRELATED (LIST|SCALAR) SUBQUERY \d+"
    r"|SCAN (queues|lanes|targets) VIRTUAL TABLE INDEX 1:|SETUP|RECURSIVE STEP|(CO-ROUTINE|MATERIALIZE|SCAN) queues"
)
"""A part of a statement that is walked as a table of its own, and the few names that a part is read for; what it reads has its own line."""


def test_the_queries_of_the_long_lists_walk_an_index(tmp_path: Path) -> None:
    engine = databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path))
    store = stores.SqlStore(engine)
    case, hold, referral = make.case(), make.hold(), make.referral()
    store.commit(Insert(case), Insert(hold), Insert(referral), entries=[make.entry()])
    seen: list[tuple[str, tuple[object, ...]]] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: seen.append((given[2], given[3])))
    store.cases(after=case.id)
    store.cases(state=CaseState.OPEN, after=case.id)
    store.cases(account="account-1")
    for taker in (make.taker("user-1"), make.taker("user-1", "general", "german")):
        asked: dict[str, Any] = {"now": make.NOON, "taker": taker, "most": 10}
        store.waiting_cases(**asked)
        store.waiting_cases(**asked, after=case.id)
        store.urgent_cases(**asked)
        store.urgent_standings(**asked)
        store.likeliest_cases(**asked)
        store.cases_by_lot(**asked, lot=0.5)
        store.restricted_cases(**asked, before=make.NOON)
        store.imminent_cases(**asked)
        store.imminent_cases(**asked, escalated=True)
    store.open_queues()
    store.unplaced_cases(most=10)
    store.cases_in_queue("general", most=10)
    store.long_restricted(queue="general", before=make.NOON, after=case.id, most=10)
    store.claimed_cases(user_id="user-1", now=make.NOON)
    store.waiting_by_target(ends=(make.NOON, make.later(1)))
    store.first_due(queue="general", target=Target.A)
    store.count_due(queue="general", target=Target.A, by=make.NOON, most=10)
    store.opinions_by_lot(most=10)
    store.handling_times(most=10)
    store.reveals_of(case.id)
    store.actions_of(case.id)
    store.referrals(case_id=case.id)
    store.referrals(after=referral.id)
    store.holds(after=hold.id)
    store.holds_of(hold.item_id)
    store.ended_holds(make.NOON, most=10)
    store.expired_keys(make.NOON, most=10)
    store.user_named("kim")
    store.open_alarm(make.alarm().kind, "disk")
    store.sequence(lambda _: pytest.fail("nothing to sign"), most=0)
    with engine.connect() as connection:
        for statement, values in seen[:]:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            steps = [step[3] for step in plan if not _PARTS.fullmatch(step[3])]
            assert all("USING" in step and "TEMP B-TREE" not in step for step in steps), (statement, steps)
    store.close()


def test_what_somebody_does_not_take_is_passed_over_along_an_index(tmp_path: Path) -> None:
    engine = databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path))
    store = stores.SqlStore(engine)
    seen: list[tuple[str, tuple[object, ...]]] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: seen.append((given[2], given[3])))
    choosy = replace(make.taker("user-1", "general", "german"), declined=(Grade.A,), put_off=(Grade.B,))
    asked: dict[str, Any] = {"now": make.NOON, "taker": choosy, "most": 10}
    store.waiting_cases(**asked)
    store.urgent_cases(**asked)
    store.cases_by_lot(**asked, lot=0.5)
    store.restricted_cases(**asked, before=make.NOON)
    store.imminent_cases(**asked)
    with engine.connect() as connection:
        for statement, values in seen[:]:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            read = [step[3] for step in plan if " cases" in step[3]]
            assert read
            assert all("USING INDEX" in step for step in read), (statement, read)
    store.close()


def test_what_is_hidden_for_long_is_found_without_reading_what_is_not_hidden(tmp_path: Path) -> None:
    engine = databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path))
    store = stores.SqlStore(engine)
    seen: list[tuple[str, tuple[object, ...]]] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: seen.append((given[2], given[3])))
    store.restricted_cases(now=make.NOON, taker=make.taker("user-1"), before=make.NOON, most=4)
    store.long_restricted(queue="general", before=make.NOON, most=4)
    with engine.connect() as connection:
        for statement, values in seen[:]:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert "ix_cases_restricted (state=? AND queue=? AND restricted=? AND opened_at<?)" in str(plan)
    store.close()


def test_what_is_asked_on_every_page_or_is_for_few_reads_nothing_else(tmp_path: Path) -> None:
    engine = databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path))
    store = stores.SqlStore(engine)
    seen: list[tuple[str, tuple[object, ...]]] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: seen.append((given[2], given[3])))
    unseen = replace(make.taker("user-1", "general", "german"), unseen=True)
    asked: dict[str, Any] = {"now": make.NOON, "taker": unseen, "most": 10}
    wanted: dict[str, Callable[[], object]] = {
        "ix_cases_escalated (state=? AND queue=?": lambda: store.count_waiting(**asked, escalated=True),
        "ix_cases_waiting (state=? AND queue=?": lambda: store.count_waiting(**asked),
        "ix_cases_claimed_by (claimed_by=? AND state=?": lambda: store.claimed_cases(user_id="user-1", now=make.NOON),
        "ix_cases_due_at (due_at>? AND due_at<?)": lambda: store.attained(since=make.NOON, until=make.later(1)),
        "ix_cases_ending (<expr>=?": lambda: store.cases_ending("00a00z", most=10),
        "ix_referrals_ending (<expr>=?": lambda: store.referrals_ending("00a00z", most=10),
        "ix_cases_unseen_waiting (state=? AND queue=? AND unseen=? AND <expr>=?": lambda: store.waiting_cases(**asked),
        "ix_cases_unseen_views (state=? AND queue=? AND lane=? AND unseen=? AND <expr>=?": lambda: store.urgent_standings(**asked),
        "ix_cases_unseen_delay (state=? AND queue=? AND unseen=? AND <expr>=?": lambda: store.urgent_cases(**asked),
    }  # fmt: skip
    for index, ask in wanted.items():
        seen.clear()
        ask()
        with engine.connect() as connection:
            ((statement, values),) = seen[:]
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert index in str(plan), (index, plan)
        assert "ix_cases_target" not in str(plan)
    store.close()


def test_sqlite_knows_the_time_in_parts_of_a_second_whatever_its_version(tmp_path: Path) -> None:
    engine = stores.open_sqlite(tmp_path / "store.sqlite")
    try:
        with engine.connect() as connection:
            now = connection.exec_driver_sql("SELECT unixepoch('subsec')").scalar_one()
    finally:
        engine.dispose()

    assert abs(now - time.time()) < 60

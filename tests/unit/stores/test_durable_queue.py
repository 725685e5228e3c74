"""Durable work is DBOS's, in our transaction: once, in the store's database, at its time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.unit.stores import databases
from wardline.adapters import stores
from wardline.records import Task
from wardline.testing import store_records as make


@pytest.fixture(params=[databases.SQLITE, databases.POSTGRES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return databases.open_engine(request.param, databases.new_database(request.param, tmp_path))


def workflows(engine: sa.Engine) -> list[sa.RowMapping]:
    """Read what DBOS will run."""
    columns = (
        "workflow_uuid", "status", "name", "queue_name", "application_version", "application_name", "created_at",
        "delay_until_epoch_ms",
    )  # fmt: skip
    schema = "dbos" if engine.dialect.name == "postgresql" else None
    table = sa.table("workflow_status", *map(sa.column, columns), schema=schema)
    with engine.connect() as connection:
        return list(connection.execute(sa.select(table).order_by(table.c.workflow_uuid)).mappings())


def test_work_is_a_workflow_that_any_process_of_ours_takes_up(engine: sa.Engine) -> None:
    store = stores.SqlStore(engine, enqueue=stores.enqueuer(engine))
    store.commit(entries=[make.entry()], work=[Task(name="refer", record_id="referral-1", attempt=2)])
    (workflow,) = workflows(engine)
    assert workflow["workflow_uuid"] == "refer:referral-1:2"
    assert (workflow["name"], workflow["queue_name"], workflow["status"]) == (
        "refer",
        "wardline-filing",
        "ENQUEUED",
    )
    assert (workflow["application_name"], workflow["application_version"]) == ("wardline", "1")
    store.close()


def test_work_for_later_waits_by_the_given_clock(engine: sa.Engine) -> None:
    store = stores.SqlStore(engine, enqueue=stores.enqueuer(engine, now=lambda: make.NOON))
    tasks = [
        Task(name="a", record_id="r", not_before=make.NOON + timedelta(hours=2)),
        Task(name="b", record_id="r", not_before=make.NOON - timedelta(hours=2)),
    ]
    store.commit(entries=[make.entry()], work=tasks)
    later, now = workflows(engine)
    assert (later["status"], now["status"]) == ("DELAYED", "ENQUEUED")
    assert later["delay_until_epoch_ms"] - later["created_at"] == pytest.approx(7_200_000, abs=60_000)
    store.close()


def test_preparing_the_tables_again_keeps_the_work(engine: sa.Engine) -> None:
    store = stores.SqlStore(engine, enqueue=stores.enqueuer(engine))
    store.commit(entries=[make.entry()], work=[Task(name="refer", record_id="referral-1")])
    stores.migrate(engine)
    stores.prepare_durable_tables(engine)
    assert len(workflows(engine)) == 1
    store.close()

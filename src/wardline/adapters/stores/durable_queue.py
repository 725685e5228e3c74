"""Durable work joins the transaction of the records it is about. It runs on DBOS, in the store's own database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from wardline import errors, records
from wardline.adapters.stores import translation

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

APPLICATION = "wardline"
"""DBOS's name for us: the same in every process, so that any of them may take up any work."""
APPLICATION_VERSION = "1"
"""Fixed, so that work enqueued before an upgrade is taken up after it."""


def workflow_id(task: records.Task) -> str:
    """Give the workflow's id: the same work has the same id, and DBOS takes an id once."""
    return f"{task.name}:{task.record_id}:{task.attempt}"


def system_time() -> datetime:
    """Give the current time, aware, in UTC."""
    return datetime.now(UTC)


def enqueuer(
    engine: sa.Engine, *, now: Callable[[], datetime] = system_time
) -> Callable[[sa.Connection, records.Task], None]:
    """Make the function that a ``SqlStore`` on this engine enqueues its work with.

    A task is DBOS's workflow ``task.name`` with the arguments ``record_id, attempt``; it starts at ``not_before`` by this clock.
    """
    return _Enqueuer(engine, now)


def prepare_durable_tables(engine: sa.Engine) -> None:
    """Create DBOS's own tables in the store's database, or bring them up to date; they must exist before work is enqueued."""
    from dbos import DBOS

    with translation.translated():
        DBOS.migrate(engine.url.render_as_string(hide_password=False))


class _Enqueuer:
    def __init__(self, engine: sa.Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._gate = threading.Lock()
        self._client: DBOSClient | None = None

    def __call__(self, connection: sa.Connection, task: records.Task) -> None:
        options: EnqueueOptions = {
            "workflow_name": task.name,
            "queue_name": task.queue,
            "workflow_id": workflow_id(task),
            "app_version": APPLICATION_VERSION,
        }
        delay = 0.0 if task.not_before is None else (task.not_before - self._now()).total_seconds()
        if delay > 0:
            options["delay_seconds"] = delay
        client = self._connected()
        from dbos import error as dbos_error

        try:
            client.enqueue_in_transaction(connection, options, task.record_id, task.attempt)
        except dbos_error.DBOSException as error:
            raise errors.StoreUnavailableError(
                f"work {workflow_id(task)}: not taken by the queue, expected it to be"
            ) from error

    def _connected(self) -> DBOSClient:
        """Make the client on first use: importing DBOS takes half a second."""
        with self._gate:
            if self._client is None:
                from dbos import DBOSClient

                self._client = DBOSClient(
                    system_database_engine=self._engine,
                    application_name=APPLICATION,
                    use_listen_notify=False,
                    lazy=True,
                )
            return self._client

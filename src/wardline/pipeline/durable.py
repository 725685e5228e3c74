"""Durable work on DBOS: every task is a workflow in the store's own database, recovered after a crash.

A workflow's id is ``task:record:attempt``. A try that failed for an outside reason commits the next attempt with its delay, so that
nothing sleeps in a worker while a platform is down for hours. See docs/adr/0006.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from wardline import enforcement, records
from wardline.errors import AuditLogError, BusyError, WardlineError
from wardline.pipeline import alarms, fencing, idling, verifying
from wardline.pipeline.parts import Parts
from wardline.pipeline.tasks import TASKS, Chores
from wardline.pipeline.work_watch import WorkWatch

QUEUES = {
    "wardline": 4,
    "wardline-filing": 4,
    "wardline-filing-soon": 2,
    "wardline-filing-at-once": 2,
    "wardline-platforms": 8,
    "wardline-notifiers": 2,
    "wardline-log": 1,
    "wardline-lists": 2,
    "wardline-clusters": 8,
}
"""How many tasks of each queue run at a time in a process. Whoever hangs outside keeps nobody else's work waiting; see ``Task.queue``."""
_POLLED_LESS_OFTEN = {
    "wardline-filing": 5.0,
    "wardline-filing-soon": 5.0,
    "wardline-filing-at-once": 5.0,
    "wardline-notifiers": 5.0,
    "wardline-log": 5.0,
    "wardline-lists": 25.0,
    "wardline-clusters": 2.0,
}
"""Looking takes DBOS 5 ms of the processor each time, also when there is nothing, and these may wait. What restricts content on a platform
may not; nor what follows a decision: no more begins at a look than may run at a time, so that looks bound how many decisions take effect in a
second."""
_ALSO_RUNNING = 2
APPLICATION = "wardline"
APPLICATION_VERSION = "1"
"""Fixed: work enqueued by one release is carried on by the next."""

_STORE_AWAY_SECONDS = 5.0
_BEATS_BETWEEN_WATCHES = 60

_ALARM_AFTER_ATTEMPTS = 5

_log = structlog.get_logger("wardline.durable")


def seconds_between_looks(queue: str, poll_seconds: float) -> float:
    """Say how long a queue is not looked into after a look. ``QUEUES`` over this is the most that begins in a second."""
    return poll_seconds * _POLLED_LESS_OFTEN.get(queue, 1.0)


class _CutShortError(BaseException):
    """Ends a workflow without an outcome, so that the next start takes it up. Of an ``Exception`` DBOS would note that the work is done."""


class DurableWork:
    """Runs tasks and chores in this process. On SQLite exactly one process may; ``wiring`` holds the lock."""

    def __init__(self, parts: Parts, engine: Any, *, poll_seconds: float = 0.2) -> None:
        self._parts = parts
        self._engine = engine
        self._poll_seconds = poll_seconds
        self._chores = Chores(parts)
        self._failed_chores = 0
        self._stop = threading.Event()
        self._beat: threading.Thread | None = None
        self._watch: WorkWatch | None = None
        self._is_launched = False

    def start(self) -> None:
        """Launch DBOS, which first takes up what a crash left behind, and start the sequencer.

        Raises:
            BusyError: Durable work runs in this process already, on whichever database: DBOS is there once in a process.
        """
        from dbos import DBOS

        dbos = DBOS(config=_config(self._engine))
        if idling.is_launched(dbos):
            raise BusyError("durable work: runs in this process already, expected it to be stopped first")
        self._is_launched = True
        for name, task in TASKS.items():
            # Without a limit: a process that keeps being killed must not make DBOS give up what it was doing.
            DBOS.workflow(name=name, max_recovery_attempts=None)(self._workflow(name, task))
        tick = DBOS.workflow(name="chores")(self._minute())
        DBOS.launch()
        idling.spare_empty_looks(dbos, self._parts.store.may_hold_work)
        for queue, most in QUEUES.items():
            seconds = seconds_between_looks(queue, self._poll_seconds)
            DBOS.register_queue(queue, worker_concurrency=most, polling_interval_sec=seconds)
        DBOS.apply_schedules([{"schedule_name": "chores", "workflow_fn": tick, "schedule": "* * * * *"}])
        self._watch = WorkWatch(
            self._parts, idling.running(dbos), QUEUES, alone=self._engine.dialect.name == "sqlite"
        )
        self._run_chores()  # a full disk or a foreign file in the vault is no reason to take no uploads
        self._beat = threading.Thread(target=self._beat_each_second, name="wardline-sequencer", daemon=True)
        self._beat.start()

    def stop(self) -> None:
        """Finish what runs, for a few seconds at most, and leave the rest to the next start. Done already, or not started, it stops nothing."""
        from dbos import DBOS

        self._stop.set()
        if self._beat is not None:
            self._beat.join()
        if self._is_launched:
            self._is_launched = False
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=5)
        self.settle_log()

    def settle_log(self) -> None:
        """Log the counts and sequence every entry now, instead of within the next minute."""
        self._chores.counts.log()
        self._chores.sequencer.run()

    def pending(self) -> int:
        """Count the workflows that wait or run, without those that wait for a time to come."""
        from dbos import DBOS

        return len(DBOS.list_workflows(status=["PENDING", "ENQUEUED"], load_input=False, load_output=False))

    def _workflow(self, name: str, task: Callable[[Parts, str, int], None]) -> Callable[[str, int], None]:
        def workflow(record_id: str, attempt: int) -> None:
            # No DBOS steps inside: a task may run again from its start, for its record says how far it is.
            try:
                self._chores.before(name)
                task(self._parts, record_id, attempt)
            except Exception as error:  # noqa: BLE001 -- whatever it was, the record must not be left lying
                _log.error("work failed", task=name, record=record_id, attempt=attempt, error=_code(error))
                tried = fencing.tries(attempt)
                self._put_off(name, record_id, tried)
                if tried + 1 >= _ALARM_AFTER_ATTEMPTS:
                    self._tell(name, record_id, error)

        return workflow

    def _tell(self, name: str, record_id: str, error: Exception) -> None:
        """Raise an alarm about work that fails again and again for a reason that nobody foresaw: the others tell of themselves."""
        message = f"The work {name} on {record_id} fails ({_code(error)}). It is tried again; find out why."
        try:
            alarms.raise_alarm(self._parts, records.AlarmKind.WORK_FAILED, record_id, message)
        except Exception as untold:  # noqa: BLE001 -- the next try tells of it
            _log.error("alarm not raised", task=name, record=record_id, error=_code(untold))

    def _tell_log(self, error: AuditLogError) -> None:
        """Raise the alarm that the log is not what was signed: from now on no entry gets a position that could tell of it."""
        try:
            verifying.tell(self._parts, error.message)
        except Exception as untold:  # noqa: BLE001 -- the next second tells of it
            _log.error("alarm not raised", task="sequence", record=verifying.LOG, error=_code(untold))

    def _put_off(self, name: str, record_id: str, attempt: int) -> None:
        """Commit the next try. Should the store itself be away, wait for it: a workflow that is cut short is taken up at the next start."""
        delay = enforcement.retry_delay(attempt + 1, self._parts.jitter())
        later = records.Task(
            name=name, record_id=record_id, attempt=attempt + 1, not_before=self._parts.now() + delay
        )
        while True:
            try:
                self._parts.store.commit(entries=(), work=[later])
                return
            except Exception as error:  # whatever it is, giving up here would lose the task
                _log.error("work cannot be put off", task=name, record=record_id, error=_code(error))
                if self._stop.wait(_STORE_AWAY_SECONDS):
                    raise _CutShortError from error

    def _minute(self) -> Callable[[datetime, Any], None]:
        def chores(scheduled: datetime, context: Any) -> None:  # noqa: ARG001 -- the signature of a scheduled workflow
            self._run_chores()

        return chores

    def _run_chores(self) -> None:
        try:
            self._chores.run()
        except Exception as error:  # noqa: BLE001 -- the next minute tries again, whatever it was
            _log.error("chores failed", error=_code(error))
            self._failed_chores += 1
            if self._failed_chores >= _ALARM_AFTER_ATTEMPTS:
                self._tell("chores", "chores", error)
        else:
            if self._failed_chores >= _ALARM_AFTER_ATTEMPTS:
                alarms.resolve_about(self._parts, records.AlarmKind.WORK_FAILED, "chores")
            self._failed_chores = 0

    def _beat_each_second(self) -> None:
        beats = 0
        while not self._stop.wait(1.0):
            beats += 1
            if beats % _BEATS_BETWEEN_WATCHES == 0:
                self._watch_work()
            try:
                self._chores.sequencer.run()
            except Exception as error:  # noqa: BLE001 -- a thread that ends would leave the log unsigned, and nobody would hear of it
                _log.error("audit log cannot be sequenced", error=_code(error))
                if isinstance(error, AuditLogError):
                    self._tell_log(error)

    def _watch_work(self) -> None:
        try:
            if self._watch is not None:
                self._watch.watch()
        except Exception as error:  # noqa: BLE001 -- the sequencer shares this thread
            _log.error("work cannot be looked after", error=_code(error))


def _config(engine: Any) -> Any:
    return {
        "name": APPLICATION,
        "system_database_engine": engine,
        "application_version": APPLICATION_VERSION,
        "executor_id": APPLICATION,
        "log_level": "ERROR",
        "enable_otlp": False,
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 1.0,
        "scheduler_polling_interval_sec": 1.0,
        "max_executor_threads": sum(QUEUES.values()) + _ALSO_RUNNING,
    }


def _code(error: Exception) -> str:
    return error.code if isinstance(error, WardlineError) else type(error).__name__

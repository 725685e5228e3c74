"""Durable work that lies still: what was taken and not begun is taken up again, a queue that does not move is an alarm, what ended long ago goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import structlog

from wardline.pipeline import alarms, in_turn
from wardline.pipeline.parts import Parts
from wardline.records import AlarmKind

ABANDONED_ALONE = timedelta(minutes=5)
"""After so long, what is marked as running and does not run in the only process is taken up again."""
ABANDONED = timedelta(hours=1)
"""The same where another process may be running it. Should it be, nothing is done twice: a task may run again from its start."""
STANDS_SECONDS = 900.0
"""A queue of which the same work has been first for so long does not move."""
KEPT = timedelta(days=30)
"""What ended is forgotten after that. Its record says what became of it."""
_MOST_KEPT_AT_ONCE = 500
_MOST_AT_ONCE = 100
_WHAT = {
    "wardline": "decisions taking effect and messages to users",
    "wardline-filing": "reports of the third priority",
    "wardline-filing-soon": "reports of the second priority",
    "wardline-filing-at-once": "reports of the first priority",
    "wardline-platforms": "what platforms are asked to do",
    "wardline-notifiers": "alarms to those who are told of them",
    "wardline-log": "the look over the audit log, and its witnesses",
    "wardline-lists": "hash lists and what is said back to exchanges",
    "wardline-clusters": "what decisions mean for near-duplicates",
}
_log = structlog.get_logger("wardline.durable")


class WorkWatch:
    """Looks after DBOS's workflows, once a minute, from a thread that DBOS does not run.

    DBOS marks work as running in one transaction and begins it after that. Should the database go away in between, or the process of several
    that took it never come back, nobody would look at it before the next start.

    Args:
        parts: The pipeline's.
        running: Ids of the workflows that run in this process; None when that cannot be told, and then nothing is taken up.
        queues: Names.
        alone: Whether no other process does durable work on this database.
        clock: Seconds, monotonic.
    """

    def __init__(
        self, parts: Parts, running: Callable[[], Collection[str]] | None, queues: Collection[str], *, alone: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._parts = parts
        self._running = running
        self._queues = tuple(queues)
        self._abandoned = ABANDONED_ALONE if alone else ABANDONED
        self._clock = clock
        self._first: dict[str, tuple[str, float]] = {}

    def watch(self) -> None:
        """Do all three. Each is done whatever became of the others; afterwards the first error is raised."""
        in_turn.do_each((self.take_up, self.tell, self.forget))

    def take_up(self) -> None:
        """Give back to its queue what was taken long ago and does not run here."""
        from dbos import DBOS

        if self._running is None:
            return
        taken = self._parts.store.taken_work(_ago(self._abandoned), most=_MOST_AT_ONCE)
        running = set(self._running())
        for work_id, queue in taken.items():
            if work_id not in running and queue in self._queues:
                _log.warning("work was taken and not begun, it is taken up again", work=work_id)
                DBOS.resume_workflow(work_id, queue_name=queue)

    def tell(self) -> None:
        """Raise an alarm for each queue that does not move, and resolve it for each that does."""
        now = self._clock()
        for queue in self._queues:
            waits = self._parts.store.first_work(queue)
            first, since = self._first.get(queue, (None, now))
            if waits is None:
                self._first.pop(queue, None)
            elif waits != first:
                self._first[queue] = waits, now
                since = now
            if waits is not None and now - since >= STANDS_SECONDS:
                alarms.raise_alarm(self._parts, AlarmKind.WORK_WAITS, queue, _message(queue))
            else:
                alarms.resolve_about(self._parts, AlarmKind.WORK_WAITS, queue)

    def forget(self) -> None:
        """Remove the rows of what ended long ago, the oldest first."""
        from dbos import DBOS

        ended = self._parts.store.ended_work(_ago(KEPT), most=_MOST_KEPT_AT_ONCE)
        if ended:
            DBOS.delete_workflows(ended)


def _message(queue: str) -> str:
    minutes = round(STANDS_SECONDS / 60)
    return (
        f"The durable queue {queue} ({_WHAT[queue]}) has not moved for {minutes} minutes, and work waits in it. Either all that runs hangs outside, "
        "or the queue is not looked into: read the service's log, then start the service anew, which loses nothing."
    )


def _ago(span: timedelta) -> datetime:
    return datetime.now(UTC) - span  # DBOS dates its rows by the system's clock

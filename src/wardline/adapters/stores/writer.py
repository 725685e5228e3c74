"""The group commit: one thread writes what many ask for, a batch a transaction.

A durable commit costs one disk flush, whatever is in it, so that concurrent callers share it. Each request has its own savepoint:
what is wrong with one fails that one only.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import sqlalchemy as sa

from wardline import errors, ports, records
from wardline.adapters.stores import statements, transactions, translation
from wardline.adapters.stores.preparation import Prepared, TallyKey

T = TypeVar("T")
Enqueue = Callable[[sa.Connection, records.Task], None]
MOST_IN_BATCH = 256
MOST_TRIES = 5
"""How often a request may lose a deadlock against other processes before it fails."""


@dataclass(slots=True, eq=False)
class _Request:
    prepared: Prepared
    done: Future[None] = field(default_factory=Future)


@dataclass(slots=True, eq=False)
class _Alone:
    """Something that has a transaction to itself."""

    run: Callable[[sa.Connection], Any]
    done: Future[Any] = field(default_factory=Future)


class _WholeBatchError(Exception):
    """The transaction did not begin, or its COMMIT failed. Everybody hears of it and nothing is tried again: the first would
    only wait once more, of the second it is not known whether it took effect."""


def _nobody() -> None:
    """Nobody is told of commits."""


class GroupWriter:
    """Commit requests of many threads in few transactions. The thread starts with the first request."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        reached: ports.WritePoint,
        enqueue: Enqueue | None,
        committed: Callable[[], None] = _nobody,
    ) -> None:
        """Write to an engine.

        Args:
            engine: The database.
            reached: Called at the write points.
            enqueue: Adds durable work; None refuses it.
            committed: Called after each transaction that is durable, before anybody hears of it.
        """
        self._engine = engine
        self._committed = committed
        self._reached = reached
        self._enqueue = enqueue
        self._queue: SimpleQueue[_Request | _Alone | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many requests no batch has taken up yet."""
        return self._queue.qsize()

    def commit(self, prepared: Prepared) -> None:
        """Write a commit; return when it is durable."""
        if prepared.work and self._enqueue is None:
            raise errors.ConfigurationError("work: no durable queue is attached to this store, expected one")
        request = _Request(prepared)
        self._put(request)
        request.done.result()

    def alone(self, run: Callable[[sa.Connection], T]) -> T:
        """Run something in a transaction of its own, in turn with the commits, and return when it is durable."""
        job = _Alone(run)
        self._put(job)
        result: T = job.done.result()
        return result

    def close(self) -> None:
        """Finish what was asked for and stop. Later requests are refused."""
        with self._gate:
            self._closed = True
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
        if thread is not None:
            thread.join()

    def _put(self, request: _Request | _Alone) -> None:
        with self._gate:
            if self._closed:
                raise errors.StoreUnavailableError("store: closed, expected an open one")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="wardline-store-writer", daemon=True)
                self._thread.start()
            self._queue.put(request)

    def _serve(self) -> None:
        following: _Request | _Alone | None = None
        while (first := following or self._queue.get()) is not None:
            if isinstance(first, _Alone):
                self._serve_alone(first)
                following = None
                continue
            batch, following, stopped = self._gather(first)
            self._write(batch)
            if stopped:
                return

    def _gather(self, first: _Request) -> tuple[list[_Request], _Alone | None, bool]:
        """Take what is waiting, without waiting for more."""
        batch = [first]
        while len(batch) < MOST_IN_BATCH:
            try:
                request = self._queue.get_nowait()
            except Empty:
                break
            if not isinstance(request, _Request):
                return batch, request, request is None
            batch.append(request)
        return batch, None, False

    def _serve_alone(self, job: _Alone) -> None:
        try:
            with translation.translated(), transactions.writing(self._engine) as connection:
                result = job.run(connection)
                connection.commit()
            self._committed()
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the caller that waits
            job.done.set_exception(error)
        else:
            job.done.set_result(result)

    def _write(self, batch: list[_Request], tries: int = MOST_TRIES) -> None:
        """Write a batch; when its transaction breaks, write its requests one by one, so that each gets its own answer."""
        try:
            self._transact(batch)
        except _WholeBatchError as error:
            _fail(batch, error.__cause__)
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the callers that wait
            if len(batch) > 1:
                for request in batch:
                    self._write([request])
            elif tries > 1 and translation.lost_race(error):
                self._write(batch, tries - 1)
            else:
                _fail(batch, error)

    def _transact(self, batch: list[_Request]) -> None:
        """Write a batch in one transaction and answer once it is durable; raises when it broke as a whole."""
        refused: dict[_Request, BaseException] = {}
        counts: Counter[tuple[date, records.Step]] = Counter()
        tallies: Counter[TallyKey] = Counter()
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(transactions.writing(self._engine))
            except Exception as error:
                raise _WholeBatchError from error
            for request in batch:
                try:
                    self._apply(connection, request.prepared)
                except BaseException as error:
                    if _breaks(error):
                        raise
                    refused[request] = _translated(error)
                else:
                    counts.update(request.prepared.counts)
                    tallies.update(request.prepared.tallies)
            statements.add_counts(connection, counts)
            statements.add_tallies(connection, tallies)
            try:
                connection.commit()
            except BaseException as error:
                raise _WholeBatchError from error
        self._committed()
        self._answer(batch, refused)

    def _apply(self, connection: sa.Connection, prepared: Prepared) -> None:
        """Write one request behind its own savepoint, which text makes: after an error that ended the transaction there is
        nothing left to roll back to, and trying would hide that error."""
        connection.exec_driver_sql("SAVEPOINT request")
        try:
            statements.write(connection, prepared)
            for task in prepared.work:
                if self._enqueue is not None:
                    self._enqueue(connection, task)
            self._reached(f"store:before-commit:{prepared.name}")
        except BaseException as error:
            if not _breaks(error):
                connection.exec_driver_sql("ROLLBACK TO SAVEPOINT request")
            raise
        connection.exec_driver_sql("RELEASE SAVEPOINT request")

    def _answer(self, batch: list[_Request], refused: dict[_Request, BaseException]) -> None:
        for request in batch:
            error = refused.get(request)
            if error is None:
                try:
                    self._reached(f"store:after-commit:{request.prepared.name}")
                except BaseException as raised:  # noqa: BLE001 - a fault test's own error belongs to the caller
                    error = raised
            if error is not None:
                request.done.set_exception(error)
            else:
                request.done.set_result(None)


def _breaks(error: BaseException) -> bool:
    """Say whether more than a statement failed: SQLite may have rolled back the transaction by itself."""
    return isinstance(error, sa.exc.SQLAlchemyError) and not isinstance(
        error, sa.exc.IntegrityError | sa.exc.DataError
    )


def _fail(batch: list[_Request], error: BaseException | None) -> None:
    for request in batch:
        # Each caller gets its own: a traceback grows wherever an exception is raised again.
        request.done.set_exception(_translated(error))


def _translated(error: BaseException | None) -> BaseException:
    if isinstance(error, sa.exc.SQLAlchemyError | UnicodeEncodeError | OverflowError):
        translated = translation.translate(error)
        translated.__cause__ = error
        return translated
    return error or errors.StoreUnavailableError("store: the writer was interrupted, expected it to finish")

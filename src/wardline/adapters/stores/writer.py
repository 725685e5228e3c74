"""The group commit: one of the threads that ask for commits writes for all that ask meanwhile, a batch a transaction.

A durable commit costs one disk flush, whatever is in it, so that concurrent callers share it. Each request has its own savepoint:
what is wrong with one fails that one only. On PostgreSQL a commit of much is written beside them, as by another process. Whoever finds nobody writing writes what waits; no thread is woken to do it, which would take
longer than to add to a counter. Whoever finds somebody writing is told when theirs is done, and need not wait for whoever writes next.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from wardline import errors, ports, records
from wardline.adapters.stores import statements, transactions, translation
from wardline.adapters.stores.jobs import Alone, Pause, Request, outcome
from wardline.adapters.stores.preparation import Prepared, TallyKey
from wardline.adapters.stores.quick_counts import NotCommittedError, QuickCounts

T = TypeVar("T")
Enqueue = Callable[[sa.Connection, records.Task], None]
MOST_IN_BATCH = 256
MUCH = 8
"""A request with more changes than this is in no batch with those that came before it: they would wait until all of it is written. On PostgreSQL, where
several may write at once, nobody waits for it at all."""
MOST_TRIES = 5
"""How often a request may lose a deadlock against other processes before it fails."""


class _WholeBatchError(Exception):
    """The transaction did not begin, or its COMMIT failed. Everybody hears of it and nothing is tried again: the first would
    only wait once more, of the second it is not known whether it took effect."""


def _nobody() -> None:
    """Nobody is told of commits."""


class GroupWriter:
    """Commit requests of many threads in few transactions."""

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
            committed: Called after each transaction, once everybody's answer is known. It is durable then, but for one of counts alone. It must not fail.
        """
        self._engine = engine
        self._committed = committed
        self._reached = reached
        self._enqueue = enqueue
        self._waiting: deque[Request | Alone | Pause] = deque()
        self._gate = threading.Lock()
        """Around what waits."""
        self._writing = threading.Lock()
        """Whoever holds it writes."""
        self._much = threading.Lock()
        """Whoever holds it writes beside the others; one at a time, so that connections are left."""
        self._beside = 0
        """How many write beside the others or wait for it."""
        self._nobody_beside = threading.Condition(self._gate)
        self._closed = False
        self._is_shared = engine.dialect.name == "postgresql"
        self._quick = QuickCounts(engine) if engine.dialect.name == "sqlite" else None

    @property
    def waiting(self) -> int:
        """How many requests no batch has taken up yet."""
        return len(self._waiting)

    def commit(self, prepared: Prepared) -> None:
        """Write a commit; return when it is durable. Counts alone are written then, and are durable a moment later: see ``quick_counts``."""
        if prepared.work and self._enqueue is None:
            raise errors.ConfigurationError("work: no durable queue is attached to this store, expected one")
        request = Request(prepared=prepared)
        if self._is_shared and len(prepared.writes) > MUCH:
            self._write_beside(request)
        else:
            self._done(request)

    def alone(self, run: Callable[[sa.Connection], T]) -> T:
        """Run something in a transaction of its own, and return when it is durable: on SQLite in turn with the commits, on PostgreSQL beside them, as
        another process would. It is run again from its start, in a new transaction, when the database gave up the first for another one: it does nothing
        beside that transaction that may not be done twice."""
        job = Alone(run=run)
        if self._is_shared:
            with self._beside_others():
                self._serve_alone(job)
            return cast("T", outcome(job))
        return cast("T", self._done(job))

    def paused(self, run: Callable[[], None]) -> None:
        """Run something in turn with the commits, while nobody of this process writes, and return when it is done. It writes nothing itself."""
        self._done(Pause(run=run))

    def close(self) -> None:
        """Finish what was asked for and stop. Later requests are refused."""
        with self._gate:
            self._closed = True
            self._nobody_beside.wait_for(lambda: not self._beside)
        with self._writing:
            while self._waiting:
                self._serve()
            if self._quick is not None:
                self._quick.close()

    def _write_beside(self, request: Request) -> None:
        """Write a commit of much in a transaction that nobody else waits for."""
        with self._beside_others(), self._much:
            self._write([request])
        outcome(request)

    @contextmanager
    def _beside_others(self) -> Iterator[None]:
        """Have ``close`` wait for this thread's own transaction."""
        with self._gate:
            self._require_open()
            self._beside += 1
        try:
            yield
        finally:
            with self._gate:
                self._beside -= 1
                self._nobody_beside.notify_all()

    def _require_open(self) -> None:
        if self._closed:
            raise errors.StoreUnavailableError("store: closed, expected an open one")

    def _done(self, job: Request | Alone | Pause) -> Any:
        """Wait until it is done, by this thread or by another that writes before it."""
        with self._gate:
            self._require_open()
            self._waiting.append(job)
        while not job.is_done:
            if not self._writing.acquire(blocking=False):
                job.wait()
                continue
            try:
                if not job.is_done:
                    self._serve()
            finally:
                self._writing.release()
                self._tell_next()
        return outcome(job)

    def _tell_next(self) -> None:
        """Have the one that waits longest write what came meanwhile."""
        with self._gate:
            if self._waiting:
                self._waiting[0].tell()

    def _serve(self) -> None:
        """Do what waits first: commits that wait together, without waiting for more, or something that is to be alone."""
        batch: list[Request] = []
        with self._gate:
            while self._waiting and len(batch) < MOST_IN_BATCH:
                first = self._waiting[0]
                if not isinstance(first, Request) or (batch and len(first.prepared.writes) > MUCH):
                    break
                batch.append(first)
                self._waiting.popleft()
            alone = self._waiting.popleft() if not batch else None
        try:
            if isinstance(alone, Alone):
                self._serve_alone(alone)
            elif isinstance(alone, Pause):
                _serve_pause(alone)
            else:
                self._write(batch)
        except BaseException:
            # Only what is meant for this thread comes here, as Ctrl-C is: the others that wait must not wait for ever.
            _fail([each for each in batch if not each.is_done], None)
            raise

    def _serve_alone(self, job: Alone) -> None:
        try:
            with translation.translated():
                result = self._transact_alone(job.run)
        except KeyboardInterrupt:  # is meant for this thread, which need not be the one that asked
            job.fail(_translated(None))
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the caller that waits
            job.fail(error)
        else:
            job.succeed(result)
            self._committed()

    def _transact_alone(self, run: Callable[[sa.Connection], T], tries: int = MOST_TRIES) -> T:
        try:
            with transactions.writing(self._engine) as connection:
                result = run(connection)
                connection.commit()
                return result
        except sa.exc.DBAPIError as error:
            if tries == 1 or not translation.lost_race(error):
                raise
        return self._transact_alone(run, tries - 1)

    def _write(self, batch: list[Request], tries: int = MOST_TRIES) -> None:
        """Write a batch; when its transaction breaks, write its requests one by one, so that each gets its own answer."""
        quick = self._quick if all(_only_counts(each.prepared) for each in batch) else None
        try:
            if quick is not None:
                self._count(batch, quick)
            else:
                self._transact(batch)
        except KeyboardInterrupt:  # is meant for this thread; the others hear that it was interrupted
            raise
        except (_WholeBatchError, NotCommittedError) as error:
            _fail(batch, error.__cause__)
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the callers that wait
            if len(batch) > 1:
                for request in batch:
                    self._write([request])
            elif tries > 1 and translation.lost_race(error):
                self._write(batch, tries - 1)
            else:
                _fail(batch, error)
        else:
            # Outside: what goes wrong in it must not have anything written again.
            if quick is None:
                self._committed()

    def _transact(self, batch: list[Request]) -> None:
        """Write a batch in one transaction and answer once it is durable; raises when it broke as a whole."""
        refused: dict[Request, BaseException] = {}
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
                    if _breaks(error) or isinstance(error, KeyboardInterrupt):
                        raise
                    refused[request] = _translated(error)
                else:
                    counts.update(request.prepared.counts)
                    tallies.update(request.prepared.tallies)
            statements.add_counts(connection, counts)
            statements.add_tallies(connection, tallies)
            try:
                connection.commit()
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                raise _WholeBatchError from error
        self._answer(batch, refused)

    def _count(self, batch: list[Request], quick: QuickCounts) -> None:
        """Do the same for a batch of counts, which cannot be in conflict with anything."""
        counts: Counter[tuple[date, records.Step]] = Counter()
        for request in batch:
            counts.update(request.prepared.counts)

        def written() -> None:
            for request in batch:
                self._reached(f"store:before-commit:{request.prepared.name}")

        quick.add(counts, written)
        self._answer(batch, {})

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

    def _answer(self, batch: list[Request], refused: dict[Request, BaseException]) -> None:
        for request in batch:
            error = refused.get(request)
            if error is None:
                try:
                    self._reached(f"store:after-commit:{request.prepared.name}")
                except BaseException as raised:  # noqa: BLE001 - a fault test's own error belongs to the caller
                    error = raised
            if error is not None:
                request.fail(error)
            else:
                request.succeed()


def _serve_pause(job: Pause) -> None:
    try:
        job.run()
    except KeyboardInterrupt:  # is meant for this thread, which need not be the one that asked
        job.fail(_translated(None))
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the caller that waits
        job.fail(error)
    else:
        job.succeed()


def _only_counts(prepared: Prepared) -> bool:
    others = (prepared.writes, prepared.lines, prepared.tallies, prepared.loads, prepared.unlinks, prepared.work)  # fmt: skip
    return bool(prepared.counts) and not any(others)


def _breaks(error: BaseException) -> bool:
    """Say whether more than a statement failed: SQLite may have rolled back the transaction by itself."""
    return isinstance(error, sa.exc.SQLAlchemyError) and not isinstance(
        error, sa.exc.IntegrityError | sa.exc.DataError
    )


def _fail(batch: list[Request], error: BaseException | None) -> None:
    for request in batch:
        # Each caller gets its own: a traceback grows wherever an exception is raised again.
        request.fail(_translated(error))


def _translated(error: BaseException | None) -> BaseException:
    if isinstance(error, sa.exc.SQLAlchemyError | UnicodeEncodeError | OverflowError):
        translated = translation.translate(error)
        translated.__cause__ = error
        return translated
    return error or errors.StoreUnavailableError("store: the writer was interrupted, expected it to finish")

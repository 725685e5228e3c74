"""SQLite's checkpoints, beside the commits.

What is committed stands in SQLite's log, and some time it has to be copied into the database itself. By default whoever commits next does that, and
everybody behind them waits for some thousand pages to be written and flushed. A passive checkpoint keeps nobody waiting. But while commit follows
commit it never reaches the end of the log, which grows until commits do copy it; so what little is left then is copied while nobody writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import sqlalchemy as sa

from wardline.errors import StoreUnavailableError

_PAUSE_SECONDS = 0.5
"""From a commit to the checkpoint: often, so that there is little to copy at a time."""
MANY_PAGES = 16_000
"""A log of so many, 64 MiB, is begun anew: by what changes very much at once. Others end before, when nothing is written for a moment."""
_READERS_WAIT_MS = 20
"""How long commits wait for those who still read in the old log. Most read for less; for a long answer it is tried again after the next commit."""
_TRIES = 10
"""How often a moment between two commits is looked for."""
Run = Callable[[], None]


class Checkpoints:
    """Copies what was committed, from a thread of its own that starts with the first commit."""

    def __init__(self, engine: sa.Engine, while_nobody_writes: Callable[[Run], None]) -> None:
        """Copy for an engine of SQLite.

        Args:
            engine: The database.
            while_nobody_writes: Runs something while nobody of this process writes.
        """
        self._engine = engine
        self._while_nobody_writes = while_nobody_writes
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._committed = threading.Event()
        self._closed = threading.Event()

    def note_commit(self) -> None:
        """Have a commit copied in a moment; returns at once."""
        self._committed.set()
        with self._gate:
            if self._thread is None and not self._closed.is_set():
                thread = threading.Thread(target=self._serve, name="wardline-checkpoints", daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # no more threads, or the process ends: what was committed is safe, and the next commit tries again
                    return
                self._thread = thread

    def close(self) -> None:
        """Stop; what is not copied yet is safe in the log."""
        with self._gate:
            self._closed.set()
            thread = self._thread
        self._committed.set()
        if thread is not None:
            thread.join()

    def _serve(self) -> None:
        while True:
            self._committed.wait()
            if self._closed.wait(_PAUSE_SECONDS):
                return
            self._committed.clear()
            if self._closed.is_set():  # since the wait ended: what woke this thread for it was just cleared
                return
            try:
                self._copy()
            except (sa.exc.SQLAlchemyError, StoreUnavailableError):
                # A full disk, say, or the writer was closed meanwhile. Nothing is lost: with enough pages in the log the commits themselves try, and tell
                # of it.
                continue

    def _copy(self) -> None:
        with self._engine.connect() as connection:
            if _checkpoint(connection, "PASSIVE") >= MANY_PAGES:
                _flush(connection)
                connection.detach()  # whoever gets the next one shall wait as long as ever
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_READERS_WAIT_MS}").close()
                self._while_nobody_writes(lambda: _begin_anew(connection))


def _flush(connection: sa.Connection) -> None:
    """Have the database flushed beside the commits. SQLite flushes it when a checkpoint reached the end of the log, so that is tried a few times between
    two commits: what was copied before would else be flushed while nobody may write."""
    pages = 0
    for _ in range(_TRIES):
        before, pages = pages, _checkpoint(connection, "PASSIVE")
        if pages == before:
            return


def _begin_anew(connection: sa.Connection) -> None:
    _checkpoint(connection, "RESTART")


def _checkpoint(connection: sa.Connection, mode: str) -> int:
    """Copy what can be copied; gives how many pages the log has."""
    _, pages, _ = connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})").one()
    return int(pages)

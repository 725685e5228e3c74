"""SQLite's checkpoints, beside the commits.

What is committed stands in SQLite's log, and some time it has to be copied into the database itself. By default whoever commits next does that, and
everybody behind them waits for some thousand pages to be written and flushed. A passive checkpoint keeps nobody waiting.
"""

from __future__ import annotations

import threading

import sqlalchemy as sa

_PAUSE_SECONDS = 0.5
"""From a commit to the checkpoint: often, so that there is little to copy at a time."""


class Checkpoints:
    """Copies what was committed, from a thread of its own that starts with the first commit."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
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
            except sa.exc.SQLAlchemyError:
                # A full disk, say. Nothing is lost: with enough pages in the log the commits themselves try, and tell of it.
                continue

    def _copy(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").close()

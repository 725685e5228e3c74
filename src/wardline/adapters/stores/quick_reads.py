"""Small reads from SQLite past the layers that take most of the time: for what every request, or every idle moment, asks."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

import sqlalchemy as sa

from wardline import records

_KEY = "SELECT * FROM api_keys WHERE secret_digest = ? LIMIT 1"
_WORK = """SELECT EXISTS (SELECT 1 FROM workflow_status WHERE queue_name = ? AND status = 'ENQUEUED' AND status IN ('ENQUEUED', 'PENDING'))"""
"""The second condition is the one by which DBOS's index is found."""
_MOST_KNOWN = 1_000
"""Keys whose records are kept; with more it starts anew."""
_Row = tuple[Any, ...]


class QuickReads:
    """Reads single rows on a connection of its own. Safe to call from many threads.

    Whatever goes wrong, the answer is that nothing can be said: whoever then asks in the ordinary way hears what it was.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: sa.PoolProxiedConnection | None = None
        self._closed = False
        self._known: dict[str, tuple[_Row, records.ApiKey]] = {}

    def key_row(self, secret_digest: str) -> _Row | None:
        """Read the row of a key as it is now; None when there is none, or that cannot be said."""
        return self._first(_KEY, secret_digest)

    def key_of(self, secret_digest: str, row: _Row) -> records.ApiKey | None:
        """Give the record that was made of this very row. The row is read each time, so that a key counts until the commit that takes it back
        and no longer, whichever process commits; making a record of it takes longer than that."""
        before = self._known.get(secret_digest)
        return before[1] if before is not None and before[0] == row else None

    def keep_key(self, secret_digest: str, row: _Row, key: records.ApiKey) -> None:
        """Keep the record of a row. It was read after the row was: should it have changed in between, the next row is another one."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[secret_digest] = (row, key)

    def may_hold_work(self, queue: str) -> bool:
        """Say whether work waits in a queue; True as well when that cannot be said."""
        found = self._first(_WORK, queue)
        return found is None or bool(found[0])

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._closed = True
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _first(self, statement: str, value: str) -> _Row | None:
        try:
            with self._lock:
                if self._closed:
                    return None
                if self._connection is None:
                    self._connection = self._engine.raw_connection()
                driver: Any = self._connection.driver_connection
                found: _Row | None = driver.execute(statement, (value,)).fetchone()
                return found
        except (sqlite3.Error, sa.exc.SQLAlchemyError):
            return None

"""The key of a request, read from SQLite as it is now for a fifteenth of what the ordinary way takes: every request needs one."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

import sqlalchemy as sa

from wardline import records

_ROW = "SELECT * FROM api_keys WHERE secret_digest = ? LIMIT 1"
_MOST_KNOWN = 1_000
"""Keys whose records are kept; more than this come from nobody who means well, and start it anew."""


class KeyReads:
    """Reads rows of keys on a connection of its own. Safe to call from many threads.

    The row is read each time, so that a key counts no longer than until the commit that takes it back, whichever process commits; only the
    record that was made of the very same row before is not made again.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: sa.PoolProxiedConnection | None = None
        self._closed = False
        self._known: dict[str, tuple[tuple[Any, ...], records.ApiKey]] = {}

    def row(self, secret_digest: str) -> tuple[Any, ...] | None:
        """Read the row as it is now; None when there is none, or when it cannot be read this way."""
        try:
            with self._lock:
                if self._closed:
                    return None
                if self._connection is None:
                    self._connection = self._engine.raw_connection()
                found: tuple[Any, ...] | None = self._connection.driver_connection.execute(  # type: ignore[union-attr]
                    _ROW, (secret_digest,)
                ).fetchone()
                return found
        except (sqlite3.Error, sa.exc.SQLAlchemyError):
            return None  # whoever reads it the ordinary way hears what is wrong

    def known(self, secret_digest: str, row: tuple[Any, ...]) -> records.ApiKey | None:
        """Give the record that was made of this very row."""
        before = self._known.get(secret_digest)
        return before[1] if before is not None and before[0] == row else None

    def keep(self, secret_digest: str, row: tuple[Any, ...], key: records.ApiKey) -> None:
        """Keep the record of a row. It was read after the row was: should it have changed in between, the next row is another one."""
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[secret_digest] = (row, key)

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._closed = True
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

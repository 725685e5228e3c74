"""As much of Python's ``sqlite3`` as SQLAlchemy and our store use, over APSW: a twin of the driver, for files on a recorded disk.

It makes its own transactions as that one does: one begins before the first statement that changes something, in the way that
``isolation_level`` names, unless one is open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import apsw

apilevel, paramstyle, threadsafety = "2.0", "qmark", 1
sqlite_version_info = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
sqlite_version = apsw.sqlite_lib_version()
Error = sqlite3.Error
Warning = sqlite3.Warning  # noqa: A001 - DB-API's name
InterfaceError, DatabaseError, DataError = sqlite3.InterfaceError, sqlite3.DatabaseError, sqlite3.DataError
OperationalError, IntegrityError = sqlite3.OperationalError, sqlite3.IntegrityError
InternalError, ProgrammingError = sqlite3.InternalError, sqlite3.ProgrammingError
NotSupportedError, Binary = sqlite3.NotSupportedError, sqlite3.Binary
PARSE_DECLTYPES, PARSE_COLNAMES = sqlite3.PARSE_DECLTYPES, sqlite3.PARSE_COLNAMES

_CHANGING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def connect(database: str, *, vfs: str, **_: Any) -> Connection:
    """Open a database on a virtual file system."""
    return Connection(apsw.Connection(database, vfs=vfs))


class Connection:
    """A connection as ``sqlite3`` has it."""

    def __init__(self, inner: apsw.Connection) -> None:
        self._inner = inner
        self.isolation_level: str | None = ""

    @property
    def in_transaction(self) -> bool:
        return self._inner.in_transaction

    def cursor(self, *_: Any) -> Cursor:
        return Cursor(self, self._inner)

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        return self.cursor().execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Any]) -> Cursor:
        return self.cursor().executemany(statement, rows)

    def create_function(self, name: str, numargs: int, function: Callable[..., Any], **_: Any) -> None:
        self._inner.create_scalar_function(name, function, numargs)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self._inner.close()


class Cursor:
    """A cursor as ``sqlite3`` has it; it reads all rows at once."""

    arraysize = 1

    def __init__(self, connection: Connection, inner: apsw.Connection) -> None:
        self._connection = connection
        self._inner = inner
        self._rows: Iterator[Any] = iter(())
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        changes = statement.lstrip()[:7].upper().startswith(_CHANGING)
        if changes and self._connection.isolation_level is not None and not self._connection.in_transaction:
            self._run(f"BEGIN {self._connection.isolation_level}", ())
        before = self._inner.total_changes()
        rows = self._run(statement, values)
        self._rows = iter(rows)
        self.rowcount = self._inner.total_changes() - before if changes else -1
        self.lastrowid = self._inner.last_insert_rowid()
        return self

    def executemany(self, statement: str, rows: Iterable[Any]) -> Cursor:
        count = 0
        for values in rows:
            count += self.execute(statement, values).rowcount
        self.rowcount = count
        return self

    def _run(self, statement: str, values: Any) -> list[Any]:
        cursor = self._inner.cursor()
        self.description = None
        cursor.exec_trace = self._described
        try:
            return list(cursor.execute(statement, values))
        except apsw.ConstraintError as error:
            raise IntegrityError(str(error)) from error
        except apsw.Error as error:
            raise OperationalError(str(error)) from error
        finally:
            cursor.close()

    def _described(self, cursor: apsw.Cursor, statement: str, values: Any) -> bool:
        described = cursor.get_description()
        self.description = [(each[0], *(None,) * 6) for each in described] or None
        return True

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return list(islice(self._rows, size or self.arraysize))

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def close(self) -> None:
        self._rows = iter(())

"""The database's exceptions, in Wardline's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from wardline import errors

_SQLITE_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_POSTGRES_FULL = "53100"  # disk_full. Source: PostgreSQL manual, appendix A, as the next two lines.
_POSTGRES_UNIQUE = "23505"  # unique_violation
_POSTGRES_LOST_RACE = ("40001", "40P01")  # serialization_failure, deadlock_detected


@contextmanager
def translated() -> Iterator[None]:
    """Raise Wardline's errors in the place of the database's."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, UnicodeEncodeError, OverflowError) as error:
        raise translate(error) from error


def translate(error: Exception) -> errors.WardlineError:
    """Give the error that says what the operator does next. Nothing of the statement or its values is repeated."""
    origin = getattr(error, "orig", error)
    state = getattr(origin, "sqlstate", None)
    code = getattr(origin, "sqlite_errorcode", 0)
    if isinstance(error, sa.exc.IntegrityError):
        if state == _POSTGRES_UNIQUE or "UNIQUE" in str(origin):
            return errors.AlreadyExistsError("record: its id or unique name is taken, expected a new one")
        return errors.IntegrityError("record: against the rules of its table, expected a complete record")
    if isinstance(error, sa.exc.DataError | UnicodeEncodeError | OverflowError):
        return errors.InputError(
            "record: holds a value that cannot be stored, expected valid Unicode and 64-bit numbers"
        )
    if (
        state == _POSTGRES_FULL
        or (code & 0xFF) == sqlite3.SQLITE_FULL
        or code == sqlite3.SQLITE_IOERR_SHMSIZE
    ):
        return errors.StorageFullError("store: the disk is full, expected room for one more commit")
    if (code & 0xFF) in _SQLITE_CORRUPT:
        return errors.IntegrityError("store: the database file is damaged, expected what was written")
    return errors.StoreUnavailableError(
        f"store: the database does not answer ({type(origin).__name__}), expected it to"
    )


def lost_race(error: BaseException) -> bool:
    """Say whether the database gave up a transaction only because of another one, so that it may be tried again at once."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in _POSTGRES_LOST_RACE

"""Counts alone, added on SQLite without the layers between: every upload that is released commits nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import cast

import sqlalchemy as sa

from wardline import records

_ADD = "INSERT INTO counts (day, step, count) VALUES {} ON CONFLICT (day, step) DO UPDATE SET count = count + excluded.count"


class NotCommittedError(Exception):
    """Nothing was written, or it is not known to be committed; the cause says why."""


class QuickCounts:
    """Adds to the counters on a connection of its own. Used by one thread at a time.

    A commit is not waited for until it is on the disk, which would be most of what it costs: counts survive the end of the process in any
    way, and a power cut from the next commit of anything else on, which the counts logged each minute are. See docs/adr/0021.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.PoolProxiedConnection | None = None

    def add(self, counts: Mapping[tuple[date, records.Step], int], written: Callable[[], None]) -> None:
        """Add to the counters in a transaction of their own; returns when it is committed.

        Args:
            counts: What to add.
            written: Called just before, when nothing is committed; what it raises keeps everything from being written. One statement writes and
                commits, for each at which the interpreter's lock is given up has threads wait for each other.

        Raises:
            NotCommittedError: See there.
        """
        values = [
            value for (day, step), count in counts.items() for value in (day.isoformat(), step.value, count)
        ]
        try:
            driver = self._opened()
            written()
            _run(driver, _ADD.format(", ".join(["(?, ?, ?)"] * len(counts))), values)
        except BaseException:
            self.close()  # and with it whatever it still holds
            raise

    def close(self) -> None:
        """End the connection: the pool must not lend one that commits otherwise than its others."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._connection = self._engine.raw_connection()
            except sa.exc.SQLAlchemyError as error:
                raise NotCommittedError from error
            driver = cast("sqlite3.Connection", self._connection.driver_connection)
            driver.isolation_level = None  # each statement is a transaction of its own
            _run(driver, "PRAGMA synchronous=NORMAL")
        return cast("sqlite3.Connection", self._connection.driver_connection)


def _run(driver: sqlite3.Connection, statement: str, values: Sequence[object] = ()) -> None:
    try:
        driver.execute(statement, values)
    except sqlite3.Error as error:
        raise NotCommittedError from _as_sqlalchemys(statement, error)


def _as_sqlalchemys(statement: str, error: sqlite3.Error) -> BaseException:
    return sa.exc.DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True)

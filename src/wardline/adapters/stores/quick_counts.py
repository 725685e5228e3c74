"""Counts alone, added on SQLite without the layers between: every upload that is released commits nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from typing import cast

import sqlalchemy as sa

from wardline import records

_ADD = "INSERT INTO counts (day, step, count) VALUES (?, ?, ?) ON CONFLICT (day, step) DO UPDATE SET count = count + excluded.count"


class NotCommittedError(Exception):
    """The transaction did not begin, or its COMMIT failed; the cause says why."""


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
            written: Called when everything is written and nothing is committed; what it raises takes everything back.

        Raises:
            NotCommittedError: See there. What else fails comes as SQLAlchemy's errors, as from any other statement.
        """
        rows = [(day.isoformat(), step.value, amount) for (day, step), amount in counts.items()]
        try:
            driver = self._opened()
            _run(driver, "BEGIN IMMEDIATE")
            try:
                driver.executemany(_ADD, rows)
            except sqlite3.Error as error:
                raise _as_sqlalchemys(_ADD, error) from error
            written()
            _run(driver, "COMMIT")
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
            _run(cast("sqlite3.Connection", self._connection.driver_connection), "PRAGMA synchronous=NORMAL")
        return cast("sqlite3.Connection", self._connection.driver_connection)


def _run(driver: sqlite3.Connection, statement: str) -> None:
    try:
        driver.execute(statement)
    except sqlite3.Error as error:
        raise NotCommittedError from _as_sqlalchemys(statement, error)


def _as_sqlalchemys(statement: str, error: sqlite3.Error) -> BaseException:
    return sa.exc.DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True)

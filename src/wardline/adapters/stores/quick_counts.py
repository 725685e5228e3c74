"""Counts alone, added on SQLite without the layers between: every upload that is released commits nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from wardline import records

_ADD = "INSERT INTO counts (day, step, count) VALUES (?, ?, ?) ON CONFLICT (day, step) DO UPDATE SET count = count + excluded.count"


class NotCommittedError(Exception):
    """The transaction did not begin, or its COMMIT failed; the cause says why."""


def add(
    engine: sa.Engine, counts: Mapping[tuple[date, records.Step], int], written: Callable[[], None]
) -> None:
    """Add to the counters in a transaction of their own; returns when it is durable.

    Args:
        engine: Of SQLite.
        counts: What to add.
        written: Called when everything is written and nothing is durable; what it raises takes everything back.

    Raises:
        NotCommittedError: See there. What else fails comes as SQLAlchemy's errors, as from any other statement.
    """
    connection = engine.raw_connection()
    try:
        _run(connection, "BEGIN IMMEDIATE")
        rows = [(day.isoformat(), step.value, amount) for (day, step), amount in counts.items()]
        try:
            driver: Any = connection.driver_connection
            driver.executemany(_ADD, rows)
        except sqlite3.Error as error:
            raise _as_sqlalchemys(_ADD, error) from error
        written()
        _run(connection, "COMMIT")
    except BaseException:
        # Like any transaction that broke: the pool must not lend a connection with a lock on it.
        connection.invalidate()
        raise
    connection.close()


def _run(connection: sa.PoolProxiedConnection, statement: str) -> None:
    driver: Any = connection.driver_connection
    try:
        driver.execute(statement)
    except sqlite3.Error as error:
        raise NotCommittedError from _as_sqlalchemys(statement, error)


def _as_sqlalchemys(statement: str, error: sqlite3.Error) -> BaseException:
    return sa.exc.DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True)

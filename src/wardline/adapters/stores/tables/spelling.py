"""The columns as tables spell them, and the one place that knows all tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wardline.adapters.stores.columns import UtcTime, text

metadata = sa.MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)


def an_id() -> sa.Column[Any]:
    """Give the primary key."""
    return sa.Column("id", text(), primary_key=True)


def a_text(name: str) -> sa.Column[Any]:
    """Give a text that is always there."""
    return sa.Column(name, text(), nullable=False)


def a_text_or_none(name: str) -> sa.Column[Any]:
    """Give a text that may be missing."""
    return sa.Column(name, text(), nullable=True)


def a_number(name: str) -> sa.Column[Any]:
    """Give a whole number."""
    return sa.Column(name, sa.BigInteger(), nullable=False)


def a_number_or_none(name: str) -> sa.Column[Any]:
    """Give a whole number that may be missing."""
    return sa.Column(name, sa.BigInteger(), nullable=True)


def a_fraction(name: str) -> sa.Column[Any]:
    """Give a fraction that is always there."""
    return sa.Column(name, sa.Double(), nullable=False)


def a_fraction_or_none(name: str) -> sa.Column[Any]:
    """Give a fraction that may be missing."""
    return sa.Column(name, sa.Double(), nullable=True)


def a_yes_no(name: str) -> sa.Column[Any]:
    """Give a yes or no."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def a_yes_no_or_none(name: str) -> sa.Column[Any]:
    """Give a yes or no that may be missing."""
    return sa.Column(name, sa.Boolean(), nullable=True)


def a_time(name: str) -> sa.Column[Any]:
    """Give a moment."""
    return sa.Column(name, UtcTime(), nullable=False)


def a_time_or_none(name: str) -> sa.Column[Any]:
    """Give a moment that may be missing."""
    return sa.Column(name, UtcTime(), nullable=True)


def some_bytes(name: str) -> sa.Column[Any]:
    """Give bytes."""
    return sa.Column(name, sa.LargeBinary(), nullable=False)

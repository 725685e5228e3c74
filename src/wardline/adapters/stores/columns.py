"""The column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcTime(sa.types.TypeDecorator[Any]):
    """An aware time in UTC: ``timestamptz`` on PostgreSQL, elsewhere ISO-8601 text with microseconds, which sorts as time does."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Give the type that this database stores."""
        native = sa.TIMESTAMP(timezone=True) if dialect.name == "postgresql" else sa.Text()
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | str | None:
        """Turn a time into what is stored."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn what is stored into a time. Text that is no time stays as it is: the codec refuses it, the drift check reports it."""
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        try:
            return None if value is None else datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return value


def text() -> sa.types.TypeEngine[str]:
    """Give the type for text that is compared by code point on both databases."""
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def ordinal() -> sa.types.TypeEngine[int]:
    """Give the type of a number that the database counts up; SQLite does that for ``INTEGER`` only."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")

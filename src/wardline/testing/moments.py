"""Times and ids of the records that tests make."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from wardline import records

NOON = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)


def new_id(kind: str, at: datetime = NOON) -> str:
    """Make an id."""
    return records.new_id(kind, at, secrets.token_bytes(10))


def later(minutes: float) -> datetime:
    """Give the time so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)

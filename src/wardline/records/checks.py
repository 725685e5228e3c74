"""Checks that several records share. Each raises ``InputError`` with the field's name and never its content."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from wardline.errors import InputError

_NO_TEXT = re.compile(r"[\x00-\x1f\ud800-\udfff]")


def require_utc(field: str, value: datetime | None) -> None:
    """Require an aware time in UTC."""
    if value is not None and (value.tzinfo is None or value.utcoffset() != timedelta(0)):
        raise InputError(f"{field}: time without UTC zone, expected an aware time in UTC")


def require_text(field: str, value: str, *, most: int) -> None:
    """Require 1 to ``most`` characters, not only white space, none of them a control character or half of one."""
    if not value or len(value) > most:
        raise InputError(f"{field}: {len(value)} characters, expected 1 to {most}")
    if not value.strip():
        raise InputError(f"{field}: blank, expected text")
    if _NO_TEXT.search(value):
        raise InputError(f"{field}: holds control characters, expected plain text")


def require_range(field: str, value: float, low: float, high: float) -> None:
    """Require ``low <= value <= high``; NaN fails."""
    if not low <= value <= high:
        raise InputError(f"{field}: outside its range, expected {low} to {high}")

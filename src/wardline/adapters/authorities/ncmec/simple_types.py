"""Whether a text is a value of one of the schema's simple types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from wardline.adapters.authorities.ncmec.values import ENUMERATIONS, PATTERNS

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](0\d|1[0-4]):[0-5]\d)?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-](0\d|1[0-4]):[0-5]\d)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_DOUBLE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN")
_SPACE = " \t\r\n"


def parse_moment(text: str) -> datetime | None:
    """Read a dateTime; None when it is none. Without a zone the result is naive."""
    text = text.strip(_SPACE)
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_true(text: str | None) -> bool:
    """Read a boolean that is known to be well formed."""
    return (text or "").strip(_SPACE) in {"true", "1"}


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text.strip(_SPACE))
    if found is None:
        return False
    try:
        date.fromisoformat(found.group(1))
    except ValueError:
        return False
    return True


def _is_integer(text: str, bits: int) -> bool:
    text = text.strip(_SPACE)
    return _INTEGER.fullmatch(text) is not None and -(2 ** (bits - 1)) <= int(text) < 2 ** (bits - 1)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "string": lambda _: True,
    "token": lambda _: True,
    "boolean": lambda text: text.strip(_SPACE) in {"true", "false", "1", "0"},
    "true": lambda text: (
        text == "" or text.strip(_SPACE) == "true"
    ),  # schema processors differ about "1"; nobody needs it
    "int": lambda text: _is_integer(text, 32),
    "long": lambda text: _is_integer(text, 64),
    "double": lambda text: _DOUBLE.fullmatch(text.strip(_SPACE)) is not None,
    "dateTime": lambda text: parse_moment(text) is not None,
    "date": _is_date,
}


BUILT_IN_TYPES = frozenset(_CHECKS)
"""The simple types that every schema has, as far as ours needs them, and ``true``."""


def is_value(
    type_: str,
    text: str,
    enumerations: Mapping[str, frozenset[str]] = ENUMERATIONS,
    patterns: Mapping[str, str] = PATTERNS,
) -> bool:
    """Say whether a text is a value of a simple type. ``KeyError`` for a type that the schema does not have."""
    if type_ in enumerations:
        return text in enumerations[type_]
    if type_ in patterns:
        return re.fullmatch(patterns[type_], text) is not None
    return _CHECKS[type_](text)

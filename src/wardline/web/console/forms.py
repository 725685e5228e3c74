"""Forms as browsers send them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

Fields = Mapping[str, tuple[str, ...]]
"""What was sent: the values of each field, in order."""
_MOST_FIELDS = 200


def fields_of(body: bytes) -> Fields:
    """Read the fields of a form; a body that is none has none."""
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (UnicodeDecodeError, ValueError):
        return {}
    return {name: tuple(values) for name, values in fields.items()}


def first(fields: Fields, name: str) -> str:
    """Give the first value of a field; empty when it was not sent."""
    return fields.get(name, ("",))[0]

"""What an exchange answered, where that is not what it should be."""

from __future__ import annotations

import json
from typing import Any

from wardline.errors import HashExchangeError


def parsed(name: str, body: bytes) -> dict[str, Any]:
    """Read an answer that must be a JSON object."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise foreign(name, "not a JSON object")
    return value


def foreign(name: str, what: str) -> HashExchangeError:
    """Make the error for an answer that is not of the exchange's form."""
    return HashExchangeError(
        f"exchange {name}: the answer is {what}, expected a page of the exchange",
        remedy="Something else may have answered in its place (a proxy, a page about maintenance), or the exchange has changed its form: "
        "it is asked again by itself; if that lasts, look for a newer version of Wardline.",
    )

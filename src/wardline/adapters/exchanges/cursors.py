"""Cursors: where a fetch goes on, as text that the store keeps. They name their exchange and environment, and hold no secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from wardline.errors import ConfigurationError

_VERSION = 1
_LONGEST = 20_000
_LARGEST = 1 << 53


class State:
    """What a cursor remembers. What is not there, or of another kind, is an error that ``wrong`` makes."""

    def __init__(self, values: Mapping[str, object], wrong: Callable[[], ConfigurationError]) -> None:
        self._values = values
        self._wrong = wrong

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def number(self, key: str) -> int:
        """Give a whole number, zero or more."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LARGEST:
            raise self._wrong()
        return value

    def text(self, key: str) -> str:
        """Give a text."""
        value = self._values.get(key)
        if not isinstance(value, str):
            raise self._wrong()
        return value

    def texts(self, key: str) -> dict[str, str]:
        """Give a table of texts."""
        value = self._values.get(key)
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise self._wrong()
        return value


class Cursors:
    """Writes and reads the cursors of one exchange and environment.

    Args:
        name: What the settings call the exchange, for messages.
        exchange: The adapter.
        environment: Which of the exchange's lists.
    """

    def __init__(self, name: str, exchange: str, environment: str) -> None:
        self._name = name
        self._environment = environment
        self._own = {"v": _VERSION, "exchange": exchange, "environment": environment}

    def write(self, **state: str | int | Mapping[str, str] | None) -> str:
        """Make a cursor of what to remember; what is None is left out."""
        kept = {key: value for key, value in state.items() if value is not None}
        return json.dumps({**self._own, **kept}, separators=(",", ":"), ensure_ascii=True)

    def read(self, cursor: str) -> State:
        """Read a cursor.

        Raises:
            ConfigurationError: It is another exchange's or environment's, or none at all.
        """
        try:
            values = json.loads(cursor) if len(cursor) <= _LONGEST else None
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict) or values.get("v") != _VERSION:
            raise self._foreign()
        if any(values.get(key) != value for key, value in self._own.items()):
            raise ConfigurationError(
                f"exchange {self._name}: a cursor of another exchange or environment, expected one of {self._environment}",
                remedy="Set adapter and options of this exchange back as they were; what it was set to now comes as an exchange "
                "of another name, with a list of its own.",
            )
        return State(values, self._foreign)

    def _foreign(self) -> ConfigurationError:
        return ConfigurationError(
            f"exchange {self._name}: a cursor of another form, expected one that this adapter made",
            remedy="Add the exchange as a list of its own, and disable this one when that is active.",
        )

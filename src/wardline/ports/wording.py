"""How messages to people are worded."""

from __future__ import annotations

from typing import Protocol

from wardline import enforcement


class Wording(Protocol):
    """Turns facts into the plain text that a person reads."""

    def compose(self, facts: enforcement.Facts) -> str:
        """Write a message of 1 to 10,000 characters. The same facts give the same text."""
        ...

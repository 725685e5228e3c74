"""Marks that stand for what must never be told: in whatever comes out they are found again, plain, in upper case, in hex or in base 64."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any

_SHORTEST = 8


@dataclass
class Planted:
    """What was planted, by the name of the field that it went into."""

    marks: dict[str, str] = field(default_factory=dict)

    def mark(self, name: str) -> str:
        """Make a mark for a field: letters and digits only, so that it can stand in names, addresses and URLs."""
        made = f"zq{name.replace('_', '')}{secrets.token_hex(5)}qz"
        self.marks[name] = made
        return made

    def email(self, name: str) -> str:
        """Make an e-mail address with a mark in it."""
        return f"{self.mark(name)}@mail.example"

    def keep(self, name: str, value: str) -> str:
        """Take a value that somebody else made, such as a key or a hash."""
        if len(value) < _SHORTEST:
            raise ValueError(
                f"{name}: {len(value)} characters, expected so many that they stand nowhere by chance"
            )
        self.marks[name] = value
        return value

    def found_in(self, what: bytes | str) -> list[str]:
        """Give the names of the fields whose marks stand in it."""
        data = what.encode("utf-8", "replace") if isinstance(what, str) else what
        folded = data.lower()
        return [
            name for name, mark in self.marks.items()
            if any(form.lower() in folded for form in _forms(mark)) or any(form in data for form in _base64(mark))
        ]  # fmt: skip


def _forms(mark: str) -> tuple[bytes, ...]:
    return mark.encode(), mark.encode().hex().encode()


def _base64(mark: str) -> list[bytes]:
    """Give what is the same of a mark's base 64 wherever it stands in what was encoded."""
    found = []
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + mark.encode())
        start = -(-before * 4 // 3) + (1 if before else 0)
        found.append(encoded[start : len(encoded) - 4])
    return found


def toml(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(each)}" for name, each in value.items()) + " }"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else '"' + str(value) + '"'

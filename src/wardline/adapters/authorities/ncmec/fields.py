"""The field rules as data: every field that the CyberTipline documents, how often it may stand, and what else it demands of it.

The table is ``fields.toml``. A newer documentation is a new version of it, never a silent edit.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

_ROW = re.compile(r"(?P<place>\S+)\s+(?P<occurs>[1?*+])(?P<rules>[^\[]*)(?:\[(?P<documented>\S+)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One demand on a field: a named check of ``checks.CHECKS`` with its arguments."""

    name: str
    arguments: tuple[str, ...] = ()

    @property
    def notation(self) -> str:
        """Give it as the table has it."""
        return ":".join((self.name, *self.arguments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the documentation."""

    section: str
    """Where the documentation has it: ``"B.5"``."""
    title: str
    """What that section is about, in our words."""
    owner: str
    """A type of the schema."""
    name: str
    """An element of it, or an attribute with ``@`` before its name."""
    occurs: str
    """``1 ? * +``."""
    rules: tuple[Rule, ...]
    documented: str
    """``parent/name`` as the documentation has it, which is not always where the schema has it."""

    @property
    def place(self) -> str:
        """Give owner and name in one."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batched:
    """What holds of a report in batched mode, and of its file."""

    absent: frozenset[tuple[str, str]]
    """Owner and name of what may not stand there."""
    only: dict[str, frozenset[str]]
    """By type: the only elements that may stand in it."""
    most_files: int


def _field(section: dict[str, Any], notation: str) -> Field:
    found = _ROW.fullmatch(notation)
    if found is None:
        raise ValueError(f"fields.toml: {notation!r} is malformed, expected place, occurrence and rules")
    owner, name = found["place"].rsplit("/", 1)
    rules = tuple(
        Rule(name=each.split(":")[0], arguments=tuple(each.split(":")[1:])) for each in found["rules"].split()
    )
    documented = found["documented"] or found["place"].replace("@", "")
    return Field(
        section=section["number"], title=section["title"], owner=owner, name=name, occurs=found["occurs"], rules=rules,
        documented=documented,
    )  # fmt: skip


def _batched(table: dict[str, Any]) -> Batched:
    places = (place.rsplit("/", 1) for place in table["absent"])
    return Batched(
        absent=frozenset((owner, name) for owner, name in places),
        only={owner: frozenset(names) for owner, names in table["only"].items()},
        most_files=table["most_files"],
    )


_TABLE = tomllib.loads(resources.files(__package__).joinpath("fields.toml").read_text(encoding="utf-8"))

VERSION: str = _TABLE["rules"]
"""Which documentation the rules are from: year and month."""
SCHEMA_VERSION: str = _TABLE["schema"]
"""Which schema its places are places of."""
FIELDS: tuple[Field, ...] = tuple(
    _field(section, notation) for section in _TABLE["section"] for notation in section["fields"]
)
"""Every documented field, in the documentation's order."""
BATCHED = _batched(_TABLE["batched"])
LENGTHS: dict[tuple[str, str], int] = {
    (field.owner, field.name.lstrip("@")): int(rule.arguments[0])
    for field in FIELDS for rule in field.rules if rule.name == "most"
}  # fmt: skip
"""Longest value in characters, by type and child element or attribute. The schema does not enforce these."""

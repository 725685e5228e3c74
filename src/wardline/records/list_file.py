"""How a hash list file is to be read: its form, and what the category numbers in it mean here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ListForm(StrEnum):
    """The forms of a hash list file."""

    AUTO = "auto"
    """By the file's suffix: ``.csv``, ``.json``, ``.jsonl`` or ``.ndjson``."""
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    VICS = "vics"
    HMA = "hma"


class CategoryMeaning(StrEnum):
    """What becomes of the entries of one category number."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    TAKE = "take"
    """Taken without a category of ours."""
    SKIP = "skip"
    """Not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryProfile:
    """The category numbers of one kind of document. None is built in: numbers mean different things in different countries."""

    document: str
    """The profile that the documents themselves name (``"US"``, ``"UK"``, ``"Default"``, ``"CUSTOM"``). VICS 1 names none."""
    categories: dict[str, CategoryMeaning]
    """Category number to its meaning; ``"none"`` for media without a category, which are not taken unless it is here."""

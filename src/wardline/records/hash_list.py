"""Hash lists: who made them, how far they are trusted, and their entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.category import Category
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.hashes import HASH_BYTES, HashKind
from wardline.records.ids import require_id


class ListTrust(StrEnum):
    """How sure the list's owner is, which decides what a match may do."""

    VERIFIED = "verified"
    """Every entry was confirmed by people under a known procedure: a match restricts at once."""
    UNVERIFIED = "unverified"
    """A match is a reason to look, nothing more."""


class HashListState(StrEnum):
    PROPOSED = "proposed"
    """Loaded, waiting for a second person."""
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class HashList:
    """A bank of hashes under one provenance."""

    id: str
    name: str
    """Unique, 1 to 100 characters."""
    provenance: str
    """Who compiled it and how it came here, 1 to 500 characters."""
    trust: ListTrust
    state: HashListState
    entries: int
    """Number of entries."""
    created_at: datetime
    created_by: str
    """User id."""
    refreshed_at: datetime
    """When entries last arrived; an old list raises an alarm."""
    version: int = 1
    batches: int = 0
    """How many batches made it what it is: the newest one's number."""

    def __post_init__(self) -> None:
        require_id("hash-list", self.id)
        require_text("hash list name", self.name, most=100)
        require_text("hash list provenance", self.provenance, most=500)
        require_utc("created_at", self.created_at)
        require_utc("refreshed_at", self.refreshed_at)


class BatchChange(StrEnum):
    """What a batch does to its list."""

    ADD = "add"
    """Entries that were not there."""
    MARK = "mark"
    """Entries that are there, and of another category now."""
    REMOVE = "remove"
    """Entries that are there, and shall not be found any more."""


MOST_IN_BATCH = 8192
"""Hashes in a batch: a quarter of a megabyte is quick to write, to check and to read."""
_CATEGORIES: tuple[Category | None, ...] = (None, *Category)
"""What the bytes of ``HashBatch.categories`` mean, from 0. New ones go to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashBatch:
    """Many hashes of one kind that came to a list, changed or left it together. Written once; a list is all of its batches in order."""

    id: str
    list_id: str
    number: int
    """From 1: the order in which a list's batches are applied."""
    change: BatchChange
    kind: HashKind
    hashes: bytes
    """1 to 8,192 hashes, one after the other, each of the length its kind has."""
    categories: bytes = b""
    """A byte for each hash, see ``category_code``; none for a removal."""

    def __post_init__(self) -> None:
        length = HASH_BYTES[self.kind]
        require_range("batch number", self.number, 1, 2**31)
        if len(self.hashes) % length or not length <= len(self.hashes) <= length * MOST_IN_BATCH:
            raise InputError(
                f"{self.id}: {len(self.hashes)} bytes of {self.kind}, expected 1 to {MOST_IN_BATCH} times {length}"
            )
        expected = 0 if self.change is BatchChange.REMOVE else self.size
        if len(self.categories) != expected or any(code >= len(_CATEGORIES) for code in set(self.categories)):
            raise InputError(f"{self.id}: malformed categories, expected {expected} that are known")

    @property
    def size(self) -> int:
        """How many hashes it holds."""
        return len(self.hashes) // HASH_BYTES[self.kind]


def category_code(category: Category | None) -> int:
    """Give the byte for a category in a batch."""
    return _CATEGORIES.index(category)


def category_of(code: int) -> Category | None:
    """Give the category of a byte in a batch."""
    return _CATEGORIES[code]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One entry as a source gives it, before it has an id."""

    kind: HashKind
    value: str
    category: Category | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedLine:
    """A line that was skipped. It holds a number and a reason, never the line."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashListPage:
    """What a source gives in one step."""

    added: tuple[EntryChange, ...]
    malformed: tuple[MalformedLine, ...]
    cursor: str | None
    """Where to go on; None at the end."""

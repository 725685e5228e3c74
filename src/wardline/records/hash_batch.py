"""Batches: what came to a hash list, changed or left it together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.category import Category
from wardline.records.checks import require_range
from wardline.records.hashes import HASH_BYTES, HashKind


class BatchChange(StrEnum):
    """What a batch does to its list."""

    ADD = "add"
    """Entries that were not there."""
    MARK = "mark"
    """Entries that are there, and of another category now."""
    REMOVE = "remove"
    """Entries that are there, and shall not be found any more."""
    JOIN = "join"
    """Entries that are there, and that one more contributor of the exchange tells of."""
    LEAVE = "leave"
    """Entries that stay, for others tell of them still, and one contributor withdrew."""


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
    """A byte for each hash, see ``category_code``; none where none is told: for removals, and for who joins or leaves."""
    keys: bytes = b""
    """What an exchange calls each entry, UTF-8, with a line feed after each; empty for lists from files. Needed to apply a withdrawal,
    which names no hash, and to tell the owner what became of a match."""

    def __post_init__(self) -> None:
        length = HASH_BYTES[self.kind]
        require_range("batch number", self.number, 1, 2**31)
        if len(self.hashes) % length or not length <= len(self.hashes) <= length * MOST_IN_BATCH:
            raise InputError(
                f"{self.id}: {len(self.hashes)} bytes of {self.kind}, expected 1 to {MOST_IN_BATCH} times {length}"
            )
        expected = self.size if self.change in (BatchChange.ADD, BatchChange.MARK) else 0
        if len(self.categories) != expected or any(code >= len(_CATEGORIES) for code in set(self.categories)):
            raise InputError(f"{self.id}: malformed categories, expected {expected} that are known")
        if self.keys and (self.keys.count(b"\n") != self.size or not self.keys.endswith(b"\n")):
            raise InputError(f"{self.id}: malformed keys, expected {self.size} or none")
        if not self.keys and self.change in (BatchChange.JOIN, BatchChange.LEAVE):
            raise InputError(f"{self.id}: tells of contributors without keys, expected a key for each hash")

    @property
    def size(self) -> int:
        """How many hashes it holds."""
        return len(self.hashes) // HASH_BYTES[self.kind]

    def digest(self, place: int) -> bytes:
        """Give one of its hashes, by its place from 0."""
        length = HASH_BYTES[self.kind]
        return self.hashes[place * length : (place + 1) * length]


def category_code(category: Category | None) -> int:
    """Give the byte for a category in a batch."""
    return _CATEGORIES.index(category)


def category_of(code: int) -> Category | None:
    """Give the category of a byte in a batch."""
    return _CATEGORIES[code]

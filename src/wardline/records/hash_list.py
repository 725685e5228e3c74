"""Hash lists: who made them, how far they are trusted, and their entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.category import Category
from wardline.records.checks import require_text, require_utc
from wardline.records.hashes import HashKind
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

    def __post_init__(self) -> None:
        require_id("hash-list", self.id)
        require_text("hash list name", self.name, most=100)
        require_text("hash list provenance", self.provenance, most=500)
        require_utc("created_at", self.created_at)
        require_utc("refreshed_at", self.refreshed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashListEntry:
    """One hash of a list."""

    id: str
    list_id: str
    kind: HashKind
    value: str
    """Lower-case hexadecimal."""
    category: Category | None = None


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

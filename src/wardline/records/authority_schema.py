"""The schema that an authority serves: a copy of each that was ever seen, and what it means for what Wardline sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wardline.records.checks import require_text, require_utc
from wardline.records.ids import require_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaReading:
    """What a served schema is, beside the one that this version of Wardline was made for."""

    digest: str
    """SHA-256 of its bytes, hexadecimal."""
    gone: tuple[str, ...]
    """What it has no place for any more: ``type/element`` or ``type/@attribute``."""
    new: tuple[str, ...]
    """What it has that this version does not know."""
    changed: tuple[str, ...] = ()
    """What both have, in another form: of another type, needed or not, as often; and closed sets with other values in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoritySchema:
    """One schema as it was served, from the day on which it was first seen."""

    id: str
    authority: str
    """Name of the adapter."""
    environment: str
    """Of which of the authority's systems it is."""
    digest: str
    """SHA-256 of the bytes, hexadecimal."""
    first_seen_at: datetime
    body: bytes
    understood: bool
    """Whether this could be read; documents are written by the newest that could."""

    def __post_init__(self) -> None:
        require_id("authority-schema", self.id)
        require_text("authority", self.authority, most=64)
        require_text("environment", self.environment, most=64)
        require_text("digest", self.digest, most=64)
        require_utc("first_seen_at", self.first_seen_at)

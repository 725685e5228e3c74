"""Hash lists: who made them, what they mean, and how far they are trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id

WIDEST_RADIUS_BITS = 31
"""Two PDQ hashes farther from each other are those of different pictures. Source: ThreatExchange, PDQ signal type, match threshold."""
MOST_SURFACES = 50


class ListTrust(StrEnum):
    """How sure the list's owner is, which decides what a match may do."""

    VERIFIED = "verified"
    """Every entry was confirmed by people under a known procedure: a match restricts at once."""
    UNVERIFIED = "unverified"
    """A match is a reason to look, nothing more."""


class ListMeaning(StrEnum):
    """What the list's owner says of its entries. Lists of different meaning stay apart: no decision may rest on the wrong one.

    It is told to whoever reviews a match. It decides nothing by itself: what is illegal where, counsel must confirm.
    """

    ILLEGAL = "illegal"
    """Abuse of children, as the law or the scale of the owner's country grades it."""
    GENERATED = "generated"
    """The same, made or altered by a machine."""
    EXPLOITATIVE = "exploitative"
    """Harmful to a child, and not illegal everywhere."""
    INTIMATE = "intimate"
    """Somebody's own pictures, shared against their will."""
    EXTREMIST = "extremist"
    """Terrorist or violent extremist content."""
    HOUSE_RULES = "house-rules"
    """Against the platform's own rules."""

    @property
    def words(self) -> str:
        """What a reviewer reads."""
        return _MEANING_WORDS[self]


_MEANING_WORDS = {
    ListMeaning.ILLEGAL: "graded illegal by its owner",
    ListMeaning.GENERATED: "graded illegal and machine-made by its owner",
    ListMeaning.EXPLOITATIVE: "graded exploitative by its owner, which is not illegal everywhere",
    ListMeaning.INTIMATE: "reported as intimate and shared without consent",
    ListMeaning.EXTREMIST: "graded as extremist by its owner",
    ListMeaning.HOUSE_RULES: "against the platform's own rules",
}


class ListRole(StrEnum):
    """What a list is there for."""

    BANK = "bank"
    """What is on it is looked for."""
    NEGATIVE = "negative"
    """Known to be harmless: what is on it was taken for an entry of a bank, and people said that it is none."""
    CANARY = "canary"
    """Harmless pictures that no entry of a bank may be near: an entry that is, is held."""


class HashListState(StrEnum):
    PROPOSED = "proposed"
    """Loaded, waiting for a second person."""
    ACTIVE = "active"
    PREVIEW = "preview"
    """Looked up and counted, without any effect on an upload: what would it find?"""
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTerms:
    """How a list is used. Each field as in ``HashList``."""

    trust: ListTrust
    meaning: ListMeaning = ListMeaning.ILLEGAL
    role: ListRole = ListRole.BANK
    radius_bits: int = WIDEST_RADIUS_BITS
    surfaces: tuple[str, ...] = ()


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
    """When its source was last read to the end; an old list raises an alarm."""
    version: int = 1
    batches: int = 0
    """How many batches made it what it is: the newest one's number."""
    meaning: ListMeaning = ListMeaning.ILLEGAL
    role: ListRole = ListRole.BANK
    radius_bits: int = WIDEST_RADIUS_BITS
    """A PDQ hash this near, inclusive, is found; 0 to 31."""
    surfaces: tuple[str, ...] = ()
    """Where on the platform it is looked up, in the platform's own words (``UploadContext.surface``). Empty: everywhere."""
    source: str = ""
    """The exchange that it is fetched from, as ``[[matching.exchanges]]`` names it; empty for files."""
    cursor: str | None = None
    """How far the exchange was read, in its adapter's words."""
    may_change: bool = False
    """Two people agreed that its next sync may change as much as it likes."""
    revision: int = 1
    """Counts what people changed: state, terms, a file that was read again. A proposal names it. What an exchange brings does not count, or
    no proposal would live until a second person sees it."""

    def __post_init__(self) -> None:
        require_id("hash-list", self.id)
        require_text("hash list name", self.name, most=100)
        require_text("hash list provenance", self.provenance, most=500)
        require_utc("created_at", self.created_at)
        require_utc("refreshed_at", self.refreshed_at)
        require_range("hash list radius_bits", self.radius_bits, 0, WIDEST_RADIUS_BITS)
        if len(self.surfaces) > MOST_SURFACES or len(set(self.surfaces)) < len(self.surfaces):
            raise InputError(f"hash list surfaces: expected at most {MOST_SURFACES}, each once")
        for surface in self.surfaces:
            require_text("hash list surface", surface, most=64)

    @property
    def is_searched(self) -> bool:
        """Whether uploads are looked up in it, with or without effect."""
        return self.state in (HashListState.ACTIVE, HashListState.PREVIEW)

    def covers(self, surface: str | None) -> bool:
        """Say whether it is looked up for a surface; None is nowhere in particular, which every list covers."""
        return surface is None or not self.surfaces or surface in self.surfaces

"""Signals: every reason to look at an item, and the one value for "could not be scanned"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.category import Category
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.hash_list import ListMeaning, ListTrust
from wardline.records.hashes import HashKind
from wardline.records.report_incidents import IncidentKind

IMMINENT_DANGER = "imminent-danger"
"""The reason of a flag that says that a child may be in danger now."""


class Doubt(StrEnum):
    """Why a match alone restricts nothing, however far its list is trusted. A person decides."""

    HELD = "held"
    """Somebody, or the machine, doubts the entry; see ``HeldEntry``."""
    DISPUTED = "disputed"
    """The file is on a negative list as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An item's hash lies within the radius of a list's entry."""

    list_id: str
    entry_id: str
    hash_kind: HashKind
    distance_bits: int
    """0 for the same hash; at most 31 for PDQ."""
    trust: ListTrust
    category: Category | None
    """What the list's owner says it is."""
    meaning: ListMeaning = ListMeaning.ILLEGAL
    """What the list's owner says of all its entries."""
    doubt: Doubt | None = None

    def __post_init__(self) -> None:
        require_range("distance_bits", self.distance_bits, 0, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A detector's calibrated opinion."""

    detector: str
    detector_version: str
    probability: float
    """0 to 1, calibrated."""

    def __post_init__(self) -> None:
        require_range("probability", self.probability, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialNotice:
    """What police, or another authority, gave notice of content by: its own name and number, so that it can be asked about."""

    authority: str
    """Which office, 1 to 200 characters; never the name of a person."""
    number: str
    """The office's own number of this notice, 1 to 100 characters."""
    received_at: datetime
    """Aware UTC: when it reached the platform."""

    def __post_init__(self) -> None:
        require_text("authority", self.authority, most=200)
        require_text("notice number", self.number, most=100)
        require_utc("received_at", self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Somebody's complaint about an item."""

    reason: str
    """The platform's category of complaint, 1 to 200 characters. Never free text about the content."""
    trusted: bool = False
    """It comes from a trusted flagger."""
    official: OfficialNotice | None = None
    """The notice of police, or of another authority, that it passes on."""

    def __post_init__(self) -> None:
        require_text("flag reason", self.reason, most=200)
        if self.trusted and self.official is not None:
            raise InputError("flag: of a trusted flagger and of an authority, expected one of the two")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unscannable:
    """Something that should have judged the item could not. It goes to a person and is never "clean"."""

    source: str
    """Which part failed: ``"media"``, ``"matching"``, the name of a detector."""
    reason: str
    """A fixed phrase, never content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The platform told of an incident without a file. It says nothing of how likely it is; a person decides."""

    kind: IncidentKind
    """What the platform takes it for."""


OTHER_VERSION = "answered as another version than in the settings"
"""The reason of a detector that changed without anybody having said so: leads hear of it."""

Signal = Match | Score | Flag | Unscannable | Told

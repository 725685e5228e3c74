"""What a person chose for themselves: how pictures come to them, and what does not come to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_text, require_utc
from wardline.records.ids import require_id
from wardline.records.signal import Match


class Grade(StrEnum):
    """How grave a file is, as far as it counts for the person who was shown it."""

    A = "A"
    B = "B"
    OTHER = "other"
    """It breaks another law or the platform's own rules."""
    UNKNOWN = "unknown"
    """Nobody has said."""
    HARMLESS = "harmless"
    """The person found that it is no violation."""

    @property
    def is_severe(self) -> bool:
        """Whether it is of the scale's A or B."""
        return self in (Grade.A, Grade.B)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file that somebody was shown, as far as their exposure needs it: making whole records of them takes longer than the rest of a hand-out."""

    id: str
    """Of the item."""
    sha256: str | None
    """Hexadecimal; None where nothing is known of it."""
    matches: tuple[Match, ...]


DECLINABLE = (Grade.A, Grade.B, Grade.OTHER, Grade.UNKNOWN)
"""What a case may be known to hold, and so what a person may choose not to take."""
_MOST_QUEUES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewingChoices:
    """What one person chose. Both halves stand in one record, so that the log does not tell which of them was changed."""

    id: str
    user_id: str
    changed_at: datetime
    grey: bool = True
    """A reveal comes without colour unless the person asks for colour."""
    small: bool = True
    """It comes small unless the person asks for the full size."""
    hold: bool = False
    """It is shown only while the person holds the button."""
    steps: bool = False
    """It comes in steps: small and grey, small and in colour, then whole."""
    queues: tuple[str, ...] = ()
    """Names of the queues that this person does not take from, each once."""
    grades: tuple[Grade, ...] = ()
    """Of ``DECLINABLE``, those that this person does not take, each once."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("viewing-choices", self.id)
        require_utc("changed_at", self.changed_at)
        if len(self.queues) > _MOST_QUEUES or len(set(self.queues)) != len(self.queues):
            raise InputError(f"queues: twice or too many, expected each once, {_MOST_QUEUES} at most")
        for queue in self.queues:
            require_text("queue", queue, most=64)
        if not set(self.grades) <= set(DECLINABLE) or len(set(self.grades)) != len(self.grades):
            raise InputError(f"grades: twice or unknown, expected some of {', '.join(DECLINABLE)}, each once")

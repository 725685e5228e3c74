"""The queues that cases wait in, who takes from which, and the targets that cases have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_text
from wardline.records.urgency import Lane, Urgency
from wardline.records.wellbeing import Grade


class Letter(StrEnum):
    """How grave a case may be, as far as it decides who looks at it and by when."""

    A = "A"
    B = "B"
    OTHER = "other"


class Target(StrEnum):
    """The classes of cases that have a target: the time in which they shall be decided."""

    IMMINENT = "imminent"
    """A child may be in danger now."""
    A = "a"
    """Possibly of category A."""
    B = "b"
    """Possibly of category B."""
    OTHER = "other"
    RESTRICTED = "restricted"
    """Hidden on the platform while nobody has decided."""
    APPEAL = "appeal"
    """Somebody objected to what was decided."""

    @property
    def words(self) -> str:
        """The class in words, as pages and alarms name it."""
        return _WORDS[self]


_WORDS = {
    Target.IMMINENT: "danger now", Target.A: "category A", Target.B: "category B", Target.OTHER: "anything else",
    Target.RESTRICTED: "hidden content", Target.APPEAL: "appeals",
}  # fmt: skip


class Drawn(StrEnum):
    """Why a case was handed out before its turn."""

    OLDEST = "oldest"
    """It was the oldest."""
    LOT = "lot"
    """Chance chose it among all that waited; it counts as drawn by lot for ever, for the probabilities are measured on those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Somebody for whom cases are looked up."""

    user_id: str
    """What this person passed on is left out."""
    queues: tuple[str, ...]
    """The queues that this person takes from, each once; none: there is nothing for them."""
    declined: tuple[Grade, ...] = ()
    """Cases that are known to be of these grades are not for this person."""
    put_off: tuple[Grade, ...] = ()
    """Nor are those of these grades for now, but for cases in which a child may be in danger."""
    unseen: bool = False
    """Only what can be decided without looking is for this person now, as far as the store noted it when the case was written."""

    def __post_init__(self) -> None:
        require_text("taker", self.user_id, most=64)
        if len(set(self.queues)) != len(self.queues):
            raise InputError("taker: one queue twice, expected each once")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A waiting case as far as the order needs it: reading all of each case that might be next takes longer than finding the next one."""

    id: str
    opened_at: datetime
    lane: Lane | None
    views_turn: float | None
    delay_turn: float | None
    cluster_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A waiting case as far as it tells what kind of work it is."""

    id: str
    opened_at: datetime
    queue: str
    urgency: Urgency | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many open cases one queue holds of one class."""

    queue: str
    target: Target | None
    """None for cases from before there were targets."""
    cases: int
    """1 and up."""
    due: tuple[int, ...] = ()
    """Of how many the target ends before each of the times that were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attained:
    """How many cases of one queue and class had their target end in a period, are not open, and how many of them were decided by then."""

    queue: str
    target: Target
    due: int
    """1 and up."""
    kept: int
    """0 to ``due``."""

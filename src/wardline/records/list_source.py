"""What the source of a hash list gives, and what it is told in return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.category import Category
from wardline.records.checks import require_text, require_utc
from wardline.records.hashes import HashKind
from wardline.records.ids import require_id

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """One entry as a source gives it, before it has an id."""

    kind: HashKind
    value: str
    category: Category | None
    key: str = ""
    """What an exchange calls it; several hashes of one picture share a key. Empty for files. See ``check_key``."""


def check_key(key: str) -> str:
    """Give back what an exchange calls an entry, if it is 1 to 200 characters without control characters; else ``InputError``."""
    require_text("entry key", key, most=LONGEST_KEY)
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedLine:
    """A line that was skipped. It holds a number and a reason, never the line."""

    line: int
    """From 1; of an exchange, the place within its page."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HashListPage:
    """What a source gives in one step.

    A file has no keys: all of its pages together are the list. An exchange tells changes: the hashes of one key in ``added`` are all that
    the key stands for from now on, in place of what it stood for before.
    """

    added: tuple[EntryChange, ...]
    malformed: tuple[MalformedLine, ...]
    cursor: str | None
    """Where to go on; None at the end."""
    removed: tuple[str, ...] = ()
    """Keys that an exchange withdrew. One that nobody knows is no error. None is in ``added`` too."""
    resume: str | None = None
    """At the end of an exchange: where to begin the next time. May be kept for weeks."""
    restarted: bool = False
    """On the first page of all that is told again, for the cursor was too old: what was told before does not count, and what is not told
    from here on is gone."""


class Verdict(StrEnum):
    """What people made of a match."""

    CONFIRMED = "confirmed"
    """The picture is what the list says."""
    DENIED = "denied"
    """It is not."""


class FeedbackState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    """The owner does not take it; see ``problem``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFeedback:
    """What the owner of a list is to hear about one of its entries."""

    id: str
    list_id: str
    entry_id: str
    verdict: Verdict
    created_at: datetime
    created_by: str
    """User id of whoever decided, or sent it."""
    state: FeedbackState = FeedbackState.WAITING
    problem: str | None = None
    """Why it was refused, in a fixed phrase or the owner's error code."""
    sent_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("list-feedback", self.id)
        require_utc("created_at", self.created_at)
        require_utc("sent_at", self.sent_at)
        if (self.sent_at is not None) != (self.state is FeedbackState.SENT):
            raise InputError(f"{self.id}: is {self.state}, expected a time if and only if it was sent")

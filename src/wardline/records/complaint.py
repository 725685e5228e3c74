"""Complaints: what people say about content, and about what was decided; and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id
from wardline.records.signal import OfficialNotice

LONGEST_COMPLAINT = 2000
"""Characters."""


class AppealState(StrEnum):
    """Where an appeal stands."""

    WAITING = "waiting"
    """The content was restricted, and nobody's decision is in effect yet."""
    OPEN = "open"
    """Its case waits for somebody who had no part in it."""
    UPHELD = "upheld"
    """What was decided stands."""
    OVERTURNED = "overturned"
    """What was done was taken back, all of it or in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """The person whose content or account was acted on says that this was wrong. One at a time, and one against a decision."""

    id: str
    case_id: str
    platform: str
    action_id: str
    """The action that it is about."""
    text: str
    """What the person says, at most ``LONGEST_COMPLAINT`` characters in one line; empty once the account was unlinked."""
    received_at: datetime
    due_at: datetime
    """The answer is promised until here."""
    state: AppealState
    decision_id: str | None = None
    """What it is against; None while nothing was decided."""
    answer_id: str | None = None
    """The decision that answered it."""
    answered_at: datetime | None = None
    version: int = 1
    number: int = 1
    """From 1 on, of a case's appeals. One with a number that another has is refused."""

    def __post_init__(self) -> None:
        require_id("appeal", self.id)
        if self.number < 1:
            raise InputError(f"number: {self.number}, expected 1 or more")
        require_id("action", self.action_id)
        if self.text:
            require_text("appeal text", self.text, most=LONGEST_COMPLAINT)
        require_utc("received_at", self.received_at)
        require_utc("due_at", self.due_at)
        require_utc("answered_at", self.answered_at)


class Flagger(StrEnum):
    """Who flagged."""

    USER = "user"
    TRUSTED_FLAGGER = "trusted-flagger"
    """An organisation with this standing. Source: Regulation (EU) 2022/2065, Article 22; who has it is the platform's to know."""
    POLICE = "police"
    """Police, or another authority, by a notice that has a number of its own."""


class NoticeState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Flags on one file for one reason by one kind of flagger: the first makes it, further ones are counted.

    Each notice of an authority is one of its own, whatever its reason.
    """

    id: str
    case_id: str
    item_id: str
    platform: str
    reason: str
    """The platform's category of complaint, 1 to 200 characters."""
    flagger: Flagger
    received_at: datetime
    """When the first came."""
    due_at: datetime
    """The answer is promised until here."""
    count: int = 1
    """How many came, 1 and up."""
    state: NoticeState = NoticeState.OPEN
    answered_at: datetime | None = None
    version: int = 1
    official: OfficialNotice | None = None
    """What an authority's notice names itself by; None for any other flag."""

    def __post_init__(self) -> None:
        require_id("notice", self.id)
        if (self.flagger is Flagger.POLICE) != (self.official is not None):
            raise InputError(
                f"{self.id}: an authority's notice without its number or the reverse, expected both or neither"
            )
        require_text("flag reason", self.reason, most=200)
        require_range("count", self.count, 1, 2**53)
        require_utc("received_at", self.received_at)
        require_utc("due_at", self.due_at)
        require_utc("answered_at", self.answered_at)


class MessageKind(StrEnum):
    """What a message is for. Each kind has a template of this name."""

    FLAG_RECEIVED = "flag-received"
    FLAG_ACTED_ON = "flag-acted-on"
    FLAG_NOT_ACTED_ON = "flag-not-acted-on"
    APPEAL_RECEIVED = "appeal-received"
    APPEAL_UPHELD = "appeal-upheld"
    APPEAL_OVERTURNED = "appeal-overturned"
    STATEMENT_OF_REASONS = "statement-of-reasons"
    """Source: Regulation (EU) 2022/2065, Article 17."""

    @property
    def is_acknowledgement(self) -> bool:
        """Whether it says no more than that something came in."""
        return self in (MessageKind.FLAG_RECEIVED, MessageKind.APPEAL_RECEIVED)


class MessageState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """The platform refused it for good; an alarm says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One text that the platform is asked to show to one person. The platform knows whom: Wardline names the account or the content."""

    id: str
    kind: MessageKind
    subject_id: str
    """The appeal, the notice or the decision that it is about; the case where a machine decided."""
    case_id: str
    platform: str
    account_reference: str | None
    """For messages to an account; None for those to who flagged, of whom only the platform knows."""
    content_reference: str | None
    """None for what is about an account alone."""
    text: str
    """Plain text, 1 to 10,000 characters."""
    created_at: datetime
    due_at: datetime
    """It is promised until here."""
    state: MessageState = MessageState.PENDING
    attempts: int = 0
    delivered_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("message", self.id)
        require_text("message", self.text.replace("\n", " "), most=10_000)
        require_utc("created_at", self.created_at)
        require_utc("due_at", self.due_at)
        require_utc("delivered_at", self.delivered_at)

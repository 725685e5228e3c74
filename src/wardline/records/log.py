"""The audit log's nouns: entries and signed checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_text, require_utc


class Verb(StrEnum):
    """What happened: ``subject:action``."""

    INSTALLATION_CREATED = "installation:created"
    USER_CREATED = "user:created"
    USER_DISABLED = "user:disabled"
    USER_ROLE_CHANGED = "user:role-changed"
    USER_SIGN_IN_FAILED = "user:sign-in-failed"
    USER_LOCKED = "user:locked"
    USER_UNLOCKED = "user:unlocked"
    USER_PASSWORD_CHANGED = "user:password-changed"  # noqa: S105 - a verb, no password
    SESSION_OPENED = "session:opened"
    SESSION_CLOSED = "session:closed"
    API_KEY_CREATED = "api-key:created"
    API_KEY_REVOKED = "api-key:revoked"
    HASH_LIST_ADDED = "hash-list:added"
    HASH_LIST_ACTIVATED = "hash-list:activated"
    HASH_LIST_SYNCED = "hash-list:synced"
    HASH_LIST_DISABLED = "hash-list:disabled"
    HASH_LIST_PREVIEWED = "hash-list:previewed"
    """From here on it is looked up and counted, without effect."""
    HASH_LIST_LET_CHANGE = "hash-list:let-change"
    """Two people agreed that its next sync may change as much as it likes."""
    HASH_LIST_CHANGED = "hash-list:changed"
    """Its meaning, trust, threshold or surfaces; the detail says what they are now."""
    LIST_SYNC_ASKED = "list-sync:asked"
    """Its exchange is to be read; what came of it is told about the list."""
    LIST_SYNC_ENDED = "list-sync:ended"
    ENTRY_HELD = "entry:held"
    """An entry of a list restricts nothing any more, until a person has looked."""
    ENTRY_RELEASED = "entry:released"
    LIST_FEEDBACK_GIVEN = "list-feedback:given"
    """The owner of a list shall hear what became of a match."""
    LIST_FEEDBACK_SENT = "list-feedback:sent"
    LIST_LOOKED_BACK = "hash-list:looked-back"
    """Files that were kept anyway were matched with what came to a list."""
    CASE_RENEWED = "case:renewed"
    """A list that grew knows a file of this open case."""
    APPROVAL_PROPOSED = "approval:proposed"
    APPROVAL_DECIDED = "approval:decided"
    ITEM_ROUTED = "item:routed"
    CASE_OPENED = "case:opened"
    CASE_CLAIMED = "case:claimed"
    CASE_RETURNED = "case:returned"
    CASE_REVEALED = "case:revealed"
    CASE_COVERED = "case:covered"
    CASE_HELD = "case:held"
    CASE_ESCALATED = "case:escalated"
    CASE_DECIDED = "case:decided"
    CASE_UNDONE = "case:undone"
    CASE_CLOSED = "case:closed"
    CHOICES_CHANGED = "viewing-choices:changed"
    """A person changed how pictures come to them or what does not; the log does not tell which."""
    ACTION_TAKEN = "action:taken"
    ACTION_DELIVERED = "action:delivered"
    ACTION_FAILED = "action:failed"
    REFERRAL_DRAFTED = "referral:drafted"
    REFERRAL_MOVED = "referral:moved"
    REFERRAL_FILED = "referral:filed"
    HOLD_PLACED = "hold:placed"
    HOLD_ENDED = "hold:ended"
    EVIDENCE_DESTROYED = "evidence:destroyed"
    """A sealed file that no record pointed at; what a hold held is told of by ``hold:ended``."""
    ACCOUNT_UNLINKED = "account:unlinked"
    ALARM_RAISED = "alarm:raised"
    ALARM_RESOLVED = "alarm:resolved"
    LOG_VERIFICATION_ASKED = "log:verification-asked"
    """Somebody wants everything checked; the detail is the id of what they asked for."""
    LOG_VERIFIED = "log:verified"
    """Everything was checked; the detail says what came of it."""
    LOG_READ = "log:read"
    """Somebody looked at entries that tell who was shown what."""
    COUNTS_LOGGED = "counts:logged"
    FIGURES_PUBLISHED = "figures:published"
    SCAN_BEGUN = "scan:begun"
    """Somebody has a library compared with the lists, and will learn what of it is on one."""
    SCAN_ENDED = "scan:ended"
    """The detail says how many files and how many matches there were. A scan without this entry is under way, or was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit log. It holds ids; the store adds salted digests of what changed."""

    verb: Verb
    subject_id: str
    """The record that this is about."""
    actor: str
    """A user id, an API key id, or ``"system"``."""
    at: datetime
    detail: str = ""
    """A fixed phrase or ids, at most 500 characters; never account data."""

    def __post_init__(self) -> None:
        require_text("entry subject", self.subject_id, most=255)
        require_utc("at", self.at)
        if self.detail:
            require_text("entry detail", self.detail, most=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed statement of what the log is."""

    size: int
    """Number of entries."""
    root: bytes
    """Merkle tree hash, 32 bytes."""
    note: str
    """The signed note, in C2SP form."""
    at: datetime

    def __post_init__(self) -> None:
        require_utc("at", self.at)

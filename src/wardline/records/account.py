"""People, keys and the acts that need two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id


class Role(StrEnum):
    MODERATOR = "moderator"
    LEAD = "lead"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """What a key may do. A user's key never does more than the user's role allows."""

    ITEMS_WRITE = "items:write"
    """Submit uploads."""
    ITEMS_READ = "items:read"
    """Read an item's state; trusted keys only."""
    CASES = "cases"
    """Claim, reveal, decide; needs a user."""
    MANAGE = "manage"
    """Lists, approvals, alarms, statistics; needs a user."""
    AUDIT = "audit"
    """Read the audit log; needs a user."""


class KeyTrust(StrEnum):
    LOW = "low"
    """Gets ``accepted`` and nothing else, with equalised timing."""
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: str
    name: str
    """Sign-in name, unique, 1 to 64 characters."""
    role: Role
    password_hash: str
    """argon2id, in its encoded form."""
    created_at: datetime
    disabled: bool = False
    version: int = 1
    failed_sign_ins: int = 0
    """Wrong passwords since the last right one."""
    locked_until: datetime | None = None
    """Until then no password signs this person in."""
    skills: tuple[str, ...] = ()
    """What the queues of the settings ask for: languages, kinds of content. Each once, in alphabetical order."""
    accounts: tuple[str, ...] = ()
    """References of the person's own accounts on the platforms: cases about them are never handed to this person."""

    def __post_init__(self) -> None:
        require_id("user", self.id)
        require_text("user name", self.name, most=64)
        require_utc("created_at", self.created_at)
        require_range("failed_sign_ins", self.failed_sign_ins, 0, 10**9)
        require_utc("locked_until", self.locked_until)
        for skill in self.skills:
            require_text("skill", skill, most=64)
        for reference in self.accounts:
            require_text("own account", reference, most=255)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in of one person, until it is closed or runs out."""

    id: str
    user_id: str
    token_digest: str
    """SHA-256 of the token, hexadecimal; the token itself is in the person's browser and nowhere else."""
    opened_at: datetime
    expires_at: datetime
    """Absolute: use does not prolong it."""
    version: int = 1
    seen_at: datetime | None = None
    """When it was last used, up to a quarter of the idle time late; None: when it was opened."""
    proven_at: datetime | None = None
    """When its person last showed a password or a key; None: when it was opened."""
    strong: bool = False
    """Whether it rests on more than a password: on a security key, or on a provider that the settings trust with that."""
    identity_id: str | None = None
    """The account at a provider by which it was opened; it closes when that is unlinked."""
    provider_session: str | None = None
    """The provider's own name for the sign-in there, if it gave one: when that ends, this one does."""

    def __post_init__(self) -> None:
        require_id("session", self.id)
        require_utc("seen_at", self.seen_at)
        require_utc("proven_at", self.proven_at)
        require_text("token_digest", self.token_digest, most=64)
        require_utc("opened_at", self.opened_at)
        require_utc("expires_at", self.expires_at)
        if self.expires_at <= self.opened_at:
            raise InputError(f"{self.id}: ends before it begins, expected a later end")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    id: str
    label: str
    """1 to 100 characters."""
    secret_digest: str
    """SHA-256 of the secret, hexadecimal; the secret itself is shown once and never stored."""
    scopes: tuple[Scope, ...]
    trust: KeyTrust
    created_at: datetime
    platform: str | None = None
    """For platforms' keys: whose uploads these are."""
    user_id: str | None = None
    """For people's keys: in whose name they act."""
    requests_per_minute: int = 6000
    """1 and up."""
    disabled: bool = False
    version: int = 1

    def __post_init__(self) -> None:
        require_id("api-key", self.id)
        require_text("api key label", self.label, most=100)
        require_utc("created_at", self.created_at)
        require_range("requests_per_minute", self.requests_per_minute, 1, 10**9)
        if (self.platform is None) == (self.user_id is None):
            raise InputError("api key: belongs to both or neither, expected a platform or a user")
        if Scope.ITEMS_WRITE in self.scopes and self.platform is None:
            raise InputError("api key: items:write without a platform, expected the platform's name")


class ApprovalKind(StrEnum):
    """Every act that needs two people."""

    ACTIVATE_HASH_LIST = "activate-hash-list"
    LET_HASH_LIST_CHANGE = "let-hash-list-change"
    """Its next sync may change as much as it likes."""
    CERTIFY = "certify"
    """A machine may clear, or act on, what a certificate says."""
    DESTROY_EVIDENCE = "destroy-evidence"
    """Files are destroyed before their time, as an authority asks."""
    EXPORT = "export"
    """Hashes and categories are taken out for law enforcement."""
    ROTATE_VAULT_KEY = "rotate-vault-key"
    """A new master key takes the place of the vault's present one."""


class ApprovalState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One act, proposed by one person and decided by another."""

    id: str
    kind: ApprovalKind
    subject_id: str
    """The record it is about."""
    subject_version: int
    """The version that was proposed, of a hash list its revision: an approval of something that changed since is refused."""
    proposed_by: str
    proposed_at: datetime
    state: ApprovalState = ApprovalState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        require_id("approval", self.id)
        require_utc("proposed_at", self.proposed_at)
        require_utc("decided_at", self.decided_at)

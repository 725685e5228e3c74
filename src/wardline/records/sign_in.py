"""How people prove who they are beside a password: accounts at a provider, and security keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id


class SecondFactor(StrEnum):
    """Whether a role shows a security key after the password."""

    OFF = "off"
    """Never asked for after a password. A passkey alone still signs in."""
    OPTIONAL = "optional"
    """Asked of whoever has registered one."""
    REQUIRED = "required"
    """Whoever has none registers one before anything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """That a person of this installation is who a provider calls by a subject."""

    id: str
    user_id: str
    issuer: str
    """As in the provider's tokens, 1 to 255 characters."""
    subject: str
    """The provider's own id of the person, 1 to 255 characters: never reused by it, unlike a name or an address."""
    linked_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        require_id("identity", self.id)
        require_id("user", self.user_id)
        require_text("identity issuer", self.issuer, most=255)
        require_text("identity subject", self.subject, most=255)
        require_utc("linked_at", self.linked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One security key or passkey of one person. What is kept here verifies signatures and cannot make any."""

    id: str
    user_id: str
    credential_id: str
    """The authenticator's name for it, base64url."""
    public_key: str
    """COSE, base64url."""
    sign_count: int
    """The highest counter seen; 0 for authenticators that do not count."""
    name: str
    """The person's own word for it, 1 to 60 characters."""
    added_at: datetime
    last_used_at: datetime | None = None
    suspended: bool = False
    """Its counter went backwards, so that there may be a copy: it signs nobody in any more."""
    version: int = 1

    def __post_init__(self) -> None:
        require_id("passkey", self.id)
        require_id("user", self.user_id)
        require_text("credential id", self.credential_id, most=1400)
        require_text("public key", self.public_key, most=4000)
        require_range("sign_count", self.sign_count, 0, 2**32 - 1)
        require_text("passkey name", self.name, most=60)
        require_utc("added_at", self.added_at)
        require_utc("last_used_at", self.last_used_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A lead or an auditor opened a case that they do not hold, with a reason. It ends by itself."""

    id: str
    case_id: str
    user_id: str
    reason: str
    """In their own words, 1 to 500 characters."""
    at: datetime
    until: datetime

    def __post_init__(self) -> None:
        require_id("opening", self.id)
        require_id("case", self.case_id)
        require_text("reason", self.reason, most=500)
        require_utc("at", self.at)
        require_utc("until", self.until)

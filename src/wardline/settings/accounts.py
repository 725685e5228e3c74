"""People's accounts, as far as an installation sets them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wardline.records import Role, SecondFactor


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorSettings:
    """What each role shows after a password: ``"off"``, ``"optional"`` (whoever registered a key) or ``"required"``."""

    moderator: SecondFactor = SecondFactor.OPTIONAL
    lead: SecondFactor = SecondFactor.OPTIONAL
    admin: SecondFactor = SecondFactor.OPTIONAL
    auditor: SecondFactor = SecondFactor.OPTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """One provider at which people have accounts already."""

    name: str
    """In addresses: letters, digits and dashes. It stays the same for ever, for the provider knows the address."""
    issuer: str
    """As in the provider's tokens."""
    client_id: str
    secret_file: Path
    """The client's secret."""
    label: str = ""
    """On the button; the name where there is none."""
    adapter: str = "oidc"
    name_claim: str = "preferred_username"
    """Which claim is the sign-in name of people who are made. ``"email"`` counts only where the provider verified it."""
    role_claim: str | None = None
    """Which claim says the role, by ``roles``; none: roles are given here."""
    roles: dict[str, Role] = field(default_factory=dict)
    """Values of that claim to roles."""
    create_as: Role | None = None
    """The role of people whom nobody linked before; none: they do not come in."""
    covers_second_factor: bool = False
    """The provider asks for a second factor itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings:
    address: str | None = None
    """Where browsers find the console: ``"https://wardline.example"``. Needed for security keys and providers."""
    session_hours: float = 10.0
    """How long a session lasts at most; use does not prolong it."""
    idle_minutes: float = 60.0
    """A session that nobody used for so long is over."""
    most_sessions: int = 5
    """Sessions of one person at the same time; one more closes the oldest."""
    proof_minutes: float = 15.0
    """A grave act asks for the password or a key again when neither was shown for so long."""
    second_factor: SecondFactorSettings = field(default_factory=SecondFactorSettings)
    oidc: tuple[OidcSettings, ...] = ()

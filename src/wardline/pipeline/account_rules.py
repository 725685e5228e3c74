"""What the settings say of sign-in, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from wardline import ports
from wardline.records import Role, SecondFactor


def _optional() -> dict[Role, SecondFactor]:
    return dict.fromkeys(Role, SecondFactor.OPTIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRules:
    """How long sessions last, and what people show."""

    lifetime: timedelta = timedelta(hours=10)
    """A working day and its breaks; use does not prolong it."""
    idle: timedelta = timedelta(minutes=60)
    """A session that nobody used for so long is over."""
    most_sessions: int = 5
    """Open at the same time, of one person; a further one closes the oldest."""
    proof: timedelta = timedelta(minutes=15)
    """A grave act asks for the password or a key again when neither was shown for so long."""
    second_factor: Mapping[Role, SecondFactor] = field(default_factory=_optional)
    address: str | None = None
    """Where people's browsers find the console: scheme and host. Without it there are neither passkeys nor providers."""

    @property
    def host(self) -> str:
        """The host of the address, which security keys are bound to; empty without one."""
        return urlsplit(self.address or "").hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider at which people sign in, and what its word counts for."""

    name: str
    """In addresses: letters, digits and dashes."""
    label: str
    """On the button."""
    issuer: str
    """As in its tokens."""
    provider: ports.IdentityProvider
    roles: Mapping[str, Role] | None = None
    """Values of the role claim to roles; None: roles are given here, by people."""
    create_as: Role | None = None
    """The role of people whom nobody linked; None: they do not come in."""
    covers_second_factor: bool = False
    """The provider asks for a second factor itself, so that none is asked for here."""

"""Providers at which people have accounts already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One way to a provider and back. Its values are random, used once, and known to one browser and this installation."""

    state: str
    """Comes back with the browser: that it was sent from here."""
    nonce: str
    """Comes back inside the token: that the token was made for this errand."""
    verifier: str
    """Shown when the code is redeemed: that whoever redeems it also asked for it. Source: RFC 7636."""
    back: str
    """The address to which the provider sends the browser."""
    anew: bool = False
    """The provider shall ask the person, also if they are signed in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a provider says of a person, after everything about the token was checked."""

    issuer: str
    subject: str
    name: str | None
    """The claim that the settings chose as the sign-in name; None: missing, no text, or an address that the provider did not verify."""
    roles: frozenset[str]
    """Values of the claim that the settings chose for roles; empty when there is none."""
    session: str | None = None
    """The provider's own name for its session with that browser (``sid``), if it gives one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """Who signed out at a provider, after everything about the token was checked."""

    issuer: str
    subject: str | None
    """None where only the provider's session is named."""
    session: str | None
    """The session that ended; None: all of the subject's."""
    until: datetime
    """Aware UTC. A session that was opened later is of a later signing in, and stays."""


class IdentityProvider(Protocol):
    """Tells who somebody is. Nothing it says makes anybody anything: the settings and the links in the store do."""

    def address(self, errand: Errand) -> str:
        """Give where to send the browser. ``IdentityProviderError`` when the provider cannot be asked how."""
        ...

    def claims(self, errand: Errand, answer: Mapping[str, str]) -> Claims:
        """Redeem the code with which the browser came back, once, and check all of what comes for it: signature, issuer, audience,
        times, nonce. The caller has checked the state.

        Args:
            errand: What was asked.
            answer: What stood in the address with which the browser came back.

        Raises:
            NotAuthenticatedError: The provider refused the code, or the token is not one of this errand.
            IdentityProviderError: It did not answer, or in a way that nobody understands.
        """
        ...

    def signed_out(self, token: str) -> SignedOut:
        """Check a logout token that the provider sent by itself, and say whose sessions end. Shown again, it says the same.

        Raises:
            NotAuthenticatedError: It is not this provider's, not for us, not about signing out, or too old.
            IdentityProviderError: Its keys cannot be read.
        """
        ...

    def farewell(self) -> str | None:
        """Give the address at which a browser signs out there as well, if the provider has one."""
        ...

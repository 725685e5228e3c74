"""What is read when people prove who they are, and when a case is opened by somebody who does not hold it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from wardline import records


class SignInReader(Protocol):
    def identity_of(self, issuer: str, subject: str) -> records.Identity | None: ...

    def identities_of(self, user_id: str) -> list[records.Identity]:
        """The oldest link first."""
        ...

    def passkey_named(self, credential_id: str) -> records.Passkey | None: ...

    def passkeys_of(self, user_id: str) -> list[records.Passkey]:
        """The oldest first, suspended ones included."""
        ...

    def opening_of(self, case_id: str, user_id: str, *, now: datetime) -> records.Opening | None:
        """The opening of this case by this person that runs longest, if one runs."""
        ...

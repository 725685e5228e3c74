"""What is read when people prove who they are, over dictionaries."""

from __future__ import annotations

from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemorySignIn(MemoryReading):
    """Accounts at providers, security keys, and reasoned openings."""

    def identity_of(self, issuer: str, subject: str) -> records.Identity | None:
        found = self._all(
            records.Identity,
            lambda each: each.id,
            lambda each: (each.issuer, each.subject) == (issuer, subject),
        )
        return found[0] if found else None

    def identities_of(self, user_id: str) -> list[records.Identity]:
        return self._all(
            records.Identity, lambda each: (each.linked_at, each.id), lambda each: each.user_id == user_id
        )

    def passkey_named(self, credential_id: str) -> records.Passkey | None:
        found = self._all(
            records.Passkey, lambda each: each.id, lambda each: each.credential_id == credential_id
        )
        return found[0] if found else None

    def passkeys_of(self, user_id: str) -> list[records.Passkey]:
        return self._all(
            records.Passkey, lambda each: (each.added_at, each.id), lambda each: each.user_id == user_id
        )

    def opening_of(self, case_id: str, user_id: str, *, now: datetime) -> records.Opening | None:
        found = self._all(
            records.Opening,
            lambda each: (each.until, each.id),
            lambda each: (each.case_id, each.user_id) == (case_id, user_id) and each.until > now,
        )
        return found[-1] if found else None

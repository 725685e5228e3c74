"""What is read when people prove who they are, over SQL."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import SqlReading


class SqlSignIn(SqlReading):
    """Accounts at providers, security keys, and reasoned openings."""

    def identity_of(self, issuer: str, subject: str) -> records.Identity | None:
        table = tables.identities
        chosen = sa.select(table).where(table.c.issuer == issuer, table.c.subject == subject)
        return self._first(records.Identity, chosen)

    def identities_of(self, user_id: str) -> list[records.Identity]:
        table = tables.identities
        chosen = sa.select(table).where(table.c.user_id == user_id)
        return self._all(records.Identity, chosen.order_by(table.c.linked_at, table.c.id))

    def passkey_named(self, credential_id: str) -> records.Passkey | None:
        table = tables.passkeys
        return self._first(records.Passkey, sa.select(table).where(table.c.credential_id == credential_id))

    def passkeys_of(self, user_id: str) -> list[records.Passkey]:
        table = tables.passkeys
        chosen = sa.select(table).where(table.c.user_id == user_id)
        return self._all(records.Passkey, chosen.order_by(table.c.added_at, table.c.id))

    def opening_of(self, case_id: str, user_id: str, *, now: datetime) -> records.Opening | None:
        table = tables.openings
        chosen = sa.select(table).where(
            table.c.user_id == user_id, table.c.case_id == case_id, table.c.until > now
        )
        return self._first(records.Opening, chosen.order_by(table.c.until.desc(), table.c.id).limit(1))

"""How people prove who they are beside a password, and cases that were opened with a reason."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_number,
    a_text,
    a_time,
    a_time_or_none,
    a_yes_no,
    an_id,
    metadata,
)

identities = sa.Table(
    "identities", metadata, an_id(), a_text("user_id"), a_text("issuer"), a_text("subject"), a_time("linked_at"), a_number("version"),
    sa.Index("uq_identities_issuer_subject", "issuer", "subject", unique=True),
    sa.Index("ix_identities_user_id", "user_id", "linked_at", "id"),
)  # fmt: skip

passkeys = sa.Table(
    "passkeys", metadata, an_id(), a_text("user_id"), a_text("credential_id"), a_text("public_key"), a_number("sign_count"), a_text("name"),
    a_time("added_at"), a_time_or_none("last_used_at"), a_yes_no("suspended"), a_number("version"),
    sa.Index("uq_passkeys_credential_id", "credential_id", unique=True),
    sa.Index("ix_passkeys_user_id", "user_id", "added_at", "id"),
)  # fmt: skip

openings = sa.Table(
    "openings", metadata, an_id(), a_text("case_id"), a_text("user_id"), a_text("reason"), a_time("at"), a_time("until"),
    sa.Index("ix_openings_user_id", "user_id", "case_id", "until"),
)  # fmt: skip

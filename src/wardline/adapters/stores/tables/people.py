"""People, their sessions and keys, approvals and alarms."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_number,
    a_text,
    a_text_or_none,
    a_time,
    a_time_or_none,
    a_yes_no,
    an_id,
    metadata,
)

users = sa.Table(
    "users", metadata, an_id(), a_text("name"), a_text("role"), a_text("password_hash"), a_time("created_at"), a_yes_no("disabled"),
    a_number("version"), a_number("failed_sign_ins"), a_time_or_none("locked_until"), a_text("skills"), a_text("accounts"),
    sa.Index("uq_users_name", "name", unique=True),
)  # fmt: skip

sessions = sa.Table(
    "sessions", metadata, an_id(), a_text("user_id"), a_text("token_digest"), a_time("opened_at"), a_time("expires_at"),
    a_number("version"), a_time_or_none("seen_at"), a_time_or_none("proven_at"), a_yes_no("strong"), a_text_or_none("identity_id"),
    a_text_or_none("provider_session"),
    sa.Index("uq_sessions_token_digest", "token_digest", unique=True),
    sa.Index("ix_sessions_user_id", "user_id", "opened_at", "id"),
    sa.Index("ix_sessions_expires_at", "expires_at", "id"),
    sa.Index("ix_sessions_provider_session", "provider_session", "id"),
)  # fmt: skip

api_keys = sa.Table(
    "api_keys", metadata, an_id(), a_text("label"), a_text("secret_digest"), a_text("scopes"), a_text("trust"), a_time("created_at"),
    a_text_or_none("platform"), a_text_or_none("user_id"), a_number("requests_per_minute"), a_yes_no("disabled"), a_number("version"),
    sa.Index("uq_api_keys_secret_digest", "secret_digest", unique=True),
)  # fmt: skip

approvals = sa.Table(
    "approvals", metadata, an_id(), a_text("kind"), a_text("subject_id"), a_number("subject_version"), a_text("proposed_by"),
    a_time("proposed_at"), a_text("state"), a_text_or_none("decided_by"), a_time_or_none("decided_at"), a_number("version"),
    sa.Index("ix_approvals_state", "state", "proposed_at", "id"),
)  # fmt: skip

_OPEN = sa.text("resolved_at IS NULL")
alarms = sa.Table(
    "alarms", metadata, an_id(), a_text("kind"), a_text("subject_id"), a_text("message"), a_time("raised_at"),
    a_time_or_none("resolved_at"), a_text("undelivered"), a_number("version"),
    sa.Index("uq_alarms_open", "kind", "subject_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)  # fmt: skip

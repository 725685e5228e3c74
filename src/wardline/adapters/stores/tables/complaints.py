"""Strikes, appeals, flags, and what people are told."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_number,
    a_text,
    a_text_or_none,
    a_time,
    a_time_or_none,
    an_id,
    metadata,
)

strikes = sa.Table(
    "strikes", metadata, an_id(), a_text("platform"), a_text("account_reference"), a_text("case_id"), a_text("decision_id"),
    a_number("weight"), a_time("given_at"), a_time("expires_at"), a_text_or_none("voided_by"), a_number("version"),
    sa.Index("uq_strikes_decision_id", "decision_id", unique=True),
    sa.Index("ix_strikes_account", "platform", "account_reference", "given_at", "id"),
    sa.Index("ix_strikes_expires_at", "expires_at", "id"),
)  # fmt: skip

appeals = sa.Table(
    "appeals", metadata, an_id(), a_text("case_id"), a_text("platform"), a_text("action_id"), a_text("text"),
    a_time("received_at"), a_time("due_at"), a_text("state"), a_text_or_none("decision_id"), a_text_or_none("answer_id"),
    a_time_or_none("answered_at"), a_number("version"), a_number("number"),
    sa.Index("uq_appeals_number", "case_id", "number", unique=True),
    sa.Index("ix_appeals_received_at", "received_at", "id"),
    sa.Index("ix_appeals_state", "state", "received_at", "id"),
    sa.Index("ix_appeals_due_at", "state", "due_at", "id"),
)  # fmt: skip

_BY_ANYBODY = sa.text("official IS NULL")
notices = sa.Table(
    "notices", metadata, an_id(), a_text("case_id"), a_text("item_id"), a_text("platform"), a_text("reason"), a_text("flagger"),
    a_time("received_at"), a_time("due_at"), a_number("count"), a_text("state"), a_time_or_none("answered_at"), a_number("version"),
    a_text_or_none("official"),
    sa.Index("uq_notices_item_id", "item_id", "reason", "flagger", unique=True, sqlite_where=_BY_ANYBODY, postgresql_where=_BY_ANYBODY),
    sa.Index("uq_notices_official", "item_id", "official", unique=True),
    sa.Index("ix_notices_case_id", "case_id", "received_at", "id"),
    sa.Index("ix_notices_received_at", "received_at", "id"),
    sa.Index("ix_notices_state", "state", "received_at", "id"),
    sa.Index("ix_notices_due_at", "state", "due_at", "id"),
)  # fmt: skip

messages = sa.Table(
    "messages", metadata, an_id(), a_text("kind"), a_text("subject_id"), a_text("case_id"), a_text("platform"),
    a_text_or_none("account_reference"), a_text_or_none("content_reference"), a_text("text"), a_time("created_at"),
    a_time("due_at"), a_text("state"), a_number("attempts"), a_time_or_none("delivered_at"), a_number("version"),
    sa.Index("uq_messages_subject_id", "subject_id", "kind", unique=True),
    sa.Index("ix_messages_case_id", "case_id", "created_at", "id"),
    sa.Index("ix_messages_due_at", "state", "due_at", "id"),
)  # fmt: skip

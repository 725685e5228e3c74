"""Requests to preserve and to destroy, and the fence around a restored copy."""

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

preservations = sa.Table(
    "preservations", metadata, an_id(), a_text("basis"), a_text("asker"), a_time("received_at"), a_time("until"), a_text("account_reference"),
    a_text("case_ids"), a_text("item_ids"), a_text("gone"), a_text("recorded_by"), a_time("recorded_at"), a_text("extensions"),
    a_time_or_none("ended_at"), a_text_or_none("ended_by"), a_text_or_none("why_ended"), a_number("version"),
    sa.Index("ix_preservations_recorded_at", "recorded_at", "id"),
    sa.Index("ix_preservations_until", "ended_at", "until", "id"),
)  # fmt: skip

destructions = sa.Table(
    "destructions", metadata, an_id(), a_text("asker"), a_text("reason"), a_time("received_at"), a_text("item_ids"), a_text("despite"),
    a_text("proposed_by"), a_time("proposed_at"), a_text("state"), a_text_or_none("decided_by"), a_time_or_none("decided_at"),
    a_text("destroyed"), a_time_or_none("done_at"), a_number("version"),
    sa.Index("ix_destructions_proposed_at", "proposed_at", "id"),
)  # fmt: skip

exports = sa.Table(
    "exports", metadata, an_id(), a_text("case_ids"), a_text("profile"), a_text("cause"), a_number("media"), a_text("sha256"),
    a_text("proposed_by"), a_time("proposed_at"), a_text("state"), a_text_or_none("decided_by"), a_time_or_none("decided_at"),
    a_number("version"),
    sa.Index("ix_exports_proposed_at", "proposed_at", "id"),
)  # fmt: skip

_STANDING = sa.text("lifted_at IS NULL")
fences = sa.Table(
    "fences", metadata, an_id(), a_time("raised_at"), a_text("why"), a_time_or_none("lifted_at"), a_text_or_none("lifted_by"),
    a_number("version"),
    sa.Index("uq_fences_why", "why", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
)  # fmt: skip

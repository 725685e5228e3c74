"""Hash lists and their care."""

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
    some_bytes,
)

hash_lists = sa.Table(
    "hash_lists", metadata, an_id(), a_text("name"), a_text("provenance"), a_text("trust"), a_text("state"), a_number("entries"),
    a_time("created_at"), a_text("created_by"), a_time("refreshed_at"), a_number("version"), a_number("batches"),
    a_text("meaning"), a_text("role"), a_number("radius_bits"), a_text("surfaces"), a_text("source"), a_text_or_none("cursor"),
    a_yes_no("may_change"), a_number("revision"),
    sa.Index("uq_hash_lists_name", "name", unique=True),
)  # fmt: skip

hash_batches = sa.Table(
    "hash_batches", metadata, an_id(), a_text("list_id"), a_number("number"), a_text("change"), a_text("kind"), some_bytes("hashes"),
    some_bytes("categories"), some_bytes("keys"),
    sa.Index("uq_hash_batches_number", "list_id", "number", unique=True),
)  # fmt: skip

_NOT_RELEASED = sa.text("released_at IS NULL")
held_entries = sa.Table(
    "held_entries", metadata, an_id(), a_text("list_id"), a_text("entry_id"), a_text("cause"), a_time("held_at"), a_text("held_by"),
    a_time_or_none("released_at"), a_text_or_none("released_by"), a_number("version"),
    sa.Index("uq_held_entries_open", "list_id", "entry_id", unique=True, sqlite_where=_NOT_RELEASED,
             postgresql_where=_NOT_RELEASED),
    sa.Index("ix_held_entries_released_at", "list_id", "entry_id", "released_at"),
)  # fmt: skip

_WAITING_SYNC = sa.text("state = 'waiting'")
list_syncs = sa.Table(
    "list_syncs", metadata, an_id(), a_text("list_id"), a_time("asked_at"), a_text("asked_by"), a_text("state"), a_time_or_none("ended_at"),
    a_number("pages"), a_number("added"), a_number("marked"), a_number("removed"), a_number("malformed"), a_number("unknown"),
    a_text_or_none("problem"), a_number("version"),
    sa.Index("uq_list_syncs_waiting", "list_id", unique=True, sqlite_where=_WAITING_SYNC, postgresql_where=_WAITING_SYNC),
    sa.Index("ix_list_syncs_asked_at", "list_id", "asked_at", "id"),
)  # fmt: skip

list_feedback = sa.Table(
    "list_feedback", metadata, an_id(), a_text("list_id"), a_text("entry_id"), a_text("verdict"), a_time("created_at"), a_text("created_by"),
    a_text("state"), a_text_or_none("problem"), a_time_or_none("sent_at"), a_number("version"),
    sa.Index("ix_list_feedback_created_at", "list_id", "created_at", "id"),
)  # fmt: skip

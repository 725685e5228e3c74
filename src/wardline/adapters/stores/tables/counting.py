"""What is counted and remembered, and the audit log."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.columns import ordinal, text
from wardline.adapters.stores.tables.spelling import a_number, a_text, a_time, metadata, some_bytes

remembered = sa.Table(
    "remembered", metadata, sa.Column("key_digest", text(), primary_key=True), a_text("body_digest"), a_time("expires_at"),
    sa.Index("ix_remembered_expires_at", "expires_at"),
)  # fmt: skip

tallies = sa.Table(
    "tallies", metadata, sa.Column("day", text(), primary_key=True), sa.Column("list_id", text(), primary_key=True),
    sa.Column("entry_id", text(), primary_key=True), sa.Column("what", text(), primary_key=True), a_number("count"),
)  # fmt: skip

counts = sa.Table(
    "counts", metadata, sa.Column("day", text(), primary_key=True), sa.Column("step", text(), primary_key=True),
    a_number("count"),
)  # fmt: skip

_WAITING = sa.text("position IS NULL")
audit_entries = sa.Table(
    "audit_entries", metadata,
    sa.Column("ordinal", ordinal(), primary_key=True, autoincrement=True),
    a_text("id"),
    a_text("subject_id"),
    some_bytes("leaf"),
    some_bytes("leaf_hash"),
    sa.Column("salt", sa.LargeBinary(), nullable=True),
    sa.Column("position", sa.BigInteger(), nullable=True),
    sa.Index("uq_audit_entries_id", "id", unique=True),
    sa.Index("ix_audit_entries_subject_id", "subject_id"),
    sa.Index("uq_audit_entries_position", "position", unique=True),
    sa.Index("ix_audit_entries_waiting", "ordinal", sqlite_where=_WAITING, postgresql_where=_WAITING),
    sqlite_autoincrement=True,
)  # fmt: skip

audit_loads = sa.Table(
    "audit_loads",
    metadata,
    sa.Column("load_id", text(), primary_key=True),
    sa.Column("record", text(), primary_key=True),
    a_text("digest"),
)
"""The digests of records that were loaded together; the log holds one digest over them all."""

audit_checkpoints = sa.Table(
    "audit_checkpoints", metadata, sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False), some_bytes("root"),
    a_text("note"), a_time("at"),
)  # fmt: skip

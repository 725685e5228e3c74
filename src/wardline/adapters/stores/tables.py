"""The tables: one a record type, columns named as fields; what is nested is canonical JSON.

A change here needs a migration and a new ``SCHEMA_VERSION``; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores.columns import UtcTime, ordinal, text

SCHEMA_VERSION = "0005"
"""The newest migration."""

metadata = sa.MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)


def _id() -> sa.Column[Any]:
    return sa.Column("id", text(), primary_key=True)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, text(), nullable=False)


def _text_or_none(name: str) -> sa.Column[Any]:
    return sa.Column(name, text(), nullable=True)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _fraction_or_none(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Double(), nullable=True)


def _yes_no(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _time(name: str) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(), nullable=False)


def _time_or_none(name: str) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(), nullable=True)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


items = sa.Table(
    "items", metadata, _id(), _time("received_at"), _text("account_reference"), _text("platform"), _text_or_none("context"),
    _number("size_bytes"), _text_or_none("picture"), _text("hashes"), _yes_no("sealed"), _number("version"),
    _text("matches"),
    sa.Index("ix_items_received_at", "received_at", "id"),
)  # fmt: skip

_ESCALATED = sa.text("escalated_by IS NOT NULL")
_ORDINARY = sa.text("escalated_by IS NULL")
_HELD = sa.text("held_until IS NOT NULL")
_IMMINENT = sa.text("imminent_since IS NOT NULL")
cases = sa.Table(
    "cases", metadata, _id(), _time("opened_at"), _text("account_reference"), _text("item_ids"), _text("reasons"),
    _yes_no("restricted"), _text("state"), _text_or_none("claimed_by"), _time_or_none("lease_until"), _text("passed_by"),
    _text_or_none("decision_id"), _number("version"), _time_or_none("held_until"), _text_or_none("escalated_by"),
    _time_or_none("imminent_since"), _text_or_none("lane"), _fraction_or_none("views_turn"), _fraction_or_none("delay_turn"),
    _text_or_none("urgency"),
    sa.Index("ix_cases_opened_at", "opened_at", "id"),
    sa.Index("ix_cases_state", "state", "opened_at", "id"),
    sa.Index("ix_cases_claimed_by", "claimed_by", "opened_at", "id"),
    sa.Index("ix_cases_account_reference", "account_reference", "opened_at", "id"),
    sa.Index("ix_cases_escalated", "state", "opened_at", "id", sqlite_where=_ESCALATED, postgresql_where=_ESCALATED),
    # With what says that a case is in hand or set aside, so that those are passed over without being read.
    sa.Index("ix_cases_waiting", "state", "opened_at", "id", "lease_until", "held_until", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_views_turn", "state", "lane", "views_turn", "id", "lease_until", "held_until", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_delay_turn", "state", "delay_turn", "id", "lease_until", "held_until", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_imminent", "state", "imminent_since", "id", sqlite_where=_IMMINENT, postgresql_where=_IMMINENT),
    sa.Index("ix_cases_held", "state", "held_until", "id", sqlite_where=_HELD, postgresql_where=_HELD),
)  # fmt: skip

reveals = sa.Table(
    "reveals", metadata, _id(), _text("case_id"), _text("item_id"), _text("user_id"), _time("at"), _number("frame"),
    sa.Index("ix_reveals_case_id", "case_id", "at", "id"),
    sa.Index("ix_reveals_user_id", "user_id", "at", "id"),
)  # fmt: skip

coverings = sa.Table(
    "coverings", metadata, _id(), _text("reveal_id"), _text("user_id"), _time("at"),
    sa.Index("uq_coverings_reveal_id", "reveal_id", unique=True),
    sa.Index("ix_coverings_user_id", "user_id", "at", "id"),
)  # fmt: skip

notes = sa.Table(
    "notes", metadata, _id(), _text("case_id"), _text("user_id"), _time("at"), _text("text"),
    sa.Index("ix_notes_case_id", "case_id", "at", "id"),
)  # fmt: skip

decisions = sa.Table(
    "decisions", metadata, _id(), _text("case_id"), _text("user_id"), _time("at"), _text("outcome"), _text("findings"),
    _text("annotations"), _text_or_none("escalation"), _time("undo_until"), _text("state"), _number("version"), _text("answers"),
    sa.Index("ix_decisions_case_id", "case_id"),
    sa.Index("ix_decisions_at", "at"),
)  # fmt: skip

actions = sa.Table(
    "actions", metadata, _id(), _text("case_id"), _text("kind"), _text("platform"), _text("account_reference"),
    _text_or_none("content_reference"), _time("created_at"), _text("state"), _number("attempts"), _time_or_none("delivered_at"),
    _number("version"),
    sa.Index("ix_actions_case_id", "case_id", "created_at", "id"),
    sa.Index("ix_actions_delivered_at", "delivered_at"),
)  # fmt: skip

referrals = sa.Table(
    "referrals", metadata, _id(), _text("case_id"), _text("decision_id"), _text("authority"), _text("environment"),
    _text("state"), _time("created_at"), _text("files"), _text_or_none("remote_id"), _text("orphans"), _yes_no("in_flight"),
    _number("attempts"), _text_or_none("problem"), _time_or_none("finished_at"), _number("version"),
    sa.Index("uq_referrals_decision_id", "decision_id", unique=True),
    sa.Index("ix_referrals_case_id", "case_id", "created_at", "id"),
    sa.Index("ix_referrals_created_at", "created_at", "id"),
    sa.Index("ix_referrals_state", "state", "created_at", "id"),
)  # fmt: skip

receipts = sa.Table(
    "receipts", metadata, _id(), _text("referral_id"), _text("remote_id"), _time("received_at"), _bytes("body"),
    _yes_no("original"),
    sa.Index("uq_receipts_referral_id", "referral_id", unique=True),
    sa.Index("ix_receipts_received_at", "received_at"),
)  # fmt: skip

holds = sa.Table(
    "holds", metadata, _id(), _text("item_id"), _text("case_id"), _text("basis"), _time("placed_at"), _time("until"),
    _text("state"), _text_or_none("referral_id"), _number("version"),
    sa.Index("ix_holds_item_id", "item_id", "placed_at", "id"),
    sa.Index("ix_holds_placed_at", "placed_at", "id"),
    sa.Index("ix_holds_state", "state", "until", "id"),
)  # fmt: skip

hash_lists = sa.Table(
    "hash_lists", metadata, _id(), _text("name"), _text("provenance"), _text("trust"), _text("state"), _number("entries"),
    _time("created_at"), _text("created_by"), _time("refreshed_at"), _number("version"), _number("batches"),
    _text("meaning"), _text("role"), _number("radius_bits"), _text("surfaces"), _text("source"), _text_or_none("cursor"),
    _yes_no("may_change"), _number("revision"),
    sa.Index("uq_hash_lists_name", "name", unique=True),
)  # fmt: skip

hash_batches = sa.Table(
    "hash_batches", metadata, _id(), _text("list_id"), _number("number"), _text("change"), _text("kind"), _bytes("hashes"),
    _bytes("categories"), _bytes("keys"),
    sa.Index("uq_hash_batches_number", "list_id", "number", unique=True),
)  # fmt: skip

_NOT_RELEASED = sa.text("released_at IS NULL")
held_entries = sa.Table(
    "held_entries", metadata, _id(), _text("list_id"), _text("entry_id"), _text("cause"), _time("held_at"), _text("held_by"),
    _time_or_none("released_at"), _text_or_none("released_by"), _number("version"),
    sa.Index("uq_held_entries_open", "list_id", "entry_id", unique=True, sqlite_where=_NOT_RELEASED,
             postgresql_where=_NOT_RELEASED),
    sa.Index("ix_held_entries_released_at", "list_id", "entry_id", "released_at"),
)  # fmt: skip

_WAITING_SYNC = sa.text("state = 'waiting'")
list_syncs = sa.Table(
    "list_syncs", metadata, _id(), _text("list_id"), _time("asked_at"), _text("asked_by"), _text("state"), _time_or_none("ended_at"),
    _number("pages"), _number("added"), _number("marked"), _number("removed"), _number("malformed"), _number("unknown"),
    _text_or_none("problem"), _number("version"),
    sa.Index("uq_list_syncs_waiting", "list_id", unique=True, sqlite_where=_WAITING_SYNC, postgresql_where=_WAITING_SYNC),
    sa.Index("ix_list_syncs_asked_at", "list_id", "asked_at", "id"),
)  # fmt: skip

list_feedback = sa.Table(
    "list_feedback", metadata, _id(), _text("list_id"), _text("entry_id"), _text("verdict"), _time("created_at"), _text("created_by"),
    _text("state"), _text_or_none("problem"), _time_or_none("sent_at"), _number("version"),
    sa.Index("ix_list_feedback_created_at", "list_id", "created_at", "id"),
)  # fmt: skip

users = sa.Table(
    "users", metadata, _id(), _text("name"), _text("role"), _text("password_hash"), _time("created_at"), _yes_no("disabled"),
    _number("version"), _number("failed_sign_ins"), _time_or_none("locked_until"),
    sa.Index("uq_users_name", "name", unique=True),
)  # fmt: skip

sessions = sa.Table(
    "sessions", metadata, _id(), _text("user_id"), _text("token_digest"), _time("opened_at"), _time("expires_at"),
    _number("version"),
    sa.Index("uq_sessions_token_digest", "token_digest", unique=True),
    sa.Index("ix_sessions_user_id", "user_id", "opened_at", "id"),
    sa.Index("ix_sessions_expires_at", "expires_at", "id"),
)  # fmt: skip

api_keys = sa.Table(
    "api_keys", metadata, _id(), _text("label"), _text("secret_digest"), _text("scopes"), _text("trust"), _time("created_at"),
    _text_or_none("platform"), _text_or_none("user_id"), _number("requests_per_minute"), _yes_no("disabled"), _number("version"),
    sa.Index("uq_api_keys_secret_digest", "secret_digest", unique=True),
)  # fmt: skip

approvals = sa.Table(
    "approvals", metadata, _id(), _text("kind"), _text("subject_id"), _number("subject_version"), _text("proposed_by"),
    _time("proposed_at"), _text("state"), _text_or_none("decided_by"), _time_or_none("decided_at"), _number("version"),
    sa.Index("ix_approvals_state", "state", "proposed_at", "id"),
)  # fmt: skip

_OPEN = sa.text("resolved_at IS NULL")
alarms = sa.Table(
    "alarms", metadata, _id(), _text("kind"), _text("subject_id"), _text("message"), _time("raised_at"),
    _time_or_none("resolved_at"), _text("undelivered"), _number("version"),
    sa.Index("uq_alarms_open", "kind", "subject_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)  # fmt: skip

remembered = sa.Table(
    "remembered", metadata, sa.Column("key_digest", text(), primary_key=True), _text("body_digest"), _time("expires_at"),
    sa.Index("ix_remembered_expires_at", "expires_at"),
)  # fmt: skip

tallies = sa.Table(
    "tallies", metadata, sa.Column("day", text(), primary_key=True), sa.Column("list_id", text(), primary_key=True),
    sa.Column("entry_id", text(), primary_key=True), sa.Column("what", text(), primary_key=True), _number("count"),
)  # fmt: skip

counts = sa.Table(
    "counts", metadata, sa.Column("day", text(), primary_key=True), sa.Column("step", text(), primary_key=True),
    _number("count"),
)  # fmt: skip

_WAITING = sa.text("position IS NULL")
audit_entries = sa.Table(
    "audit_entries", metadata,
    sa.Column("ordinal", ordinal(), primary_key=True, autoincrement=True),
    _text("id"),
    _text("subject_id"),
    _bytes("leaf"),
    _bytes("leaf_hash"),
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
    _text("digest"),
)
"""The digests of records that were loaded together; the log holds one digest over them all."""

audit_checkpoints = sa.Table(
    "audit_checkpoints", metadata, sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False), _bytes("root"),
    _text("note"), _time("at"),
)  # fmt: skip

BY_TYPE: dict[type[Any], sa.Table] = {
    records.Item: items,
    records.Case: cases,
    records.Reveal: reveals,
    records.Covering: coverings,
    records.Note: notes,
    records.Decision: decisions,
    records.Action: actions,
    records.Referral: referrals,
    records.Receipt: receipts,
    records.Hold: holds,
    records.HashList: hash_lists,
    records.HashBatch: hash_batches,
    records.HeldEntry: held_entries,
    records.ListSync: list_syncs,
    records.ListFeedback: list_feedback,
    records.User: users,
    records.Session: sessions,
    records.ApiKey: api_keys,
    records.Approval: approvals,
    records.Alarm: alarms,
}
"""The table of each audited record type."""

"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, ordinal, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _items()
    _cases()
    _reveals()
    _decisions()
    _actions()
    _referrals()
    _receipts()
    _holds()
    _hash_lists()
    _hash_list_entries()
    _users()
    _api_keys()
    _approvals()
    _alarms()
    _remembered()
    _counts()
    _audit_entries()
    _audit_loads()
    _audit_checkpoints()


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", text(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("account_reference", text(), nullable=False),
        sa.Column("platform", text(), nullable=False),
        sa.Column("context", text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("picture", text(), nullable=True),
        sa.Column("hashes", text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", text(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("account_reference", text(), nullable=False),
        sa.Column("item_ids", text(), nullable=False),
        sa.Column("reasons", text(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("claimed_by", text(), nullable=True),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.Column("passed_by", text(), nullable=False),
        sa.Column("decision_id", text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("ix_cases_account_reference", "cases", ["account_reference", "opened_at", "id"])
    op.create_index("ix_cases_opened_at", "cases", ["opened_at", "id"])
    op.create_index("ix_cases_state", "cases", ["state", "opened_at", "id"])


def _reveals() -> None:
    op.create_table(
        "reveals",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("item_id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("frame", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reveals"),
    )
    op.create_index("ix_reveals_case_id", "reveals", ["case_id", "at", "id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("outcome", text(), nullable=False),
        sa.Column("findings", text(), nullable=False),
        sa.Column("annotations", text(), nullable=False),
        sa.Column("escalation", text(), nullable=True),
        sa.Column("undo_until", UtcTime(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_at", "decisions", ["at"])
    op.create_index("ix_decisions_case_id", "decisions", ["case_id"])


def _actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("platform", text(), nullable=False),
        sa.Column("account_reference", text(), nullable=False),
        sa.Column("content_reference", text(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", UtcTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_actions"),
    )
    op.create_index("ix_actions_case_id", "actions", ["case_id", "created_at", "id"])
    op.create_index("ix_actions_delivered_at", "actions", ["delivered_at"])


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("decision_id", text(), nullable=False),
        sa.Column("authority", text(), nullable=False),
        sa.Column("environment", text(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("files", text(), nullable=False),
        sa.Column("remote_id", text(), nullable=True),
        sa.Column("orphans", text(), nullable=False),
        sa.Column("in_flight", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("problem", text(), nullable=True),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
    )
    op.create_index("ix_referrals_case_id", "referrals", ["case_id", "created_at", "id"])
    op.create_index("ix_referrals_created_at", "referrals", ["created_at", "id"])
    op.create_index("uq_referrals_decision_id", "referrals", ["decision_id"], unique=True)


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", text(), nullable=False),
        sa.Column("referral_id", text(), nullable=False),
        sa.Column("remote_id", text(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
    )
    op.create_index("ix_receipts_received_at", "receipts", ["received_at"])
    op.create_index("uq_receipts_referral_id", "receipts", ["referral_id"], unique=True)


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", text(), nullable=False),
        sa.Column("item_id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("basis", text(), nullable=False),
        sa.Column("placed_at", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("referral_id", text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    op.create_index("ix_holds_item_id", "holds", ["item_id", "placed_at", "id"])
    op.create_index("ix_holds_placed_at", "holds", ["placed_at", "id"])
    op.create_index("ix_holds_state", "holds", ["state", "until", "id"])


def _hash_lists() -> None:
    op.create_table(
        "hash_lists",
        sa.Column("id", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("provenance", text(), nullable=False),
        sa.Column("trust", text(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("created_by", text(), nullable=False),
        sa.Column("refreshed_at", UtcTime(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hash_lists"),
    )
    op.create_index("uq_hash_lists_name", "hash_lists", ["name"], unique=True)


def _hash_list_entries() -> None:
    op.create_table(
        "hash_list_entries",
        sa.Column("id", text(), nullable=False),
        sa.Column("list_id", text(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("value", text(), nullable=False),
        sa.Column("category", text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hash_list_entries"),
    )
    op.create_index("ix_hash_list_entries_list_id", "hash_list_entries", ["list_id", "id"])


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("role", text(), nullable=False),
        sa.Column("password_hash", text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_index("uq_users_name", "users", ["name"], unique=True)


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", text(), nullable=False),
        sa.Column("label", text(), nullable=False),
        sa.Column("secret_digest", text(), nullable=False),
        sa.Column("scopes", text(), nullable=False),
        sa.Column("trust", text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("platform", text(), nullable=True),
        sa.Column("user_id", text(), nullable=True),
        sa.Column("requests_per_minute", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_index("uq_api_keys_secret_digest", "api_keys", ["secret_digest"], unique=True)


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", text(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("subject_id", text(), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", text(), nullable=False),
        sa.Column("proposed_at", UtcTime(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("decided_by", text(), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_state", "approvals", ["state", "proposed_at", "id"])


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", text(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("subject_id", text(), nullable=False),
        sa.Column("message", text(), nullable=False),
        sa.Column("raised_at", UtcTime(), nullable=False),
        sa.Column("resolved_at", UtcTime(), nullable=True),
        sa.Column("undelivered", text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
    )
    op.create_index(
        "uq_alarms_open",
        "alarms",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )


def _remembered() -> None:
    op.create_table(
        "remembered",
        sa.Column("key_digest", text(), nullable=False),
        sa.Column("body_digest", text(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_digest", name="pk_remembered"),
    )
    op.create_index("ix_remembered_expires_at", "remembered", ["expires_at"])


def _counts() -> None:
    op.create_table(
        "counts",
        sa.Column("day", text(), nullable=False),
        sa.Column("step", text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "step", name="pk_counts"),
    )


def _audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("ordinal", ordinal(), autoincrement=True, nullable=False),
        sa.Column("id", text(), nullable=False),
        sa.Column("subject_id", text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name="pk_audit_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entries_subject_id", "audit_entries", ["subject_id"])
    op.create_index(
        "ix_audit_entries_waiting",
        "audit_entries",
        ["ordinal"],
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_index("uq_audit_entries_id", "audit_entries", ["id"], unique=True)
    op.create_index("uq_audit_entries_position", "audit_entries", ["position"], unique=True)


def _audit_loads() -> None:
    op.create_table(
        "audit_loads",
        sa.Column("load_id", text(), nullable=False),
        sa.Column("record", text(), nullable=False),
        sa.Column("digest", text(), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "record", name="pk_audit_loads"),
    )


def _audit_checkpoints() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoints"),
    )

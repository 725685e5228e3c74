"""Strikes, appeals, flags and messages; actions that are taken back, and referrals that correct others."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns. What is there was taken back by nobody and corrects nothing."""
    op.add_column("actions", sa.Column("reversal", text(), nullable=True))
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column("actions", sa.Column("reversal_attempts", sa.BigInteger(), nullable=True))
    op.execute("UPDATE actions SET reversal_attempts = 0")
    with op.batch_alter_table("actions") as actions:
        actions.alter_column("reversal_attempts", existing_type=sa.BigInteger(), nullable=False)
    op.add_column("referrals", sa.Column("corrects", text(), nullable=True))
    _strikes()
    _appeals()
    _notices()
    _messages()


def _strikes() -> None:
    _create(
        "strikes", _text("platform"), _text("account_reference"), _text("case_id"), _text("decision_id"), _number("weight"), _time("given_at"),
        _time("expires_at"), _text("voided_by", nullable=True), _number("version"),
    )  # fmt: skip
    op.create_index("uq_strikes_decision_id", "strikes", ["decision_id"], unique=True)
    op.create_index("ix_strikes_account", "strikes", ["platform", "account_reference", "given_at", "id"])
    op.create_index("ix_strikes_expires_at", "strikes", ["expires_at", "id"])


def _appeals() -> None:
    _create(
        "appeals", _text("case_id"), _text("platform"), _text("action_id"), _text("text"), _time("received_at"), _time("due_at"), _text("state"),
        _text("decision_id", nullable=True), _text("answer_id", nullable=True), _time("answered_at", nullable=True),
        _number("version"),
    )  # fmt: skip
    op.create_index("uq_appeals_case_id", "appeals", ["case_id"], unique=True)
    op.create_index("ix_appeals_received_at", "appeals", ["received_at", "id"])
    op.create_index("ix_appeals_state", "appeals", ["state", "received_at", "id"])
    op.create_index("ix_appeals_due_at", "appeals", ["state", "due_at", "id"])


def _notices() -> None:
    _create(
        "notices", _text("case_id"), _text("item_id"), _text("platform"), _text("reason"), _text("flagger"), _time("received_at"),
        _time("due_at"), _number("count"), _text("state"), _time("answered_at", nullable=True), _number("version"),
    )  # fmt: skip
    op.create_index("uq_notices_item_id", "notices", ["item_id", "reason", "flagger"], unique=True)
    op.create_index("ix_notices_case_id", "notices", ["case_id", "received_at", "id"])
    op.create_index("ix_notices_received_at", "notices", ["received_at", "id"])
    op.create_index("ix_notices_state", "notices", ["state", "received_at", "id"])
    op.create_index("ix_notices_due_at", "notices", ["state", "due_at", "id"])


def _messages() -> None:
    _create(
        "messages", _text("kind"), _text("subject_id"), _text("case_id"), _text("platform"), _text("account_reference", nullable=True),
        _text("content_reference", nullable=True), _text("text"), _time("created_at"), _time("due_at"), _text("state"),
        _number("attempts"), _time("delivered_at", nullable=True), _number("version"),
    )  # fmt: skip
    op.create_index("uq_messages_subject_id", "messages", ["subject_id", "kind"], unique=True)
    op.create_index("ix_messages_case_id", "messages", ["case_id", "created_at", "id"])
    op.create_index("ix_messages_due_at", "messages", ["state", "due_at", "id"])


def _create(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(), nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)

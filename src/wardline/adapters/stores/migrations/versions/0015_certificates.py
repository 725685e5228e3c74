"""Certificates and what is seen of them; what a machine did with a file, and under which of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns. Everything that is there was left to people."""
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column("items", sa.Column("disposal", text(), nullable=True))
    op.add_column("items", sa.Column("certificate_id", text(), nullable=True))
    op.execute("UPDATE items SET disposal = 'left'")
    with op.batch_alter_table("items") as items:
        items.alter_column("disposal", existing_type=text(), nullable=False)
    op.add_column("cases", sa.Column("certificate_id", text(), nullable=True))
    under = sa.text("certificate_id IS NOT NULL")
    op.create_index(
        "ix_cases_certificate_id", "cases", ["certificate_id", "state", "id"], sqlite_where=under, postgresql_where=under
    )  # fmt: skip
    _certificates()
    _watches()
    _score_counts()


def _certificates() -> None:
    _create(
        "certificates", _text("arm"), _text("scope"), _text("detector"), _text("detector_version"), _number("number"),
        _fraction("error_level"), _fraction("policy_cap"), _number("human_wrong"), _number("human_trials"), _fraction("cap"), _text("grid"),
        _fraction("threshold", nullable=True), _number("trials"), _number("harmed"), _fraction("limit", nullable=True), _text("channels"),
        _number("seed"), _fraction("channel_p_value", nullable=True), _text("score_counts"), _time("evidence_since"), _time("made_at"),
        _text("evidence_digest"), _text("conditions"), _text("proposed_by"), _time("expires_at"), _text("state"),
        _text("approved_by", nullable=True), _time("approved_at", nullable=True), _time("ended_at", nullable=True),
        _text("reason", nullable=True), _number("version"),
    )  # fmt: skip
    op.create_index("uq_certificates_number", "certificates", ["scope", "arm", "number"], unique=True)
    op.create_index("ix_certificates_made_at", "certificates", ["made_at", "id"])
    op.create_index("ix_certificates_state", "certificates", ["state", "scope", "id"])


def _watches() -> None:
    _create(
        "certificate_watches", _text("certificate_id"), _fraction("cap"), _number("life"), _fraction("alarm_level"), _text("capital"),
        _number("seen"), _number("harmed"), sa.Column("is_alarmed", sa.Boolean(), nullable=False), _time("fed_until", nullable=True),
        _text("fed"), _number("version"),
    )  # fmt: skip
    op.create_index(
        "uq_certificate_watches_certificate_id", "certificate_watches", ["certificate_id"], unique=True
    )


def _score_counts() -> None:
    _create(
        "score_counts", _text("scope"), _text("detector"), _text("detector_version"), _text("day"), _text("counts"),
        _number("version"),
    )  # fmt: skip
    op.create_index(
        "uq_score_counts_scope", "score_counts", ["scope", "detector", "detector_version", "day"], unique=True
    )


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


def _fraction(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Double(), nullable=nullable)

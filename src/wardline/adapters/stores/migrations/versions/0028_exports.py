"""Exports for law enforcement that one person proposes and another approves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, text(), nullable=nullable)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "exports", sa.Column("id", text(), primary_key=True), _text("case_ids"), _text("profile"), _text("cause"),
        sa.Column("media", sa.BigInteger(), nullable=False), _text("sha256"), _text("proposed_by"),
        sa.Column("proposed_at", UtcTime(), nullable=False), _text("state"), _text("decided_by", nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True), sa.Column("version", sa.BigInteger(), nullable=False),
    )  # fmt: skip
    op.create_index("ix_exports_proposed_at", "exports", ["proposed_at", "id"])

"""Referrals have a priority, a clock and a second person; people write down what police need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_DUE = sa.text("due_at IS NOT NULL AND state NOT IN ('finished', 'withdrawn')")
_UNCHECKED = sa.text("check_by IS NOT NULL AND second_at IS NULL AND state = 'finished'")


def upgrade() -> None:
    """Add the columns, their indexes and the table of facts. Referrals from before have no priority and no clock."""
    op.add_column("referrals", sa.Column("priority", text(), nullable=True))
    for name in ("clock_from", "due_at", "waits_until", "check_by"):
        op.add_column("referrals", sa.Column(name, UtcTime(), nullable=True))
    op.add_column("referrals", sa.Column("second_by", text(), nullable=True))
    op.add_column("referrals", sa.Column("second_at", UtcTime(), nullable=True))
    op.add_column("referrals", sa.Column("completeness", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_referrals_due",
        "referrals",
        ["priority", "due_at", "id"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
    op.create_index(
        "ix_referrals_unchecked", "referrals", ["check_by", "id"], sqlite_where=_UNCHECKED, postgresql_where=_UNCHECKED
    )  # fmt: skip
    op.create_index("ix_referrals_finished_at", "referrals", ["finished_at", "completeness"])
    op.create_table(
        "facts",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.Column("happened_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_facts"),
    )
    op.create_index("ix_facts_case_id", "facts", ["case_id", "at", "id"])

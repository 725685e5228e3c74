"""What moderators do beside deciding: cover, write notes, set aside, hand to a lead; and why an upload matched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ESCALATED = sa.text("escalated_by IS NOT NULL")
_ORDINARY = sa.text("escalated_by IS NULL")
_HELD = sa.text("held_until IS NOT NULL")


def upgrade() -> None:
    """Add what cases, items and decisions know beside what they knew, the tables of coverings and notes, and the console's indexes."""
    op.add_column("cases", sa.Column("held_until", UtcTime(), nullable=True))
    op.add_column("cases", sa.Column("escalated_by", text(), nullable=True))
    _required_list("items", "matches")
    _required_list("decisions", "answers")
    _coverings()
    _notes()
    op.create_index(
        "ix_cases_escalated",
        "cases",
        ["state", "opened_at", "id"],
        sqlite_where=_ESCALATED,
        postgresql_where=_ESCALATED,
    )
    op.create_index(
        "ix_cases_waiting",
        "cases",
        ["state", "opened_at", "id", "lease_until", "held_until"],
        sqlite_where=_ORDINARY,
        postgresql_where=_ORDINARY,
    )
    op.create_index(
        "ix_cases_held", "cases", ["state", "held_until", "id"], sqlite_where=_HELD, postgresql_where=_HELD
    )
    op.create_index("ix_reveals_user_id", "reveals", ["user_id", "at", "id"])
    op.create_index("ix_referrals_state", "referrals", ["state", "created_at", "id"])


def _required_list(table: str, column: str) -> None:
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column(table, sa.Column(column, text(), nullable=True))
    op.execute(f"UPDATE {table} SET {column} = '[]'")  # noqa: S608 - both names stand above
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column, existing_type=text(), nullable=False)


def _coverings() -> None:
    op.create_table(
        "coverings",
        sa.Column("id", text(), nullable=False),
        sa.Column("reveal_id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coverings"),
    )
    op.create_index("uq_coverings_reveal_id", "coverings", ["reveal_id"], unique=True)
    op.create_index("ix_coverings_user_id", "coverings", ["user_id", "at", "id"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("text", text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_case_id", "notes", ["case_id", "at", "id"])

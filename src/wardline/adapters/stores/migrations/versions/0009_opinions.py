"""Several people may judge one case; files with a known answer; people say which accounts are their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_IN_USE = sa.text("retired_at IS NULL")


def upgrade() -> None:
    """Add the tables and the columns. So far nobody asked for a second opinion, and nobody named an account."""
    _required("decisions", "second_opinion", sa.Boolean(), "false")
    _required("users", "accounts", text(), "'[]'")
    _opinions()
    _golden_items()
    _golden_cases()


def _required(
    table: str, column: str, kind: sa.types.TypeEngine[bool] | sa.types.TypeEngine[str], value: str
) -> None:
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column(table, sa.Column(column, kind, nullable=True))
    op.execute(f"UPDATE {table} SET {column} = {value}")  # noqa: S608 - all three stand above
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column, existing_type=kind, nullable=False)


def _opinions() -> None:
    op.create_table(
        "opinions",
        sa.Column("id", text(), nullable=False),
        *(sa.Column(name, text(), nullable=False) for name in ("case_id", "decision_id", "user_id")),
        sa.Column("at", UtcTime(), nullable=False),
        *(sa.Column(name, text(), nullable=False) for name in ("stage", "reason", "answer")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("in_effect", "restricts")),
        sa.Column("settled_at", UtcTime(), nullable=True),
        sa.Column("settled", text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
    )
    op.create_index("uq_opinions_decision_id", "opinions", ["decision_id"], unique=True)
    op.create_index("ix_opinions_case_id", "opinions", ["case_id", "at", "id"])
    op.create_index("ix_opinions_user_id", "opinions", ["user_id", "at", "id"])


def _golden_items() -> None:
    op.create_table(
        "golden_items",
        *(sa.Column(name, text(), nullable=False) for name in ("id", "item_id", "outcome")),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.Column("added_by", text(), nullable=False),
        sa.Column("retired_at", UtcTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_golden_items"),
    )
    op.create_index("uq_golden_items_item_id", "golden_items", ["item_id"], unique=True)
    op.create_index(
        "ix_golden_items_in_use",
        "golden_items",
        ["added_at", "id"],
        sqlite_where=_IN_USE,
        postgresql_where=_IN_USE,
    )


def _golden_cases() -> None:
    op.create_table(
        "golden_cases",
        *(sa.Column(name, text(), nullable=False) for name in ("id", "golden_id", "case_id", "made_for")),
        sa.Column("made_at", UtcTime(), nullable=False),
        *(sa.Column(name, text(), nullable=True) for name in ("user_id", "outcome")),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_golden_cases"),
    )
    op.create_index("uq_golden_cases_case_id", "golden_cases", ["case_id"], unique=True)
    op.create_index("ix_golden_cases_golden_id", "golden_cases", ["golden_id", "made_at", "id"])
    op.create_index("ix_golden_cases_user_id", "golden_cases", ["user_id", "answered_at", "id"])
    op.create_index("ix_golden_cases_made_for", "golden_cases", ["made_for", "id"])

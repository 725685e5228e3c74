"""Showings are numbered for each person and may be short; people keep what they chose for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to reveals their length and number, and make the table of choices. A showing from before lasted a minute and has no number."""
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column("reveals", sa.Column("seconds", sa.BigInteger(), nullable=True))
    op.add_column("reveals", sa.Column("number", sa.BigInteger(), nullable=True))
    op.execute("UPDATE reveals SET seconds = 60")
    with op.batch_alter_table("reveals") as reveals:
        reveals.alter_column("seconds", existing_type=sa.BigInteger(), nullable=False)
    numbered = sa.text("number IS NOT NULL")
    op.create_index(
        "uq_reveals_number", "reveals", ["user_id", "number"], unique=True, sqlite_where=numbered, postgresql_where=numbered
    )  # fmt: skip
    op.create_table(
        "viewing_choices",
        sa.Column("id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("grey", "small", "hold", "steps")),
        sa.Column("queues", text(), nullable=False),
        sa.Column("grades", text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_viewing_choices"),
    )
    op.create_index("uq_viewing_choices_user_id", "viewing_choices", ["user_id"], unique=True)

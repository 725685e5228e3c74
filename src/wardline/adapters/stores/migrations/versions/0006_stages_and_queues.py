"""Cases wait for a first or a further opinion, in a queue, until a time, and stand in clusters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What is there waits for its first opinion, in the general queue, without a target and alone."""
    # Filled before they are required, so that no default stays behind that a fresh table does not have.
    op.add_column("cases", sa.Column("stage", text(), nullable=True))
    op.add_column("cases", sa.Column("queue", text(), nullable=True))
    op.add_column("cases", sa.Column("due_at", UtcTime(), nullable=True))
    op.add_column("cases", sa.Column("cluster_id", text(), nullable=True))
    op.execute("UPDATE cases SET stage = 'first', queue = 'general'")
    with op.batch_alter_table("cases") as cases:
        cases.alter_column("stage", existing_type=text(), nullable=False)
        cases.alter_column("queue", existing_type=text(), nullable=False)

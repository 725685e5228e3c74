"""A case may be appealed again, once it was decided anew after the answer: its appeals have numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Number what is there: each case has one at most."""
    op.drop_index("uq_appeals_case_id", table_name="appeals")
    op.add_column("appeals", sa.Column("number", sa.BigInteger(), nullable=True))
    op.execute(sa.text("UPDATE appeals SET number = 1"))
    with op.batch_alter_table("appeals") as appeals:
        appeals.alter_column("number", existing_type=sa.BigInteger(), nullable=False)
    op.create_index("uq_appeals_number", "appeals", ["case_id", "number"], unique=True)

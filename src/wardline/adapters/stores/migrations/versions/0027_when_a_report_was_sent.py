"""A referral says when what opened its report was built."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of reports from before nobody knows it."""
    op.add_column("referrals", sa.Column("sent_at", UtcTime(), nullable=True))

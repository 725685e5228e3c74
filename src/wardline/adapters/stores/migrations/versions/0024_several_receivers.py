"""One decision may need a report to each of several receivers; to each of them at most one."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make unique what a decision reports to a receiver, instead of what it reports."""
    op.drop_index("uq_referrals_decision_id", table_name="referrals")
    op.create_index("uq_referrals_decision_id", "referrals", ["decision_id", "authority"], unique=True)

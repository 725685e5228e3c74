"""What attainment is counted by holds no open cases: those are counted with all that waits, and move in fewer indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NAME = "ix_cases_due_at"
_ENDED = sa.text("due_at IS NOT NULL AND state <> 'open'")


def upgrade() -> None:
    """Make the index anew over what is not open."""
    op.drop_index(_NAME, table_name="cases")
    columns = ["due_at", "id", "queue", "target", "state", "decision_id"]
    op.create_index(_NAME, "cases", columns, sqlite_where=_ENDED, postgresql_where=_ENDED)

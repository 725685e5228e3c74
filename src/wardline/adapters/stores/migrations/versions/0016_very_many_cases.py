"""What has been hidden for long is found among very many cases without looking at those that are not hidden."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_RESTRICTED = (sa.text("restricted = 1"), sa.text("restricted"))


def upgrade() -> None:
    """Make the index of what is hidden one that SQLite prefers: by a column that is equal, and with what says that a case is in hand."""
    op.drop_index("ix_cases_restricted", table_name="cases")
    op.create_index(
        "ix_cases_restricted", "cases", ["state", "queue", "restricted", "opened_at", "id", "lease_until", "held_until"],
        sqlite_where=_RESTRICTED[0], postgresql_where=_RESTRICTED[1],
    )  # fmt: skip

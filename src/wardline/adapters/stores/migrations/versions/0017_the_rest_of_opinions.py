"""Evidence may be used for practice; opinions are found by when they were settled, and sessions by what a provider calls them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the indexes. So far every file with a known answer is harmless and of no case, and no session knows what the provider calls it."""
    for name in ("case_id", "decision_id", "category"):
        op.add_column("golden_items", sa.Column(name, text(), nullable=True))
    op.create_index("ix_opinions_settled_at", "opinions", ["settled_at", "id"])
    op.add_column("sessions", sa.Column("provider_session", text(), nullable=True))
    op.create_index("ix_sessions_provider_session", "sessions", ["provider_session", "id"])
    op.add_column("golden_cases", sa.Column("category", text(), nullable=True))

"""A copy of each schema that an authority served."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "authority_schemas",
        sa.Column("id", text(), primary_key=True),
        sa.Column("authority", text(), nullable=False),
        sa.Column("environment", text(), nullable=False),
        sa.Column("digest", text(), nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("understood", sa.Boolean(), nullable=False),
    )
    op.create_index(
        "ix_authority_schemas_first_seen_at",
        "authority_schemas",
        ["authority", "environment", "first_seen_at", "id"],
    )

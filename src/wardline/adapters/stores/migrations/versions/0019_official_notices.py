"""Notices of police and other authorities: each has a number of its own, and is a record of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import text

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

_BY_ANYBODY = sa.text("official IS NULL")


def upgrade() -> None:
    """Add the column. Among what anybody else flags, each reason stays once a file."""
    op.add_column("notices", sa.Column("official", text(), nullable=True))
    op.drop_index("uq_notices_item_id", table_name="notices")
    op.create_index(
        "uq_notices_item_id", "notices", ["item_id", "reason", "flagger"], unique=True,
        sqlite_where=_BY_ANYBODY, postgresql_where=_BY_ANYBODY,
    )  # fmt: skip
    op.create_index("uq_notices_official", "notices", ["item_id", "official"], unique=True)

"""Notices of police and other authorities have a number of their own; evidence is counted without being read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import text

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_BY_ANYBODY = sa.text("official IS NULL")


def upgrade() -> None:
    """Add the column and the indexes. Among what anybody else flags, each reason stays once a file."""
    op.add_column("notices", sa.Column("official", text(), nullable=True))
    op.drop_index("uq_notices_item_id", table_name="notices")
    op.create_index(
        "uq_notices_item_id", "notices", ["item_id", "reason", "flagger"], unique=True,
        sqlite_where=_BY_ANYBODY, postgresql_where=_BY_ANYBODY,
    )  # fmt: skip
    op.create_index("uq_notices_official", "notices", ["item_id", "official"], unique=True)
    op.create_index(
        "ix_evidence_counted", "evidence",
        ["scope", "detector", "detector_version", "truth", "channel", "part", "person_was_right", "scored_at", "recorded_at"],
    )  # fmt: skip

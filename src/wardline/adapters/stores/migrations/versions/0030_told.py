"""An item may be what a platform told of an incident without a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import text

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; everything from before is a file."""
    op.add_column("items", sa.Column("told", text(), nullable=True))

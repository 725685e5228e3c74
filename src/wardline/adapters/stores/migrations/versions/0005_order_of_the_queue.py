"""Cases have a place in the order of the queue. Those that are there have none; they are handed out by age, and all fields may be empty."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ORDINARY = sa.text("escalated_by IS NULL")
_IMMINENT = sa.text("imminent_since IS NOT NULL")


def upgrade() -> None:
    """Add the place, what it was computed from, and the indexes that the next case is found by."""
    op.add_column("cases", sa.Column("imminent_since", UtcTime(), nullable=True))
    op.add_column("cases", sa.Column("lane", text(), nullable=True))
    op.add_column("cases", sa.Column("views_turn", sa.Double(), nullable=True))
    op.add_column("cases", sa.Column("delay_turn", sa.Double(), nullable=True))
    op.add_column("cases", sa.Column("urgency", text(), nullable=True))
    _index(
        "ix_cases_views_turn", ["state", "lane", "views_turn", "id", "lease_until", "held_until"], _ORDINARY
    )
    _index("ix_cases_delay_turn", ["state", "delay_turn", "id", "lease_until", "held_until"], _ORDINARY)
    _index("ix_cases_imminent", ["state", "imminent_since", "id"], _IMMINENT)


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "cases", columns, sqlite_where=where, postgresql_where=where)

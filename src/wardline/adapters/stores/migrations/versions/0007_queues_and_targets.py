"""Cases have a class with a target, a place by score and by lot, and say who passed them on; people have skills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ORDINARY = (sa.text("escalated_by IS NULL"),) * 2
_RESTRICTED = (sa.text("restricted = 1"), sa.text("restricted"))
_WAITS = ["id", "lease_until", "held_until"]


def upgrade() -> None:
    """Add the columns, and indexes that begin with the queue in the place of those that did not."""
    op.add_column("cases", sa.Column("target", text(), nullable=True))
    op.add_column("cases", sa.Column("score_turn", sa.Double(), nullable=True))
    op.add_column("cases", sa.Column("lot", sa.Double(), nullable=True))
    op.add_column("cases", sa.Column("drawn", text(), nullable=True))
    op.add_column("cases", sa.Column("claimed_at", UtcTime(), nullable=True))
    _add_list("cases", "declined_by")
    op.add_column("cases", sa.Column("diverted_by", text(), nullable=True))
    _add_list("users", "skills")
    for name in ("ix_cases_waiting", "ix_cases_views_turn", "ix_cases_delay_turn"):
        op.drop_index(name, table_name="cases")
    _index("ix_cases_waiting", ["state", "queue", "opened_at", *_WAITS], _ORDINARY)
    _index("ix_cases_views_turn", ["state", "queue", "lane", "views_turn", *_WAITS], _ORDINARY)
    _index("ix_cases_delay_turn", ["state", "queue", "delay_turn", *_WAITS], _ORDINARY)
    _index("ix_cases_score_turn", ["state", "queue", "score_turn", "id"], _ORDINARY)
    _index("ix_cases_lot", ["state", "queue", "lot", "id"], _ORDINARY)
    _index("ix_cases_restricted", ["state", "queue", "opened_at", "id"], _RESTRICTED)
    op.create_index("ix_cases_target", "cases", ["state", "queue", "target", "due_at", "id"])
    _index(
        "ix_cases_due_at",
        ["due_at", "id", "queue", "target", "state", "decision_id"],
        (sa.text("due_at IS NOT NULL"),) * 2,
    )
    _index("ix_cases_drawn", ["drawn", "opened_at", "id"], (sa.text("drawn IS NOT NULL"),) * 2)
    _index("ix_cases_unplaced", ["state", "id"], (sa.text("lot IS NULL"),) * 2)


def _add_list(table: str, column: str) -> None:
    """Add an empty list. Filled before it is required, so that no default stays behind that a fresh table does not have."""
    op.add_column(table, sa.Column(column, text(), nullable=True))
    op.execute(f"UPDATE {table} SET {column} = '[]'")  # noqa: S608 - both names stand above
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column, existing_type=text(), nullable=False)


def _index(name: str, columns: list[str], where: tuple[sa.TextClause, sa.TextClause]) -> None:
    op.create_index(name, "cases", columns, sqlite_where=where[0], postgresql_where=where[1])

"""The next case of somebody who does not take every grade is found among very many cases without looking at those of other grades."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ORDINARY = sa.text("escalated_by IS NULL")
_RESTRICTED = (sa.text("restricted = 1"), sa.text("restricted"))
_LETTER = sa.text("coalesce(substr(urgency, 14, 1), 'u')")


def upgrade() -> None:
    """Make indexes of four orders that hold the letter of what a case is known to be."""
    orders: dict[str, list[str | sa.TextClause]] = {
        "waiting": ["state", "queue", _LETTER, "opened_at", "id"],
        "views": ["state", "queue", "lane", _LETTER, "views_turn", "id"],
        "delay": ["state", "queue", _LETTER, "delay_turn", "id"],
    }
    for name, columns in orders.items():
        op.create_index(
            f"ix_cases_letter_{name}", "cases", columns, sqlite_where=_ORDINARY, postgresql_where=_ORDINARY
        )
    op.create_index(
        "ix_cases_letter_restricted", "cases", ["state", "queue", "restricted", _LETTER, "opened_at", "id"],
        sqlite_where=_RESTRICTED[0], postgresql_where=_RESTRICTED[1],
    )  # fmt: skip

"""A referral may hold others about the same account, and its report all their files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import text

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ENDING = sa.text("substr(id, 30)")
_DUE = sa.text("due_at IS NOT NULL AND joined IS NULL AND state NOT IN ('finished', 'withdrawn')")
_UNCHECKED = sa.text("check_by IS NOT NULL AND second_at IS NULL AND state = 'finished'")


def upgrade() -> None:
    """Add the columns; the clock of a referral that joined another one is that one's."""
    # SQLite makes the table anew, and then forgets indexes over expressions: they are made anew, too.
    for name in ("ix_referrals_due", "ix_referrals_unchecked", "ix_referrals_ending"):
        op.drop_index(name, table_name="referrals")
    op.add_column("referrals", sa.Column("joined", text(), nullable=True))
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column("referrals", sa.Column("bundle", text(), nullable=True))
    op.add_column("referrals", sa.Column("alone", sa.Boolean(), nullable=True))
    op.execute(sa.text("UPDATE referrals SET bundle = '[]', alone = :no").bindparams(no=False))
    with op.batch_alter_table("referrals") as referrals:
        referrals.alter_column("bundle", existing_type=text(), nullable=False)
        referrals.alter_column("alone", existing_type=sa.Boolean(), nullable=False)
    op.create_index("ix_referrals_ending", "referrals", [_ENDING, "id"])
    _partial("ix_referrals_due", ["priority", "due_at", "id"], _DUE)
    _partial("ix_referrals_unchecked", ["check_by", "id"], _UNCHECKED)


def _partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "referrals", columns, sqlite_where=where, postgresql_where=where)

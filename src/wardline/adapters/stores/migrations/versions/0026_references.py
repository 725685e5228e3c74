"""What a person recorded as a receiver's reference is kept as it is compared, and no two reports to a receiver share one; who took a pack
stands in its referral."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import text

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_FORM = b'"form": "wardline-reference"'
_ENDING = sa.text("substr(id, 30)")
_DUE = sa.text("due_at IS NOT NULL AND joined IS NULL AND state NOT IN ('finished', 'withdrawn')")
_UNCHECKED = sa.text("check_by IS NOT NULL AND second_at IS NULL AND state = 'finished'")
_SET = sa.text("reference IS NOT NULL")


def upgrade() -> None:
    """Add the column, and fill it for what is recorded already. Where one reference stands for several, the first of them has it."""
    # SQLite makes the table anew, and then forgets indexes over expressions: they are made anew, too.
    for name in ("ix_referrals_due", "ix_referrals_unchecked", "ix_referrals_ending"):
        op.drop_index(name, table_name="referrals")
    op.add_column("referrals", sa.Column("reference", text(), nullable=True))
    op.add_column("referrals", sa.Column("takings", text(), nullable=True))
    op.execute(sa.text("UPDATE referrals SET takings = '[]'"))
    with op.batch_alter_table("referrals") as referrals:
        referrals.alter_column("takings", existing_type=text(), nullable=False)
    op.create_index("ix_referrals_ending", "referrals", [_ENDING, "id"])
    _partial("ix_referrals_due", ["priority", "due_at", "id"], _DUE)
    _partial("ix_referrals_unchecked", ["check_by", "id"], _UNCHECKED)
    connection = op.get_bind()
    asked = sa.text(
        "SELECT r.id, r.authority, r.environment, r.remote_id, t.body FROM referrals r JOIN receipts t ON t.referral_id = r.id "
        "WHERE t.original = :no AND r.remote_id IS NOT NULL ORDER BY r.finished_at, r.id"
    ).bindparams(no=False)
    taken = set[tuple[str, str, str]]()
    for row in connection.execute(asked).all():
        key = (row.authority, row.environment, _compared(row.remote_id))
        if key not in taken and _FORM in bytes(row.body):
            taken.add(key)
            filled = sa.text("UPDATE referrals SET reference = :reference WHERE id = :id")
            connection.execute(filled.bindparams(reference=key[2], id=row.id))
    op.create_index(
        "uq_referrals_reference", "referrals", ["authority", "environment", "reference"], unique=True, sqlite_where=_SET, postgresql_where=_SET
    )  # fmt: skip
    op.create_index("ix_referrals_remote_id", "referrals", ["remote_id", "id"])


def _partial(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "referrals", columns, sqlite_where=where, postgresql_where=where)


def _compared(reference: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", reference).casefold().split())

"""People's sessions, how often a sign-in failed, and a way to find the cases that a person holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to users what locks them out for a while, make the table of sessions, and index who holds a case."""
    _users()
    _sessions()
    op.create_index("ix_cases_claimed_by", "cases", ["claimed_by", "opened_at", "id"])


def _users() -> None:
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column("users", sa.Column("failed_sign_ins", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("locked_until", UtcTime(), nullable=True))
    op.execute("UPDATE users SET failed_sign_ins = 0")
    with op.batch_alter_table("users") as users:
        users.alter_column("failed_sign_ins", existing_type=sa.BigInteger(), nullable=False)


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("token_digest", text(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at", "id"])
    op.create_index("ix_sessions_user_id", "sessions", ["user_id", "opened_at", "id"])
    op.create_index("uq_sessions_token_digest", "sessions", ["token_digest"], unique=True)

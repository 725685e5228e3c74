"""Sessions that end when nobody uses them, accounts at providers, security keys, and cases that were opened with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables. A session that is there rests on a password, and was last used when it was opened."""
    _sessions()
    _identities()
    _passkeys()
    _openings()


def _sessions() -> None:
    op.add_column("sessions", sa.Column("seen_at", UtcTime(), nullable=True))
    op.add_column("sessions", sa.Column("proven_at", UtcTime(), nullable=True))
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column("sessions", sa.Column("strong", sa.Boolean(), nullable=True))
    op.add_column("sessions", sa.Column("identity_id", text(), nullable=True))
    op.execute(sa.update(sa.table("sessions", sa.column("strong", sa.Boolean()))).values(strong=False))
    with op.batch_alter_table("sessions") as sessions:
        sessions.alter_column("strong", existing_type=sa.Boolean(), nullable=False)


def _identities() -> None:
    op.create_table(
        "identities",
        sa.Column("id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("issuer", text(), nullable=False),
        sa.Column("subject", text(), nullable=False),
        sa.Column("linked_at", UtcTime(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
    )
    op.create_index("uq_identities_issuer_subject", "identities", ["issuer", "subject"], unique=True)
    op.create_index("ix_identities_user_id", "identities", ["user_id", "linked_at", "id"])


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("credential_id", text(), nullable=False),
        sa.Column("public_key", text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.Column("last_used_at", UtcTime(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
    )
    op.create_index("uq_passkeys_credential_id", "passkeys", ["credential_id"], unique=True)
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id", "added_at", "id"])


def _openings() -> None:
    op.create_table(
        "openings",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("user_id", text(), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_openings"),
    )
    op.create_index("ix_openings_user_id", "openings", ["user_id", "case_id", "until"])

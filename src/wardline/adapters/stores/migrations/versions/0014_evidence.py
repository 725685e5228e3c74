"""What detectors said of an item, and what is known of how good machine and people are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables. No detector was asked about an item that is there."""
    _scores()
    _evidence()
    _random_audits()


def _scores() -> None:
    op.add_column("items", sa.Column("scope", text(), nullable=True))
    # Filled before it is required, so that no default stays behind that a fresh table does not have.
    op.add_column("items", sa.Column("scores", text(), nullable=True))
    op.add_column("items", sa.Column("found_by", text(), nullable=True))
    op.execute(sa.update(sa.table("items", sa.column("scores", text()))).values(scores="[]"))
    with op.batch_alter_table("items") as items:
        items.alter_column("scores", existing_type=text(), nullable=False)


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", text(), nullable=False),
        sa.Column("source_id", text(), nullable=False),
        sa.Column("scope", text(), nullable=False),
        sa.Column("detector", text(), nullable=False),
        sa.Column("detector_version", text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("scored_at", UtcTime(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("channel", text(), nullable=False),
        sa.Column("truth", text(), nullable=False),
        sa.Column("person_was_right", sa.Boolean(), nullable=False),
        sa.Column("judges", sa.BigInteger(), nullable=False),
        sa.Column("part", text(), nullable=False),
        sa.Column("disposal", text(), nullable=False),
        sa.Column("certificate_id", text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index(
        "uq_evidence_source_id_scope",
        "evidence",
        ["source_id", "scope", "detector", "detector_version"],
        unique=True,
    )
    op.create_index(
        "ix_evidence_scope", "evidence", ["scope", "detector", "detector_version", "recorded_at", "id"]
    )


def _random_audits() -> None:
    op.create_table(
        "random_audits",
        sa.Column("id", text(), nullable=False),
        sa.Column("case_id", text(), nullable=False),
        sa.Column("item_id", text(), nullable=False),
        sa.Column("scope", text(), nullable=False),
        sa.Column("drawn_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_random_audits"),
    )
    op.create_index("uq_random_audits_case_id", "random_audits", ["case_id"], unique=True)
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_random_audits_running",
        "random_audits",
        ["expires_at", "id"],
        sqlite_where=running,
        postgresql_where=running,
    )

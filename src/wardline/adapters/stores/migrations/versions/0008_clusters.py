"""Near-duplicates stand together, and what two people agree on spreads. Cases from before stand alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_LEADS = sa.text("pdq IS NOT NULL")
_COUNTS = sa.text("withdrawn_at IS NULL")
_STANDS = sa.text("stopped_at IS NULL")
_GATHERED = sa.text("cluster_id IS NOT NULL")
_FURTHER = sa.text("stage <> 'first'")


def upgrade() -> None:
    """Add the tables, the index by which cases of a cluster are found, and what a decision followed from."""
    _add_clusters()
    _add_votes()
    _add_spreads()
    _index("ix_cases_cluster_id", "cases", ["cluster_id", "state", "id"], _GATHERED)
    _index("ix_cases_further_opinion", "cases", ["cluster_id", "state"], _FURTHER)
    op.add_column("decisions", sa.Column("spread_from", text(), nullable=True))
    op.execute("UPDATE decisions SET spread_from = '[]'")
    with op.batch_alter_table("decisions") as decisions:
        decisions.alter_column("spread_from", existing_type=text(), nullable=False)


def _add_clusters() -> None:
    op.create_table(
        "clusters", _text("id"), _time("opened_at"), _text_or_none("pdq"), _time_or_none("stopped_at"), _number("version"), sa.PrimaryKeyConstraint("id", name="pk_clusters"),
    )  # fmt: skip
    op.create_index("ix_clusters_opened_at", "clusters", ["opened_at", "id"])
    _index("ix_clusters_leads", "clusters", ["id"], _LEADS)
    op.create_table(
        "cluster_files",
        _text("id"),
        _text("cluster_id"),
        _text("sha256"),
        sa.PrimaryKeyConstraint("id", name="pk_cluster_files"),
    )
    op.create_index("uq_cluster_files_sha256", "cluster_files", ["sha256"], unique=True)
    op.create_index("ix_cluster_files_cluster_id", "cluster_files", ["cluster_id", "id"])
    op.create_table(
        "cluster_members", _text("id"), _text("cluster_id"), _text("file_id"), _text("case_id"), _time("joined_at"),
        _number("distance_bits"), _text_or_none("spread_id"), _text_or_none("near_spread_id"),
        sa.Column("restricted", sa.Boolean(), nullable=False), _number("version"), sa.PrimaryKeyConstraint("id", name="pk_cluster_members"),
    )  # fmt: skip
    op.create_index("uq_cluster_members_case_id", "cluster_members", ["case_id"], unique=True)
    for column in ("cluster_id", "file_id", "spread_id", "near_spread_id"):
        op.create_index(f"ix_cluster_members_{column}", "cluster_members", [column, "id"])


def _add_votes() -> None:
    op.create_table(
        "cluster_votes", _text("id"), _text("cluster_id"), _text("file_id"), _text("decision_id"), _text("user_id"),
        _text("outcome"), _text_or_none("category"), _time("at"), _time_or_none("withdrawn_at"), _number("version"), sa.PrimaryKeyConstraint("id", name="pk_cluster_votes"),
    )  # fmt: skip
    op.create_index("uq_cluster_votes_decision_id", "cluster_votes", ["decision_id"], unique=True)
    for column in ("cluster_id", "file_id"):
        said = [column, "user_id", "outcome", "category", "decision_id"]
        _index(f"ix_cluster_votes_{column}", "cluster_votes", said, _COUNTS)


def _add_spreads() -> None:
    op.create_table(
        "spreads", _text("id"), _text("cluster_id"), _text("target"), _text("outcome"), _text_or_none("category"),
        _text("decisions"), _time("begun_at"), _text_or_none("reached"), _number("passes"), _number("decided"), _number("sampled"),
        _number("put_in_front"), _time_or_none("stopped_at"), _time_or_none("withdrawn_at"), _number("version"), sa.PrimaryKeyConstraint("id", name="pk_spreads"),
    )  # fmt: skip
    op.create_index(
        "uq_spreads_standing",
        "spreads",
        ["target"],
        unique=True,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )
    op.create_index("ix_spreads_cluster_id", "spreads", ["cluster_id", "id"])


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, text(), nullable=False)


def _text_or_none(name: str) -> sa.Column[str]:
    return sa.Column(name, text(), nullable=True)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcTime(), nullable=False)


def _time_or_none(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcTime(), nullable=True)

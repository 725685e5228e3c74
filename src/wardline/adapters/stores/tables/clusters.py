"""Clusters, what people said of their files, and what of it spread."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_number,
    a_text,
    a_text_or_none,
    a_time,
    a_time_or_none,
    a_yes_no,
    an_id,
    metadata,
)

_LEADS = sa.text("pdq IS NOT NULL")
clusters = sa.Table(
    "clusters", metadata, an_id(), a_time("opened_at"), a_text_or_none("pdq"), a_time_or_none("stopped_at"), a_number("version"),
    sa.Index("ix_clusters_opened_at", "opened_at", "id"),
    sa.Index("ix_clusters_leads", "id", sqlite_where=_LEADS, postgresql_where=_LEADS),
)  # fmt: skip

cluster_files = sa.Table(
    "cluster_files", metadata, an_id(), a_text("cluster_id"), a_text("sha256"),
    sa.Index("uq_cluster_files_sha256", "sha256", unique=True),
    sa.Index("ix_cluster_files_cluster_id", "cluster_id", "id"),
)  # fmt: skip

cluster_members = sa.Table(
    "cluster_members", metadata, an_id(), a_text("cluster_id"), a_text("file_id"), a_text("case_id"), a_time("joined_at"),
    a_number("distance_bits"), a_text_or_none("spread_id"), a_text_or_none("near_spread_id"), a_yes_no("restricted"),
    a_number("version"),
    sa.Index("uq_cluster_members_case_id", "case_id", unique=True),
    sa.Index("ix_cluster_members_cluster_id", "cluster_id", "id"),
    sa.Index("ix_cluster_members_file_id", "file_id", "id"),
    sa.Index("ix_cluster_members_spread_id", "spread_id", "id"),
    sa.Index("ix_cluster_members_near_spread_id", "near_spread_id", "id"),
)  # fmt: skip

_COUNTS = sa.text("withdrawn_at IS NULL")
cluster_votes = sa.Table(
    "cluster_votes", metadata, an_id(), a_text("cluster_id"), a_text("file_id"), a_text("decision_id"), a_text("user_id"),
    a_text("outcome"), a_text_or_none("category"), a_time("at"), a_time_or_none("withdrawn_at"), a_number("version"),
    sa.Index("uq_cluster_votes_decision_id", "decision_id", unique=True),
    # With what is grouped by, so that only the index is read.
    sa.Index("ix_cluster_votes_cluster_id", "cluster_id", "user_id", "outcome", "category", "decision_id", sqlite_where=_COUNTS,
             postgresql_where=_COUNTS),
    sa.Index("ix_cluster_votes_file_id", "file_id", "user_id", "outcome", "category", "decision_id", sqlite_where=_COUNTS,
             postgresql_where=_COUNTS),
)  # fmt: skip

_STANDS = sa.text("stopped_at IS NULL")
spreads = sa.Table(
    "spreads", metadata, an_id(), a_text("cluster_id"), a_text("target"), a_text("outcome"), a_text_or_none("category"),
    a_text("decisions"), a_time("begun_at"), a_text_or_none("reached"), a_number("passes"), a_number("decided"), a_number("sampled"),
    a_number("put_in_front"), a_time_or_none("stopped_at"), a_time_or_none("withdrawn_at"), a_number("version"),
    sa.Index("uq_spreads_standing", "target", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    sa.Index("ix_spreads_cluster_id", "cluster_id", "id"),
)  # fmt: skip

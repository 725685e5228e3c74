"""What is known of how good machine and people are."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_fraction,
    a_number,
    a_text,
    a_text_or_none,
    a_time,
    a_time_or_none,
    a_yes_no,
    an_id,
    metadata,
)

evidence = sa.Table(
    "evidence", metadata, an_id(), a_text("source_id"), a_text("scope"), a_text("detector"), a_text("detector_version"), a_fraction("score"),
    a_time("scored_at"), a_time("recorded_at"), a_text("channel"), a_text("truth"), a_yes_no("person_was_right"), a_number("judges"),
    a_text("part"), a_text("disposal"), a_text_or_none("certificate_id"), a_number("version"),
    sa.Index("uq_evidence_source_id_scope", "source_id", "scope", "detector", "detector_version", unique=True),
    sa.Index("ix_evidence_scope", "scope", "detector", "detector_version", "recorded_at", "id"),
    sa.Index("ix_evidence_counted", "scope", "detector", "detector_version", "truth", "channel", "part", "person_was_right", "scored_at",
             "recorded_at"),
)  # fmt: skip

_RUNNING = sa.text("ended_at IS NULL")
random_audits = sa.Table(
    "random_audits", metadata, an_id(), a_text("case_id"), a_text("item_id"), a_text("scope"), a_time("drawn_at"), a_time("expires_at"),
    a_yes_no("alone"), a_time_or_none("ended_at"), a_number("version"),
    sa.Index("uq_random_audits_case_id", "case_id", unique=True),
    sa.Index("ix_random_audits_running", "expires_at", "id", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
)  # fmt: skip

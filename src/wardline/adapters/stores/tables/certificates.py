"""Certificates, what was seen of them, and how uploads score."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_fraction,
    a_fraction_or_none,
    a_number,
    a_text,
    a_text_or_none,
    a_time,
    a_time_or_none,
    a_yes_no,
    an_id,
    metadata,
)

certificates = sa.Table(
    "certificates", metadata, an_id(), a_text("arm"), a_text("scope"), a_text("detector"), a_text("detector_version"), a_number("number"),
    a_fraction("error_level"), a_fraction("policy_cap"), a_number("human_wrong"), a_number("human_trials"), a_fraction("cap"), a_text("grid"),
    a_fraction_or_none("threshold"), a_number("trials"), a_number("harmed"), a_fraction_or_none("limit"), a_text("channels"), a_number("seed"),
    a_fraction_or_none("channel_p_value"), a_text("score_counts"), a_time("evidence_since"), a_time("made_at"), a_text("evidence_digest"),
    a_text("conditions"), a_text("proposed_by"), a_time("expires_at"), a_text("state"), a_text_or_none("approved_by"),
    a_time_or_none("approved_at"), a_time_or_none("ended_at"), a_text_or_none("reason"), a_number("version"),
    sa.Index("uq_certificates_number", "scope", "arm", "number", unique=True),
    sa.Index("ix_certificates_made_at", "made_at", "id"),
    sa.Index("ix_certificates_state", "state", "scope", "id"),
)  # fmt: skip

certificate_watches = sa.Table(
    "certificate_watches", metadata, an_id(), a_text("certificate_id"), a_fraction("cap"), a_number("life"), a_fraction("alarm_level"),
    a_text("capital"), a_number("seen"), a_number("harmed"), a_yes_no("is_alarmed"), a_time_or_none("fed_until"), a_text("fed"),
    a_number("version"),
    sa.Index("uq_certificate_watches_certificate_id", "certificate_id", unique=True),
)  # fmt: skip

score_counts = sa.Table(
    "score_counts", metadata, an_id(), a_text("scope"), a_text("detector"), a_text("detector_version"), a_text("day"), a_text("counts"),
    a_number("version"),
    sa.Index("uq_score_counts_scope", "scope", "detector", "detector_version", "day", unique=True),
)  # fmt: skip

"""What several people said about one case, and files with a known answer."""

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

opinions = sa.Table(
    "opinions", metadata, an_id(), a_text("case_id"), a_text("decision_id"), a_text("user_id"), a_time("at"), a_text("stage"),
    a_text("reason"), a_text("answer"), a_yes_no("in_effect"), a_yes_no("restricts"), a_time_or_none("settled_at"), a_text_or_none("settled"),
    a_number("version"),
    sa.Index("uq_opinions_decision_id", "decision_id", unique=True),
    sa.Index("ix_opinions_case_id", "case_id", "at", "id"),
    sa.Index("ix_opinions_user_id", "user_id", "at", "id"),
    sa.Index("ix_opinions_settled_at", "settled_at", "id"),
)  # fmt: skip

_IN_USE = sa.text("retired_at IS NULL")
golden_items = sa.Table(
    "golden_items", metadata, an_id(), a_text("item_id"), a_text("outcome"), a_time("added_at"), a_text("added_by"),
    a_time_or_none("retired_at"), a_number("version"), a_text_or_none("case_id"), a_text_or_none("decision_id"), a_text_or_none("category"),
    sa.Index("uq_golden_items_item_id", "item_id", unique=True),
    sa.Index("ix_golden_items_in_use", "added_at", "id", sqlite_where=_IN_USE, postgresql_where=_IN_USE),
)  # fmt: skip

golden_cases = sa.Table(
    "golden_cases", metadata, an_id(), a_text("golden_id"), a_text("case_id"), a_text("made_for"), a_time("made_at"),
    a_text_or_none("user_id"), a_text_or_none("outcome"), a_time_or_none("answered_at"), a_number("version"), a_text_or_none("category"),
    sa.Index("uq_golden_cases_case_id", "case_id", unique=True),
    sa.Index("ix_golden_cases_golden_id", "golden_id", "made_at", "id"),
    sa.Index("ix_golden_cases_user_id", "user_id", "answered_at", "id"),
    sa.Index("ix_golden_cases_made_for", "made_for", "id"),
)  # fmt: skip

"""Items and what follows a decision: actions, referrals, receipts, holds; and the schemas of those who get the referrals."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_number,
    a_number_or_none,
    a_text,
    a_text_or_none,
    a_time,
    a_time_or_none,
    a_yes_no,
    an_id,
    metadata,
    some_bytes,
)

items = sa.Table(
    "items", metadata, an_id(), a_time("received_at"), a_text("account_reference"), a_text("platform"), a_text_or_none("context"),
    a_number("size_bytes"), a_text_or_none("picture"), a_text("hashes"), a_yes_no("sealed"), a_number("version"),
    a_text("matches"), a_text_or_none("scope"), a_text("scores"), a_text_or_none("found_by"), a_text("disposal"),
    a_text_or_none("certificate_id"), a_text_or_none("told"),
    sa.Index("ix_items_received_at", "received_at", "id"),
)  # fmt: skip

actions = sa.Table(
    "actions", metadata, an_id(), a_text("case_id"), a_text("kind"), a_text("platform"), a_text("account_reference"),
    a_text_or_none("content_reference"), a_time("created_at"), a_text("state"), a_number("attempts"), a_time_or_none("delivered_at"),
    a_number("version"), a_text_or_none("reversal"), a_number("reversal_attempts"),
    sa.Index("ix_actions_case_id", "case_id", "created_at", "id"),
    sa.Index("ix_actions_delivered_at", "delivered_at"),
)  # fmt: skip

REFERRAL_ENDING = "substr(id, 30)"
"""The last six letters of a referral's id, by which people look for it."""
DUE = sa.text("due_at IS NOT NULL AND joined IS NULL AND state NOT IN ('finished', 'withdrawn')")
"""Referrals whose clock runs."""
UNCHECKED = sa.text("check_by IS NOT NULL AND second_at IS NULL AND state = 'finished'")
"""Filed referrals that a second person shall look at."""

REFERENCED = sa.text("reference IS NOT NULL")
"""Reports whose reference a person recorded."""

referrals = sa.Table(
    "referrals", metadata, an_id(), a_text("case_id"), a_text("decision_id"), a_text("authority"), a_text("environment"),
    a_text("state"), a_time("created_at"), a_text("files"), a_text_or_none("remote_id"), a_text("orphans"), a_yes_no("in_flight"),
    a_number("attempts"), a_text_or_none("problem"), a_time_or_none("finished_at"), a_number("version"),
    a_text_or_none("corrects"), a_text_or_none("priority"), a_time_or_none("clock_from"), a_time_or_none("due_at"),
    a_time_or_none("waits_until"), a_time_or_none("check_by"), a_text_or_none("second_by"), a_time_or_none("second_at"),
    a_number_or_none("completeness"), a_text_or_none("joined"), a_text("bundle"), a_yes_no("alone"), a_text_or_none("reference"),
    a_text("takings"), a_time_or_none("sent_at"),
    sa.Index("ix_referrals_ending", sa.text(REFERRAL_ENDING), "id"),
    sa.Index("uq_referrals_decision_id", "decision_id", "authority", unique=True),
    sa.Index("uq_referrals_reference", "authority", "environment", "reference", unique=True, sqlite_where=REFERENCED,
             postgresql_where=REFERENCED),
    sa.Index("ix_referrals_remote_id", "remote_id", "id"),
    sa.Index("ix_referrals_case_id", "case_id", "created_at", "id"),
    sa.Index("ix_referrals_created_at", "created_at", "id"),
    sa.Index("ix_referrals_state", "state", "created_at", "id"),
    sa.Index("ix_referrals_due", "priority", "due_at", "id", sqlite_where=DUE, postgresql_where=DUE),
    sa.Index("ix_referrals_unchecked", "check_by", "id", sqlite_where=UNCHECKED, postgresql_where=UNCHECKED),
    sa.Index("ix_referrals_finished_at", "finished_at", "completeness"),
)  # fmt: skip

facts = sa.Table(
    "facts", metadata, an_id(), a_text("case_id"), a_text("kind"), a_text("user_id"), a_time("at"), a_text("text"),
    a_time_or_none("happened_at"),
    sa.Index("ix_facts_case_id", "case_id", "at", "id"),
)  # fmt: skip

receipts = sa.Table(
    "receipts", metadata, an_id(), a_text("referral_id"), a_text("remote_id"), a_time("received_at"), some_bytes("body"),
    a_yes_no("original"),
    sa.Index("uq_receipts_referral_id", "referral_id", unique=True),
    sa.Index("ix_receipts_received_at", "received_at"),
)  # fmt: skip

holds = sa.Table(
    "holds", metadata, an_id(), a_text("item_id"), a_text("case_id"), a_text("basis"), a_time("placed_at"), a_time("until"),
    a_text("state"), a_text_or_none("referral_id"), a_number("version"), a_text_or_none("preservation_id"),
    sa.Index("ix_holds_item_id", "item_id", "placed_at", "id"),
    sa.Index("ix_holds_placed_at", "placed_at", "id"),
    sa.Index("ix_holds_state", "state", "until", "id"),
)  # fmt: skip

authority_schemas = sa.Table(
    "authority_schemas", metadata, an_id(), a_text("authority"), a_text("environment"), a_text("digest"), a_time("first_seen_at"),
    some_bytes("body"), a_yes_no("understood"),
    sa.Index("ix_authority_schemas_first_seen_at", "authority", "environment", "first_seen_at", "id"),
)  # fmt: skip

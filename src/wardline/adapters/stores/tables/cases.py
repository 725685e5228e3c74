"""Cases, what was shown of them, and what was decided."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import (
    a_fraction_or_none,
    a_number,
    a_number_or_none,
    a_text,
    a_text_or_none,
    a_time,
    a_time_or_none,
    a_yes_no,
    a_yes_no_or_none,
    an_id,
    metadata,
)

_ESCALATED = sa.text("escalated_by IS NOT NULL")
_ORDINARY = sa.text("escalated_by IS NULL")
_HELD = sa.text("held_until IS NOT NULL")
_IMMINENT = sa.text("imminent_since IS NOT NULL")
_RESTRICTED = (sa.text("restricted = 1"), sa.text("restricted"))
"""SQLite has no truth of its own, PostgreSQL no other."""
_UNSEEN = (sa.text("unseen = 1 AND escalated_by IS NULL"), sa.text("unseen AND escalated_by IS NULL"))
_ENDED = sa.text("due_at IS NOT NULL AND state <> 'open'")
_DRAWN = sa.text("drawn IS NOT NULL")
_UNPLACED = sa.text("lot IS NULL")
_GATHERED = sa.text("cluster_id IS NOT NULL")
_FURTHER = sa.text("stage <> 'first'")
_UNDER = sa.text("certificate_id IS NOT NULL")
LETTER = "coalesce(substr(urgency, 14, 1), 'u')"
"""Which grade a case is known to be of, by one letter: A, B, or u for anything else. An index on an expression is found by no other spelling."""
_OF_LETTER = sa.text(LETTER)
CASE_ENDING = "substr(id, 26)"
"""The last six letters of a case's id, by which people look for it."""
_ENDING = sa.text(CASE_ENDING)
cases = sa.Table(
    "cases", metadata, an_id(), a_time("opened_at"), a_text("account_reference"), a_text("item_ids"), a_text("reasons"),
    a_yes_no("restricted"), a_text("state"), a_text_or_none("claimed_by"), a_time_or_none("lease_until"), a_text("passed_by"),
    a_text_or_none("decision_id"), a_number("version"), a_time_or_none("held_until"), a_text_or_none("escalated_by"),
    a_time_or_none("imminent_since"), a_text_or_none("lane"), a_fraction_or_none("views_turn"), a_fraction_or_none("delay_turn"),
    a_text_or_none("urgency"), a_text("stage"), a_text("queue"), a_time_or_none("due_at"), a_text_or_none("cluster_id"),
    a_text_or_none("target"), a_fraction_or_none("score_turn"), a_fraction_or_none("lot"), a_text_or_none("drawn"),
    a_time_or_none("claimed_at"), a_text("declined_by"), a_text_or_none("diverted_by"),
    a_text_or_none("certificate_id"),
    # No field of the record: what the store notes of its files, to find what somebody at a limit may take. See ``beside``.
    a_yes_no_or_none("unseen"),
    sa.Index("ix_cases_opened_at", "opened_at", "id"),
    sa.Index("ix_cases_state", "state", "opened_at", "id"),
    sa.Index("ix_cases_claimed_by", "claimed_by", "state", "opened_at", "id"),
    sa.Index("ix_cases_account_reference", "account_reference", "opened_at", "id"),
    sa.Index("ix_cases_ending", _ENDING, "id"),
    sa.Index("ix_cases_escalated", "state", "queue", "opened_at", "id", sqlite_where=_ESCALATED, postgresql_where=_ESCALATED),
    # What waits is looked up queue by queue. With what says that a case is in hand or set aside, so that those are passed over without being
    # read, where the first ones of an order are often in hand.
    sa.Index("ix_cases_waiting", "state", "queue", "opened_at", "id", "lease_until", "held_until", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_views_turn", "state", "queue", "lane", "views_turn", "id", "lease_until", "held_until", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_delay_turn", "state", "queue", "delay_turn", "id", "lease_until", "held_until", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_score_turn", "state", "queue", "score_turn", "id", sqlite_where=_ORDINARY, postgresql_where=_ORDINARY),
    sa.Index("ix_cases_lot", "state", "queue", "lot", "id", sqlite_where=_ORDINARY, postgresql_where=_ORDINARY),
    # Of two indexes SQLite takes the one with more columns that are equal, whatever part of the table each holds.
    sa.Index("ix_cases_restricted", "state", "queue", "restricted", "opened_at", "id", "lease_until", "held_until",
             sqlite_where=_RESTRICTED[0], postgresql_where=_RESTRICTED[1]),
    # For who does not take every grade: the first ones of an order are mostly the gravest.
    sa.Index("ix_cases_letter_waiting", "state", "queue", _OF_LETTER, "opened_at", "id", sqlite_where=_ORDINARY, postgresql_where=_ORDINARY),
    sa.Index("ix_cases_letter_views", "state", "queue", "lane", _OF_LETTER, "views_turn", "id", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_letter_delay", "state", "queue", _OF_LETTER, "delay_turn", "id", sqlite_where=_ORDINARY,
             postgresql_where=_ORDINARY),
    sa.Index("ix_cases_letter_restricted", "state", "queue", "restricted", _OF_LETTER, "opened_at", "id",
             sqlite_where=_RESTRICTED[0], postgresql_where=_RESTRICTED[1]),
    # For who may not look at present: few cases are for them, and those may lie anywhere in an order.
    sa.Index("ix_cases_unseen_waiting", "state", "queue", "unseen", _OF_LETTER, "opened_at", "id",
             sqlite_where=_UNSEEN[0], postgresql_where=_UNSEEN[1]),
    sa.Index("ix_cases_unseen_views", "state", "queue", "lane", "unseen", _OF_LETTER, "views_turn", "id",
             sqlite_where=_UNSEEN[0], postgresql_where=_UNSEEN[1]),
    sa.Index("ix_cases_unseen_delay", "state", "queue", "unseen", _OF_LETTER, "delay_turn", "id",
             sqlite_where=_UNSEEN[0], postgresql_where=_UNSEEN[1]),
    sa.Index("ix_cases_imminent", "state", "imminent_since", "id", sqlite_where=_IMMINENT, postgresql_where=_IMMINENT),
    sa.Index("ix_cases_cluster_id", "cluster_id", "state", "id", sqlite_where=_GATHERED, postgresql_where=_GATHERED),
    sa.Index("ix_cases_further_opinion", "cluster_id", "state", sqlite_where=_FURTHER, postgresql_where=_FURTHER),
    sa.Index("ix_cases_held", "state", "held_until", "id", sqlite_where=_HELD, postgresql_where=_HELD),
    sa.Index("ix_cases_target", "state", "queue", "target", "due_at", "id"),
    # With all that attainment counts by, so that the cases of 30 days are counted without being read; without open ones, which are most of a backlog.
    sa.Index("ix_cases_due_at", "due_at", "id", "queue", "target", "state", "decision_id", sqlite_where=_ENDED, postgresql_where=_ENDED),
    sa.Index("ix_cases_drawn", "drawn", "opened_at", "id", sqlite_where=_DRAWN, postgresql_where=_DRAWN),
    sa.Index("ix_cases_certificate_id", "certificate_id", "state", "id", sqlite_where=_UNDER, postgresql_where=_UNDER),
    sa.Index("ix_cases_unplaced", "state", "id", sqlite_where=_UNPLACED, postgresql_where=_UNPLACED),
)  # fmt: skip

_NUMBERED = sa.text("number IS NOT NULL")
reveals = sa.Table(
    "reveals", metadata, an_id(), a_text("case_id"), a_text("item_id"), a_text("user_id"), a_time("at"), a_number("frame"),
    a_number("seconds"), a_number_or_none("number"),
    sa.Index("ix_reveals_case_id", "case_id", "at", "id"),
    sa.Index("ix_reveals_user_id", "user_id", "at", "id"),
    sa.Index("uq_reveals_number", "user_id", "number", unique=True, sqlite_where=_NUMBERED, postgresql_where=_NUMBERED),
)  # fmt: skip

coverings = sa.Table(
    "coverings", metadata, an_id(), a_text("reveal_id"), a_text("user_id"), a_time("at"),
    sa.Index("uq_coverings_reveal_id", "reveal_id", unique=True),
    sa.Index("ix_coverings_user_id", "user_id", "at", "id"),
)  # fmt: skip

notes = sa.Table(
    "notes", metadata, an_id(), a_text("case_id"), a_text("user_id"), a_time("at"), a_text("text"),
    sa.Index("ix_notes_case_id", "case_id", "at", "id"),
)  # fmt: skip

decisions = sa.Table(
    "decisions", metadata, an_id(), a_text("case_id"), a_text("user_id"), a_time("at"), a_text("outcome"), a_text("findings"),
    a_text("annotations"), a_text_or_none("escalation"), a_time("undo_until"), a_text("state"), a_number("version"), a_text("answers"),
    a_text("spread_from"),
    a_yes_no("second_opinion"),
    sa.Index("ix_decisions_case_id", "case_id"),
    sa.Index("ix_decisions_at", "at"),
)  # fmt: skip

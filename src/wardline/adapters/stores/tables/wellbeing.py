"""What people chose for themselves."""

from __future__ import annotations

import sqlalchemy as sa

from wardline.adapters.stores.tables.spelling import a_number, a_text, a_time, a_yes_no, an_id, metadata

viewing_choices = sa.Table(
    "viewing_choices", metadata, an_id(), a_text("user_id"), a_time("changed_at"), a_yes_no("grey"), a_yes_no("small"), a_yes_no("hold"),
    a_yes_no("steps"), a_text("queues"), a_text("grades"), a_number("version"),
    sa.Index("uq_viewing_choices_user_id", "user_id", unique=True),
)  # fmt: skip

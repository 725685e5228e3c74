"""Among very many cases: what can be decided unseen, what is in whose hands, what was handed to the leads, and what an id ends with, are found
without reading the others."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UNSEEN = (sa.text("unseen = 1 AND escalated_by IS NULL"), sa.text("unseen AND escalated_by IS NULL"))
_ESCALATED = sa.text("escalated_by IS NOT NULL")
_LETTER = sa.text("coalesce(substr(urgency, 14, 1), 'u')")
_CASES = sa.table(
    "cases", sa.column("id", sa.Text()), sa.column("item_ids", sa.Text()), sa.column("unseen", sa.Boolean())
)
_ITEMS = sa.table(
    "items", sa.column("id", sa.Text()), sa.column("sealed", sa.Boolean()), sa.column("picture", sa.Text()),
    sa.column("matches", sa.Text()),
)  # fmt: skip
_PAGE = 500


def upgrade() -> None:
    """Add the column, fill it in, and make the indexes."""
    op.add_column("cases", sa.Column("unseen", sa.Boolean(), nullable=True))
    _fill(op.get_bind())
    orders: dict[str, list[str | sa.TextClause]] = {
        "waiting": ["state", "queue", "unseen", _LETTER, "opened_at", "id"],
        "views": ["state", "queue", "lane", "unseen", _LETTER, "views_turn", "id"],
        "delay": ["state", "queue", "unseen", _LETTER, "delay_turn", "id"],
    }
    for name, columns in orders.items():
        op.create_index(
            f"ix_cases_unseen_{name}", "cases", columns,
            sqlite_where=_UNSEEN[0], postgresql_where=_UNSEEN[1],
        )  # fmt: skip

    _other_ways()


def _other_ways() -> None:
    """Make indexes of which SQLite takes the right one: it takes the one with more columns that are equal."""
    op.drop_index("ix_cases_claimed_by", table_name="cases")
    op.create_index("ix_cases_claimed_by", "cases", ["claimed_by", "state", "opened_at", "id"])
    op.drop_index("ix_cases_escalated", table_name="cases")
    op.create_index(
        "ix_cases_escalated", "cases", ["state", "queue", "opened_at", "id"],
        sqlite_where=_ESCALATED, postgresql_where=_ESCALATED,
    )  # fmt: skip
    op.create_index("ix_cases_ending", "cases", [sa.text("substr(id, 26)"), "id"])
    op.create_index("ix_referrals_ending", "referrals", [sa.text("substr(id, 30)"), "id"])


def _fill(connection: sa.Connection) -> None:
    """Note what is certain, page by page: with very many cases they are not all read at once. Closed ones too, for one may be opened again."""
    last = ""
    chosen = sa.select(_CASES.c.id, _CASES.c.item_ids)
    while rows := connection.execute(
        chosen.where(_CASES.c.id > last).order_by(_CASES.c.id).limit(_PAGE)
    ).all():
        last = rows[-1].id
        files = {row.id: json.loads(row.item_ids) for row in rows}
        wanted = [each for several in files.values() for each in several]
        found = connection.execute(sa.select(_ITEMS).where(_ITEMS.c.id.in_(wanted))).all()
        certain = {row.id for row in found if not row.sealed or row.picture is None or _is_certain(row)}
        unseen = [{"one": case_id} for case_id, several in files.items() if certain.issuperset(several)]
        if unseen:
            connection.execute(
                sa.update(_CASES).where(_CASES.c.id == sa.bindparam("one")).values(unseen=True), unseen
            )


def _is_certain(row: sa.Row[Any]) -> bool:
    """Say whether a file is the same as one of a verified list that gives its category and that nobody doubts."""
    return any(
        each["hash_kind"] != "pdq" and each["trust"] == "verified" and each["category"] is not None and each.get("doubt") is None
        for each in json.loads(row.matches)
    )  # fmt: skip

"""Requests to preserve and to destroy evidence, and the fence around a restored copy."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcTime(), nullable=nullable)


def _table(name: str, *columns: sa.Column[Any]) -> None:
    version = sa.Column("version", sa.BigInteger(), nullable=False)
    op.create_table(name, sa.Column("id", text(), primary_key=True), *columns, version)


def upgrade() -> None:
    """Make three tables, and say of a hold for which request it is."""
    op.add_column("holds", _text("preservation_id", nullable=True))
    _table(
        "preservations", _text("basis"), _text("asker"), _time("received_at"), _time("until"),
        _text("account_reference"), _text("case_ids"), _text("item_ids"), _text("gone"), _text("recorded_by"), _time("recorded_at"),
        _text("extensions"), _time("ended_at", nullable=True), _text("ended_by", nullable=True), _text("why_ended", nullable=True),
    )  # fmt: skip
    op.create_index("ix_preservations_recorded_at", "preservations", ["recorded_at", "id"])
    op.create_index("ix_preservations_until", "preservations", ["ended_at", "until", "id"])
    _table(
        "destructions", _text("asker"), _text("reason"), _time("received_at"), _text("item_ids"), _text("despite"),
        _text("proposed_by"), _time("proposed_at"), _text("state"), _text("decided_by", nullable=True),
        _time("decided_at", nullable=True), _text("destroyed"), _time("done_at", nullable=True),
    )  # fmt: skip
    op.create_index("ix_destructions_proposed_at", "destructions", ["proposed_at", "id"])
    _table(
        "fences", _time("raised_at"), _text("why"), _time("lifted_at", nullable=True),
        _text("lifted_by", nullable=True),
    )  # fmt: skip
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_fences_why", "fences", ["why"], unique=True, sqlite_where=standing, postgresql_where=standing
    )

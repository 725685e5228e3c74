"""Hash lists are kept in batches of many hashes, no longer a row for each, and know what they mean and where they come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import UtcTime, text
from wardline.errors import SchemaVersionError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NOT_RELEASED = sa.text("released_at IS NULL")
_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Put lists in batches in the place of lists in rows, of which there must be none.

    Raises:
        SchemaVersionError: There are hash lists. The log vouches for each of their rows, so nobody but their owner can bring them over.
    """
    there = sa.text("SELECT 1 FROM hash_lists UNION ALL SELECT 1 FROM hash_list_entries LIMIT 1")
    if op.get_bind().execute(there).first() is not None:
        raise SchemaVersionError(
            "tables 0003: hold hash lists as a version kept them that was never released, expected none",
            remedy="Start a new installation and add the lists there; the demo does with `--fresh`.",
        )
    op.drop_table("hash_list_entries")
    op.drop_table("hash_lists")
    _lists()
    _batches()
    _held_entries()
    _syncs()
    _feedback()
    _tallies()
    op.create_index("ix_items_received_at", "items", ["received_at", "id"])


def _lists() -> None:
    op.create_table(
        "hash_lists", _text("id"), _text("name"), _text("provenance"), _text("trust"), _text("state"), _number("entries"),
        _time("created_at"), _text("created_by"), _time("refreshed_at"), _number("version"), _number("batches"), _text("meaning"),
        _text("role"), _number("radius_bits"), _text("surfaces"), _text("source"), _text("cursor", nullable=True),
        sa.Column("may_change", sa.Boolean(), nullable=False), _number("revision"),
        sa.PrimaryKeyConstraint("id", name="pk_hash_lists"),
    )  # fmt: skip
    op.create_index("uq_hash_lists_name", "hash_lists", ["name"], unique=True)


def _batches() -> None:
    op.create_table(
        "hash_batches", _text("id"), _text("list_id"), _number("number"), _text("change"), _text("kind"), _bytes("hashes"),
        _bytes("categories"), _bytes("keys"), sa.PrimaryKeyConstraint("id", name="pk_hash_batches"),
    )  # fmt: skip
    op.create_index("uq_hash_batches_number", "hash_batches", ["list_id", "number"], unique=True)


def _held_entries() -> None:
    op.create_table(
        "held_entries", _text("id"), _text("list_id"), _text("entry_id"), _text("cause"), _time("held_at"), _text("held_by"),
        _time("released_at", nullable=True), _text("released_by", nullable=True), _number("version"),
        sa.PrimaryKeyConstraint("id", name="pk_held_entries"),
    )  # fmt: skip
    op.create_index(
        "uq_held_entries_open", "held_entries", ["list_id", "entry_id"], unique=True, sqlite_where=_NOT_RELEASED,
        postgresql_where=_NOT_RELEASED,
    )  # fmt: skip
    op.create_index("ix_held_entries_released_at", "held_entries", ["list_id", "entry_id", "released_at"])


def _syncs() -> None:
    op.create_table(
        "list_syncs", _text("id"), _text("list_id"), _time("asked_at"), _text("asked_by"), _text("state"),
        _time("ended_at", nullable=True), _number("pages"), _number("added"), _number("marked"), _number("removed"),
        _number("malformed"), _number("unknown"), _text("problem", nullable=True), _number("version"),
        sa.PrimaryKeyConstraint("id", name="pk_list_syncs"),
    )  # fmt: skip
    op.create_index(
        "uq_list_syncs_waiting", "list_syncs", ["list_id"], unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING
    )  # fmt: skip
    op.create_index("ix_list_syncs_asked_at", "list_syncs", ["list_id", "asked_at", "id"])


def _feedback() -> None:
    op.create_table(
        "list_feedback", _text("id"), _text("list_id"), _text("entry_id"), _text("verdict"), _time("created_at"),
        _text("created_by"), _text("state"), _text("problem", nullable=True), _time("sent_at", nullable=True), _number("version"),
        sa.PrimaryKeyConstraint("id", name="pk_list_feedback"),
    )  # fmt: skip
    op.create_index("ix_list_feedback_created_at", "list_feedback", ["list_id", "created_at", "id"])


def _tallies() -> None:
    op.create_table(
        "tallies", _text("day"), _text("list_id"), _text("entry_id"), _text("what"), _number("count"),
        sa.PrimaryKeyConstraint("day", "list_id", "entry_id", "what", name="pk_tallies"),
    )  # fmt: skip


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, text(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, UtcTime(), nullable=nullable)

"""Hash lists are kept in batches of many hashes, no longer a row for each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wardline.adapters.stores.columns import text
from wardline.errors import SchemaVersionError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the table of batches in the place of the table of entries, which must be empty.

    Raises:
        SchemaVersionError: There are hash lists. The log vouches for each of their rows, so nobody but their owner can bring them over.
    """
    if op.get_bind().execute(sa.text("SELECT 1 FROM hash_list_entries LIMIT 1")).first() is not None:
        raise SchemaVersionError(
            "tables 0003: hold hash lists as a version kept them that was never released, expected none",
            remedy="Start a new installation and add the lists there; the demo does with `--fresh`.",
        )
    op.drop_table("hash_list_entries")
    op.add_column("hash_lists", sa.Column("batches", sa.BigInteger(), nullable=True))
    op.execute("UPDATE hash_lists SET batches = 0")
    with op.batch_alter_table("hash_lists") as altered:
        altered.alter_column("batches", existing_type=sa.BigInteger(), nullable=False)
    op.create_table(
        "hash_batches",
        sa.Column("id", text(), nullable=False),
        sa.Column("list_id", text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("change", text(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("categories", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hash_batches"),
    )
    op.create_index("uq_hash_batches_number", "hash_batches", ["list_id", "number"], unique=True)

"""Runs the migrations on the connection that ``schema.migrate`` gives, within its transaction."""

from __future__ import annotations

from alembic import context

from wardline.adapters.stores import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Alembic's migrations, shipped in the package; ``wardline.adapters.stores.migrate`` runs them."""

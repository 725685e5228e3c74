"""What an authority's schema was, over SQL."""

from __future__ import annotations

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import SqlReading


class SqlSchemas(SqlReading):
    """A copy of each schema that was ever seen."""

    def newest_authority_schema(
        self, authority: str, environment: str, *, understood: bool | None = None
    ) -> records.AuthoritySchema | None:
        table = tables.authority_schemas
        chosen = sa.select(table).where(table.c.authority == authority, table.c.environment == environment)
        if understood is not None:
            chosen = chosen.where(table.c.understood == understood)
        found = self._all(
            records.AuthoritySchema, chosen.order_by(table.c.first_seen_at.desc(), table.c.id.desc()).limit(1)
        )
        return found[0] if found else None

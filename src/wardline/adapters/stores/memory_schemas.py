"""What an authority's schema was, over dictionaries."""

from __future__ import annotations

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemorySchemas(MemoryReading):
    """Like its twin over SQL."""

    def newest_authority_schema(
        self, authority: str, environment: str, *, understood: bool | None = None
    ) -> records.AuthoritySchema | None:
        found = self._all(
            records.AuthoritySchema,
            lambda each: (each.first_seen_at, each.id),
            lambda each: (
                (each.authority, each.environment) == (authority, environment)
                and understood in (None, each.understood)
            ),
        )
        return found[-1] if found else None

"""The schema that an authority serves, and what the store keeps of it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from wardline import records


@runtime_checkable
class SchemaSource(Protocol):
    """What an ``Authority`` has beside that where its receiver serves the schema of its documents. Not every receiver does."""

    def fetch_schema(self) -> bytes:
        """Give the schema as it is served now. A leaf of ``AuthorityError`` when it cannot be had."""
        ...

    def use_schema(self, content: bytes) -> records.SchemaReading:
        """Check, preview and send by this schema from here on, in this process; quick when it is in use already.

        ``InputError`` when it cannot be understood; then nothing changes.
        """
        ...


class SchemaReader(Protocol):
    def newest_authority_schema(
        self, authority: str, environment: str, *, understood: bool | None = None
    ) -> records.AuthoritySchema | None:
        """The schema that was seen last, of those that could be read, of those that could not, or of all."""
        ...

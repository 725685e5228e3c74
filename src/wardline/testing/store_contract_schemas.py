"""The part of the store's contract that is about schemas of authorities."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from typing import Any

from wardline import ports, records
from wardline.records import Insert
from wardline.testing import store_records as make
from wardline.testing.store_records import later


def authority_schema(**values: Any) -> records.AuthoritySchema:
    """Make a schema of a test system that could be read."""
    given = {
        "id": make.new_id("authority-schema"), "authority": "ncmec", "environment": "test", "digest": "0" * 64, "first_seen_at": make.NOON,
        "body": b"<schema>\x00\xff</schema>", "understood": True,
    }  # fmt: skip
    return records.AuthoritySchema(**{**given, **values})


class SchemasContract:
    """Which schema counts."""

    def test_the_schema_seen_last_counts_for_each_of_an_authoritys_systems(self, store: ports.Store) -> None:
        assert store.newest_authority_schema("ncmec", "test") is None
        seen: list[dict[str, Any]] = [
            {"digest": "1"}, {"digest": "2"}, {"digest": "3", "understood": False}, {"digest": "4", "environment": "production"},
        ]  # fmt: skip
        older, newer, strange, real = (
            authority_schema(
                id=make.new_id("authority-schema", later(minute)), first_seen_at=later(minute), **given
            )
            for minute, given in enumerate(seen)
        )
        store.commit(*map(Insert, (newer, older, strange, real)), entries=[make.entry()])
        assert store.newest_authority_schema("ncmec", "test") == strange
        assert store.newest_authority_schema("ncmec", "test", understood=True) == newer
        assert store.newest_authority_schema("ncmec", "production") == real
        assert store.newest_authority_schema("other", "test") is None

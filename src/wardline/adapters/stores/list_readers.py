"""What is read of hash lists, over SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, tables
from wardline.adapters.stores.reading import SqlReading

_BATCHES_AT_ONCE = 8
"""A batch of a hash list is a quarter of a megabyte."""


class SqlListReaders(SqlReading):
    """The reader of the room matching."""

    def hash_list(self, list_id: str) -> records.HashList:
        return self._one(records.HashList, list_id)

    def hash_lists(self) -> list[records.HashList]:
        return self._all(records.HashList, sa.select(tables.hash_lists).order_by(tables.hash_lists.c.name))

    def batches_of(self, list_id: str, *, after: int) -> Iterator[records.HashBatch]:
        table = tables.hash_batches
        wanted = sa.select(table).where(table.c.list_id == list_id, table.c.number > after)
        for row in self._stream(wanted.order_by(table.c.number), page=_BATCHES_AT_ONCE):
            yield codec.from_row(records.HashBatch, dict(row))

    def batch(self, batch_id: str) -> records.HashBatch:
        return self._one(records.HashBatch, batch_id)

    def lists_stamp(self) -> str:
        rows = self._rows(_searched_and_doubted())
        return stamp((row["id"], row["version"], row["at"]) for row in rows)

    def held_entry(self, held_id: str) -> records.HeldEntry:
        return self._one(records.HeldEntry, held_id)

    def held_entries(self) -> list[records.HeldEntry]:
        table = tables.held_entries
        chosen = sa.select(table).where(table.c.released_at.is_(None))
        return self._all(records.HeldEntry, chosen.order_by(table.c.held_at, table.c.id))

    def last_release(self, list_id: str, entry_id: str) -> records.HeldEntry | None:
        table = tables.held_entries
        released = sa.select(table).where(
            table.c.list_id == list_id, table.c.entry_id == entry_id, table.c.released_at.is_not(None)
        )
        return self._first(records.HeldEntry, released.order_by(table.c.released_at.desc()))

    def list_sync(self, sync_id: str) -> records.ListSync:
        return self._one(records.ListSync, sync_id)

    def syncs_of(self, list_id: str, *, most: int) -> list[records.ListSync]:
        table = tables.list_syncs
        chosen = sa.select(table).where(table.c.list_id == list_id)
        return self._all(
            records.ListSync, chosen.order_by(table.c.asked_at.desc(), table.c.id.desc()).limit(most)
        )

    def list_feedback(self, feedback_id: str) -> records.ListFeedback:
        return self._one(records.ListFeedback, feedback_id)

    def feedback_of(self, list_id: str, *, most: int) -> list[records.ListFeedback]:
        table = tables.list_feedback
        chosen = sa.select(table).where(table.c.list_id == list_id)
        return self._all(
            records.ListFeedback, chosen.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(most)
        )

    def tallies(self, first: date, last: date) -> list[records.Tally]:
        table = tables.tallies
        chosen = sa.select(table).where(
            table.c.day >= first.isoformat(), table.c.day <= last.isoformat(), table.c.entry_id == ""
        )
        return [
            records.Tally(
                day=date.fromisoformat(row["day"]), list_id=row["list_id"], what=records.Tallied(row["what"]),
                count=row["count"],
            )
            for row in self._rows(chosen.order_by(table.c.day, table.c.list_id, table.c.what))
        ]  # fmt: skip

    def tally_of(self, list_id: str, entry_id: str, *, day: date, what: records.Tallied) -> int:
        table = tables.tallies
        chosen = sa.select(table.c["count"]).where(
            table.c.day == day.isoformat(), table.c.list_id == list_id, table.c.entry_id == entry_id,
            table.c.what == what.value,
        )  # fmt: skip
        return next((int(row["count"]) for row in self._rows(chosen)), 0)


def stamp(active: Iterable[tuple[str, int, datetime]]) -> str:
    """Make the stamp of the active hash lists from their id, version and refreshing time."""
    lines = sorted(
        f"{list_id}:{version}:{refreshed_at.isoformat()}" for list_id, version, refreshed_at in active
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


@cache
def _searched_and_doubted() -> sa.CompoundSelect[Any]:
    """Make the statement once: every process runs it once a second, and that takes less long than to make it."""
    lists, held = tables.hash_lists, tables.held_entries
    states = (records.HashListState.ACTIVE.value, records.HashListState.PREVIEW.value)
    searched = sa.select(lists.c.id, lists.c.version, lists.c.refreshed_at.label("at")).where(
        lists.c.state.in_(states)
    )
    doubted = sa.select(held.c.id, held.c.version, held.c.held_at.label("at")).where(
        held.c.released_at.is_(None)
    )
    return sa.union_all(searched, doubted)

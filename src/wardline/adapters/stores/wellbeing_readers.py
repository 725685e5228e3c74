"""What people were shown and chose, over SQL. Each question walks the index of one person's reveals."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, tables
from wardline.adapters.stores.columns import UtcTime
from wardline.adapters.stores.reading import SqlReading
from wardline.errors import IntegrityError
from wardline.records import HashKind

_KEPT = 2_048
"""Files whose records are kept, of everybody together."""
_USER = sa.bindparam("user", type_=sa.Text())
_SINCE = sa.bindparam("since", type_=UtcTime())


def _shown(column: sa.Column[Any]) -> sa.Select[Any]:
    reveals = tables.reveals.c
    return sa.select(column).where(reveals.user_id == _USER, reveals.at >= _SINCE)


# Built once: every hand-out asks them.
_LAST = sa.select(sa.func.max(tables.reveals.c.number).label("number")).where(
    tables.reveals.c.user_id == _USER, tables.reveals.c.number.is_not(None)
)
_ITEMS = (
    sa.select(tables.items.c.id, tables.items.c.hashes, tables.items.c.matches)
    .where(tables.items.c.id.in_(_shown(tables.reveals.c.item_id)))
    .order_by(tables.items.c.id)
)
_DECISIONS = (
    sa.select(tables.decisions)
    .where(
        tables.decisions.c.case_id.in_(_shown(tables.reveals.c.case_id)), tables.decisions.c.user_id == _USER
    )
    .order_by(tables.decisions.c.at, tables.decisions.c.id)
)
_CLUSTERS = sa.select(tables.cases.c.id, tables.cases.c.cluster_id).where(
    tables.cases.c.id.in_(_shown(tables.reveals.c.case_id)), tables.cases.c.cluster_id.is_not(None)
)
_PRACTICE = (
    sa.select(tables.golden_cases.c.case_id, tables.golden_items.c.category)
    .join(tables.golden_items, tables.golden_items.c.id == tables.golden_cases.c.golden_id)
    .where(
        tables.golden_cases.c.case_id.in_(_shown(tables.reveals.c.case_id)),
        tables.golden_cases.c.answered_at.is_not(None),
        tables.golden_items.c.category.is_not(None),
    )
)
_CHOICES = sa.select(tables.viewing_choices).where(tables.viewing_choices.c.user_id == _USER).limit(1)


class SqlWellbeing(SqlReading):
    """The reader of exposure and choices."""

    def last_number(self, user_id: str) -> int:
        return int(self._rows(_LAST, user=user_id)[0]["number"] or 0)

    def files_shown(self, user_id: str, *, since: datetime) -> list[records.ShownFile]:
        found = self._rows(_ITEMS, user=user_id, since=since)
        return [_file(row["id"], row["hashes"], row["matches"]) for row in found]

    def own_decisions(self, user_id: str, *, since: datetime) -> list[records.Decision]:
        return self._all(records.Decision, _DECISIONS, user=user_id, since=since)

    def clusters_shown(self, user_id: str, *, since: datetime) -> dict[str, str]:
        return {row["id"]: row["cluster_id"] for row in self._rows(_CLUSTERS, user=user_id, since=since)}

    def practice_shown(self, user_id: str, *, since: datetime) -> dict[str, records.Category]:
        found = self._rows(_PRACTICE, user=user_id, since=since)
        return {row["case_id"]: records.Category(row["category"]) for row in found}

    def choices_of(self, user_id: str) -> records.ViewingChoices | None:
        return self._only(records.ViewingChoices, _CHOICES, user=user_id)

    def all_choices(self) -> list[records.ViewingChoices]:
        table = tables.viewing_choices
        return self._all(records.ViewingChoices, sa.select(table).order_by(table.c.id))


@lru_cache(maxsize=_KEPT)
def _file(item_id: str, hashes: str, matches: str) -> records.ShownFile:
    """Make the record, without making one of each hash. The row is read whenever it is asked for; making a record of the same text again
    would take longer than all else that a hand-out asks, and says nothing of who was shown the file."""
    try:
        digests = [each["value"] for each in json.loads(hashes) if each["kind"] == HashKind.SHA256]
    except (ValueError, TypeError, KeyError) as error:
        raise IntegrityError(
            f"item {item_id}: what is stored is malformed, expected a valid record"
        ) from error
    known: dict[str, Any] = {
        "id": item_id,
        "sha256": digests[0] if digests else None,
        "matches": matches,
    }
    return codec.from_row(records.ShownFile, known)

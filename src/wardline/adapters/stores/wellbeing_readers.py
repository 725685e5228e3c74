"""What people were shown and chose, over SQL. Each question walks the index of one person's reveals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.columns import UtcTime
from wardline.adapters.stores.reading import SqlReading

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
    sa.select(tables.items)
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
_CHOICES = sa.select(tables.viewing_choices).where(tables.viewing_choices.c.user_id == _USER).limit(1)


class SqlWellbeing(SqlReading):
    """The reader of exposure and choices."""

    def last_number(self, user_id: str) -> int:
        return int(self._rows(_LAST, user=user_id)[0]["number"] or 0)

    def items_shown(self, user_id: str, *, since: datetime) -> list[records.Item]:
        return self._all(records.Item, _ITEMS, user=user_id, since=since)

    def own_decisions(self, user_id: str, *, since: datetime) -> list[records.Decision]:
        return self._all(records.Decision, _DECISIONS, user=user_id, since=since)

    def clusters_shown(self, user_id: str, *, since: datetime) -> dict[str, str]:
        return {row["id"]: row["cluster_id"] for row in self._rows(_CLUSTERS, user=user_id, since=since)}

    def choices_of(self, user_id: str) -> records.ViewingChoices | None:
        return self._only(records.ViewingChoices, _CHOICES, user=user_id)

    def all_choices(self) -> list[records.ViewingChoices]:
        table = tables.viewing_choices
        return self._all(records.ViewingChoices, sa.select(table).order_by(table.c.id))

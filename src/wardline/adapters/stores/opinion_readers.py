"""What is read of second opinions and of files with a known answer, over SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import MOST_VALUES, SqlReading


class SqlOpinions(SqlReading):
    """Opinions by case and by person; golden items and their showings."""

    def opinions_of(self, case_id: str) -> list[records.Opinion]:
        return self.opinions_of_several([case_id]).get(case_id, [])

    def opinions_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Opinion]]:
        table = tables.opinions
        found: dict[str, list[records.Opinion]] = defaultdict(list)
        for start in range(0, len(case_ids), MOST_VALUES):
            asked = case_ids[start : start + MOST_VALUES]
            chosen = sa.select(table).where(table.c.case_id.in_(asked)).order_by(table.c.at, table.c.id)
            for each in self._all(records.Opinion, chosen):
                found[each.case_id].append(each)
        return dict(found)

    def opinions_by(self, user_id: str, *, most: int) -> list[records.Opinion]:
        table = tables.opinions
        chosen = sa.select(table).where(table.c.user_id == user_id)
        return self._all(records.Opinion, chosen.order_by(table.c.at.desc(), table.c.id.desc()).limit(most))

    def opinions_settled(self, *, since: datetime, until: datetime, most: int) -> list[records.Opinion]:
        table = tables.opinions
        chosen = sa.select(table).where(table.c.settled_at >= since, table.c.settled_at < until)
        ordered = chosen.order_by(table.c.settled_at.desc(), table.c.id.desc())
        return self._all(records.Opinion, ordered.limit(most))

    def golden_item(self, golden_id: str) -> records.GoldenItem:
        return self._one(records.GoldenItem, golden_id)

    def golden_items(self) -> list[records.GoldenItem]:
        table = tables.golden_items
        chosen = sa.select(table).where(table.c.retired_at.is_(None))
        return self._all(records.GoldenItem, chosen.order_by(table.c.added_at, table.c.id))

    def golden_case_of(self, case_id: str) -> records.GoldenCase | None:
        table = tables.golden_cases
        return self._first(records.GoldenCase, sa.select(table).where(table.c.case_id == case_id))

    def golden_cases_of(self, golden_id: str) -> list[records.GoldenCase]:
        table = tables.golden_cases
        return self._golden_cases(table.c.golden_id == golden_id)

    def golden_cases_for(self, user_id: str) -> list[records.GoldenCase]:
        table = tables.golden_cases
        return self._golden_cases(sa.or_(table.c.made_for == user_id, table.c.user_id == user_id))

    def _golden_cases(self, chosen: sa.ColumnElement[bool]) -> list[records.GoldenCase]:
        table = tables.golden_cases
        ordered = sa.select(table).where(chosen).order_by(table.c.made_at, table.c.id)
        return self._all(records.GoldenCase, ordered)

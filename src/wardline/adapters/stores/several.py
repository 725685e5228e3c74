"""Readers of several records at once, over SQL: one question where a page that lists many would ask one a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, tables
from wardline.adapters.stores.reading import MOST_VALUES, SqlReading

R = TypeVar("R")


class SqlSeveral(SqlReading):
    """Records by their ids, or by those of what they are about."""

    def several_items(self, item_ids: Sequence[str]) -> dict[str, records.Item]:
        table = tables.items
        return {each.id: each for each in self._with(records.Item, table.c.id, item_ids)}

    def matches_of_visible(self, item_ids: Sequence[str]) -> dict[str, tuple[records.Match, ...]]:
        table = tables.items
        found: dict[str, tuple[records.Match, ...]] = {}
        for start in range(0, len(item_ids), MOST_VALUES):
            about = table.c.id.in_(item_ids[start : start + MOST_VALUES])
            visible = sa.select(table.c.id, table.c.matches).where(
                about, table.c.sealed, table.c.picture.is_not(None) | table.c.told.is_not(None)
            )
            # Making whole records of hundreds of items takes longer than all else that a hand-out asks.
            read = (codec.from_row(records.ShownFile, {**row, "sha256": None}) for row in self._rows(visible))
            found |= {each.id: each.matches for each in read}
        return found

    def several_decisions(self, decision_ids: Sequence[str]) -> dict[str, records.Decision]:
        table = tables.decisions
        return {each.id: each for each in self._with(records.Decision, table.c.id, decision_ids)}

    def actions_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Action]]:
        table = tables.actions
        found: dict[str, list[records.Action]] = defaultdict(list)
        for each in self._with(records.Action, table.c.case_id, case_ids, table.c.created_at, table.c.id):
            found[each.case_id].append(each)
        return found

    def several_referrals(self, referral_ids: Sequence[str]) -> dict[str, records.Referral]:
        table = tables.referrals
        return {each.id: each for each in self._with(records.Referral, table.c.id, referral_ids)}

    def referrals_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Referral]]:
        table = tables.referrals
        found: dict[str, list[records.Referral]] = defaultdict(list)
        for each in self._with(records.Referral, table.c.case_id, case_ids, table.c.created_at, table.c.id):
            found[each.case_id].append(each)
        return found

    def holds_of_several(self, item_ids: Sequence[str]) -> dict[str, list[records.Hold]]:
        table = tables.holds
        found: dict[str, list[records.Hold]] = defaultdict(list)
        for each in self._with(records.Hold, table.c.item_id, item_ids, table.c.placed_at, table.c.id):
            found[each.item_id].append(each)
        return found

    def _with(
        self, record_type: type[R], column: sa.Column[Any], values: Sequence[str], *order: sa.Column[Any]
    ) -> Iterator[R]:
        for start in range(0, len(values), MOST_VALUES):
            asked = values[start : start + MOST_VALUES]
            yield from self._all(
                record_type, sa.select(column.table).where(column.in_(asked)).order_by(*order)
            )

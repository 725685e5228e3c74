"""What is read of second opinions and of files with a known answer, over dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemoryOpinions(MemoryReading):
    """Opinions by case and by person; golden items and their showings."""

    def opinions_of(self, case_id: str) -> list[records.Opinion]:
        return self._all(
            records.Opinion, lambda found: (found.at, found.id), lambda found: found.case_id == case_id
        )

    def opinions_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Opinion]]:
        found = {case_id: self.opinions_of(case_id) for case_id in case_ids}
        return {case_id: opinions for case_id, opinions in found.items() if opinions}

    def opinions_by(self, user_id: str, *, most: int) -> list[records.Opinion]:
        found = self._all(
            records.Opinion, lambda each: (each.at, each.id), lambda each: each.user_id == user_id
        )
        return found[::-1][:most]

    def opinions_settled(self, *, since: datetime, until: datetime, most: int) -> list[records.Opinion]:
        found = self._all(
            records.Opinion,
            lambda each: (each.settled_at or since, each.id),
            lambda each: each.settled_at is not None and since <= each.settled_at < until,
        )
        return found[::-1][:most]

    def golden_item(self, golden_id: str) -> records.GoldenItem:
        return self._one(records.GoldenItem, golden_id)

    def golden_items(self) -> list[records.GoldenItem]:
        return self._all(
            records.GoldenItem,
            lambda found: (found.added_at, found.id),
            lambda found: found.retired_at is None,
        )

    def golden_case_of(self, case_id: str) -> records.GoldenCase | None:
        found = self._golden_cases(lambda each: each.case_id == case_id)
        return found[0] if found else None

    def golden_cases_of(self, golden_id: str) -> list[records.GoldenCase]:
        return self._golden_cases(lambda each: each.golden_id == golden_id)

    def golden_cases_for(self, user_id: str) -> list[records.GoldenCase]:
        return self._golden_cases(lambda each: user_id in (each.made_for, each.user_id))

    def _golden_cases(self, fits: Callable[[records.GoldenCase], bool]) -> list[records.GoldenCase]:
        return self._all(records.GoldenCase, lambda found: (found.made_at, found.id), fits)

"""Readers of several records at once, over dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from wardline import records
from wardline.adapters.stores.memory_readers import MemoryReaders

R = TypeVar("R")


class MemorySeveral(MemoryReaders):
    """Records by their ids, or by those of what they are about."""

    def several_items(self, item_ids: Sequence[str]) -> dict[str, records.Item]:
        with self._gate:
            table = self._table(records.Item)
            return {each: table[each] for each in item_ids if each in table}

    def matches_of_visible(self, item_ids: Sequence[str]) -> dict[str, tuple[records.Match, ...]]:
        found = self.several_items(item_ids).values()
        return {item.id: item.matches for item in found if item.sealed and (item.picture or item.told)}

    def several_decisions(self, decision_ids: Sequence[str]) -> dict[str, records.Decision]:
        with self._gate:
            table = self._table(records.Decision)
            return {each: table[each] for each in decision_ids if each in table}

    def actions_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Action]]:
        return _some(self.actions_of, case_ids)

    def several_referrals(self, referral_ids: Sequence[str]) -> dict[str, records.Referral]:
        with self._gate:
            table = self._table(records.Referral)
            return {each: table[each] for each in referral_ids if each in table}

    def referrals_of_several(self, case_ids: Sequence[str]) -> dict[str, list[records.Referral]]:
        def all_of(case_id: str) -> list[records.Referral]:
            with self._gate:
                return self.referrals(case_id=case_id, most=len(self._table(records.Referral)))

        return _some(all_of, case_ids)

    def holds_of_several(self, item_ids: Sequence[str]) -> dict[str, list[records.Hold]]:
        return _some(self.holds_of, item_ids)


def _some(read: Callable[[str], list[R]], asked: Sequence[str]) -> dict[str, list[R]]:
    return {each: found for each in asked if (found := read(each))}

"""What people were shown and chose, over dictionaries."""

from __future__ import annotations

from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemoryWellbeing(MemoryReading):
    """The reader of exposure and choices."""

    def last_number(self, user_id: str) -> int:
        with self._gate:
            shown = self._table(records.Reveal).values()
            return max((each.number or 0 for each in shown if each.user_id == user_id), default=0)

    def files_shown(self, user_id: str, *, since: datetime) -> list[records.ShownFile]:
        shown = {each.item_id for each in self._shown(user_id, since)}
        items = self._all(records.Item, lambda item: item.id, lambda item: item.id in shown)
        return [_shown_file(item) for item in items]

    def own_decisions(self, user_id: str, *, since: datetime) -> list[records.Decision]:
        cases = {each.case_id for each in self._shown(user_id, since)}
        return self._all(
            records.Decision, lambda each: (each.at, each.id), lambda each: each.user_id == user_id and each.case_id in cases
        )  # fmt: skip

    def clusters_shown(self, user_id: str, *, since: datetime) -> dict[str, str]:
        cases = {each.case_id for each in self._shown(user_id, since)}
        found = self._all(records.Case, lambda case: case.id, lambda case: case.id in cases)
        return {case.id: case.cluster_id for case in found if case.cluster_id is not None}

    def practice_shown(self, user_id: str, *, since: datetime) -> dict[str, records.Category]:
        cases = {each.case_id for each in self._shown(user_id, since)}
        found = self._all(
            records.GoldenCase, lambda each: each.id, lambda each: each.answered_at is not None and each.case_id in cases
        )  # fmt: skip
        known = {each.case_id: self._one(records.GoldenItem, each.golden_id).category for each in found}
        return {case_id: category for case_id, category in known.items() if category is not None}

    def choices_of(self, user_id: str) -> records.ViewingChoices | None:
        found = [each for each in self.all_choices() if each.user_id == user_id]
        return found[0] if found else None

    def all_choices(self) -> list[records.ViewingChoices]:
        return self._all(records.ViewingChoices, lambda each: each.id)

    def _shown(self, user_id: str, since: datetime) -> list[records.Reveal]:
        return self._all(
            records.Reveal, lambda each: (each.at, each.id), lambda each: each.user_id == user_id and each.at >= since
        )  # fmt: skip


def _shown_file(item: records.Item) -> records.ShownFile:
    digests = [each.value for each in item.hashes if each.kind is records.HashKind.SHA256]
    return records.ShownFile(id=item.id, sha256=digests[0] if digests else None, matches=item.matches)

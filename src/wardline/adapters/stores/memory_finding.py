"""Finding records, over dictionaries."""

from __future__ import annotations

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemoryFinding(MemoryReading):
    """Newest first, like its twin over SQL."""

    def cases_ending(self, ending: str, *, most: int) -> list[records.Case]:
        found = self._all(records.Case, lambda case: case.id, lambda case: case.id.endswith(ending))
        return found[::-1][:most]

    def referrals_ending(self, ending: str, *, most: int) -> list[records.Referral]:
        found = self._all(records.Referral, lambda each: each.id, lambda each: each.id.endswith(ending))
        return found[::-1][:most]

    def referrals_of_report(self, remote_id: str, *, most: int) -> list[records.Referral]:
        found = self._all(records.Referral, lambda each: each.id, lambda each: each.remote_id == remote_id)
        return found[::-1][:most]

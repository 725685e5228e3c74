"""What is read of requests to preserve and to destroy, and of fences, over dictionaries."""

from __future__ import annotations

from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemoryPreservation(MemoryReading):
    """Requests by time, and the fence that stands."""

    def preservation(self, preservation_id: str) -> records.Preservation:
        return self._one(records.Preservation, preservation_id)

    def preservations(self, *, after: str | None = None, most: int) -> list[records.Preservation]:
        found = self._all(records.Preservation, _recorded)
        return [
            each for each in found if after is None or _recorded(each) > _recorded(self.preservation(after))
        ][:most]

    def open_preservations(self, now: datetime) -> list[records.Preservation]:
        return self._all(
            records.Preservation, lambda each: (each.until, each.id), lambda each: each.holds_at(now)
        )

    def destruction(self, destruction_id: str) -> records.Destruction:
        return self._one(records.Destruction, destruction_id)

    def destructions(self, *, after: str | None = None, most: int) -> list[records.Destruction]:
        found = self._all(records.Destruction, _proposed)
        return [
            each for each in found if after is None or _proposed(each) > _proposed(self.destruction(after))
        ][:most]

    def export(self, export_id: str) -> records.Export:
        return self._one(records.Export, export_id)

    def exports(self, *, after: str | None = None, most: int) -> list[records.Export]:
        found = self._all(records.Export, _proposed)
        return [each for each in found if after is None or _proposed(each) > _proposed(self.export(after))][
            :most
        ]

    def fence(self) -> records.Fence | None:
        found = self._all(
            records.Fence, lambda each: (each.raised_at, each.id), lambda each: each.lifted_at is None
        )
        return found[0] if found else None

    def last_fence(self) -> records.Fence | None:
        found = self._all(records.Fence, lambda each: (each.raised_at, each.id))
        return found[-1] if found else None

    def lifted_fences(self) -> list[records.Fence]:
        return self._all(
            records.Fence, lambda each: (each.raised_at, each.id), lambda each: each.lifted_at is not None
        )


def _recorded(found: records.Preservation) -> tuple[datetime, str]:
    return found.recorded_at, found.id


def _proposed(found: records.Destruction | records.Export) -> tuple[datetime, str]:
    return found.proposed_at, found.id

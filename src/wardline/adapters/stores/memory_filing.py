"""Reports on their way, over dictionaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading

_UNOPENED = (records.ReferralState.DRAFT, records.ReferralState.OPENING)
_OVER = (records.ReferralState.FINISHED, records.ReferralState.WITHDRAWN)


class MemoryFiling(MemoryReading):
    """In the order of its twin over SQL."""

    def facts_of(self, case_id: str) -> list[records.Fact]:
        return self._all(records.Fact, lambda each: (each.at, each.id), lambda each: each.case_id == case_id)

    def due_referrals(self, priority: records.Priority, *, most: int) -> list[records.Referral]:
        found = self._all(
            records.Referral,
            lambda each: each.id,
            lambda each: (
                each.priority is priority
                and each.due_at is not None
                and each.joined is None
                and each.state not in _OVER
            ),
        )
        return sorted(found, key=lambda each: (each.due_at or each.created_at, each.id))[:most]

    def unchecked_referrals(self, *, most: int) -> list[records.Referral]:
        found = self._all(
            records.Referral,
            lambda each: each.id,
            lambda each: (
                each.check_by is not None
                and each.second_at is None
                and each.state is records.ReferralState.FINISHED
            ),
        )
        return sorted(found, key=lambda each: (each.check_by or each.created_at, each.id))[:most]

    def referrals_known_as(
        self, authority: str, environment: str, *, remote_id: str, reference: str
    ) -> list[records.Referral]:
        return self._all(
            records.Referral,
            lambda each: each.id,
            lambda each: (
                (each.authority, each.environment, each.joined) == (authority, environment, None)
                and (each.remote_id == remote_id or each.reference == reference)
            ),
        )

    def completeness_of(self, since: datetime, until: datetime) -> Mapping[int, int]:
        finished = self._all(
            records.Referral,
            lambda each: each.id,
            lambda each: (
                each.corrects is None and each.finished_at is not None and since <= each.finished_at < until
            ),
        )
        return Counter(each.completeness for each in finished if each.completeness is not None)

    def unopened_copies(self, file_id: str, *, most: int) -> list[records.Referral]:
        members = self._all(records.ClusterMember, lambda each: each.id, lambda each: each.file_id == file_id)
        copies = {each.case_id for each in members}
        found = self._all(
            records.Referral,
            lambda each: each.id,
            lambda each: (
                each.state in _UNOPENED
                and each.joined is None
                and each.corrects is None
                and each.case_id in copies
            ),
        )
        return sorted(found, key=lambda each: (each.created_at, each.id))[:most]

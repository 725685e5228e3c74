"""What is read of evidence, over dictionaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from wardline import records
from wardline.adapters.stores.memory_lists import MemoryReading


class MemoryEvidence(MemoryReading):
    """Evidence by score and by source."""

    def evidence_about(
        self, scope: str, detector: str, detector_version: str, *, since: datetime | None = None
    ) -> Iterator[records.Evidence]:
        asked = (scope, detector, detector_version)
        yield from self._all(
            records.Evidence,
            _recorded,
            lambda each: (
                (each.scope, each.detector, each.detector_version) == asked
                and (since is None or each.recorded_at >= since)
            ),
        )

    def count_evidence(
        self,
        scope: str,
        detector: str,
        detector_version: str,
        *,
        truth: records.Truth,
        since: datetime,
        until: datetime,
    ) -> list[records.EvidenceCount]:
        about = self.evidence_about(scope, detector, detector_version, since=since)
        found = Counter(
            (each.channel, each.part, each.person_was_right)
            for each in about
            if each.truth is truth and each.scored_at >= since and each.recorded_at <= until
        )
        return [
            records.EvidenceCount(
                channel=channel, truth=truth, part=part, person_was_right=right, count=number
            )
            for (channel, part, right), number in found.items()
        ]

    def evidence_of(self, source_id: str) -> list[records.Evidence]:
        return self._all(records.Evidence, _recorded, lambda each: each.source_id == source_id)

    def random_audit_of(self, case_id: str) -> records.RandomAudit | None:
        found = self._all(records.RandomAudit, lambda each: each.id, lambda each: each.case_id == case_id)
        return found[0] if found else None

    def expired_audits(self, now: datetime, *, most: int) -> list[records.RandomAudit]:
        return self._all(
            records.RandomAudit,
            lambda each: (each.expires_at, each.id),
            lambda each: each.ended_at is None and each.expires_at <= now,
        )[:most]


def _recorded(found: records.Evidence) -> tuple[datetime, str]:
    return found.recorded_at, found.id

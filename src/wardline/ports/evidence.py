"""What the store tells of how good machine and people were found to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from wardline import records


class EvidenceReader(Protocol):
    def evidence_about(
        self, scope: str, detector: str, detector_version: str, *, since: datetime | None = None
    ) -> Iterator[records.Evidence]:
        """Give all of one score in one scope, in the order in which it was recorded (``recorded_at``, then id); ``since`` itself counts."""
        ...

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
        """Count all of one score in one scope with this truth that came in and was recorded from ``since`` on, and was recorded until ``until``.

        Both moments count. Quick with a million pieces, and in no order.
        """
        ...

    def evidence_of(self, source_id: str) -> list[records.Evidence]:
        """What rests on one audit or case."""
        ...

    def random_audit_of(self, case_id: str) -> records.RandomAudit | None:
        """The draw that a case came by, if it was drawn."""
        ...

    def expired_audits(self, now: datetime, *, most: int) -> list[records.RandomAudit]:
        """Audits whose time is over and that have not ended, the one that expired first in front."""
        ...

"""What is read of evidence, over SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import codec, tables
from wardline.adapters.stores.reading import SqlReading


class SqlEvidence(SqlReading):
    """Evidence by score and by source."""

    def evidence_about(
        self, scope: str, detector: str, detector_version: str, *, since: datetime | None = None
    ) -> Iterator[records.Evidence]:
        table = tables.evidence
        chosen = sa.select(table).where(
            table.c.scope == scope,
            table.c.detector == detector,
            table.c.detector_version == detector_version,
            sa.true() if since is None else table.c.recorded_at >= since,
        )
        for row in self._stream(chosen.order_by(table.c.recorded_at, table.c.id)):
            yield codec.from_row(records.Evidence, dict(row))

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
        table = tables.evidence
        alike = (table.c.channel, table.c.part, table.c.person_was_right)
        chosen = sa.select(*alike, sa.func.count().label("number")).where(
            table.c.scope == scope,
            table.c.detector == detector,
            table.c.detector_version == detector_version,
            table.c.truth == truth.value,
            table.c.scored_at >= since,
            table.c.recorded_at >= since,
            table.c.recorded_at <= until,
        )
        return [
            records.EvidenceCount(
                channel=records.Channel(row["channel"]), truth=truth, part=records.Part(row["part"]),
                person_was_right=bool(row["person_was_right"]), count=int(row["number"]),
            )
            for row in self._rows(chosen.group_by(*alike))
        ]  # fmt: skip

    def evidence_of(self, source_id: str) -> list[records.Evidence]:
        table = tables.evidence
        chosen = sa.select(table).where(table.c.source_id == source_id)
        return self._all(records.Evidence, chosen.order_by(table.c.recorded_at, table.c.id))

    def random_audit_of(self, case_id: str) -> records.RandomAudit | None:
        table = tables.random_audits
        return self._first(records.RandomAudit, sa.select(table).where(table.c.case_id == case_id))

    def expired_audits(self, now: datetime, *, most: int) -> list[records.RandomAudit]:
        table = tables.random_audits
        chosen = sa.select(table).where(table.c.ended_at.is_(None), table.c.expires_at <= now)
        return self._all(records.RandomAudit, chosen.order_by(table.c.expires_at, table.c.id).limit(most))

"""What is read of certificates, over SQL."""

from __future__ import annotations

import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import tables
from wardline.adapters.stores.reading import SqlReading


class SqlCertificates(SqlReading):
    """Certificates by state and by scope, their watches, and the cases under them."""

    def certificate(self, certificate_id: str) -> records.Certificate:
        return self._one(records.Certificate, certificate_id)

    def certificates(self, *, scope: str | None = None, most: int) -> list[records.Certificate]:
        table = tables.certificates
        chosen = sa.select(table).where(sa.true() if scope is None else table.c.scope == scope)
        newest_first = chosen.order_by(table.c.made_at.desc(), table.c.id.desc())
        return self._all(records.Certificate, newest_first.limit(most))

    def certificates_in(self, state: records.CertificateState) -> list[records.Certificate]:
        table = tables.certificates
        chosen = sa.select(table).where(table.c.state == state.value)
        return self._all(records.Certificate, chosen.order_by(table.c.scope, table.c.id))

    def tries_of(self, scope: str, arm: records.Arm) -> list[records.Certificate]:
        table = tables.certificates
        chosen = sa.select(table).where(table.c.scope == scope, table.c.arm == arm.value)
        return self._all(records.Certificate, chosen.order_by(table.c.number))

    def certificates_stamp(self) -> str:
        table = tables.certificates
        standing = sa.select(table.c.id, table.c.version).where(
            table.c.state == records.CertificateState.STANDING.value
        )
        return stamp([(row["id"], row["version"]) for row in self._rows(standing)])

    def certificate_watch(self, certificate_id: str) -> records.CertificateWatch | None:
        table = tables.certificate_watches
        chosen = sa.select(table).where(table.c.certificate_id == certificate_id)
        return self._first(records.CertificateWatch, chosen)

    def cases_under(self, certificate_id: str, *, most: int) -> list[records.Case]:
        table = tables.cases
        chosen = sa.select(table).where(
            table.c.certificate_id == certificate_id, table.c.state == records.CaseState.OPEN.value
        )
        return self._all(records.Case, chosen.order_by(table.c.id).limit(most))

    def score_counts(self, scope: str, detector: str, detector_version: str, *, since: str) -> list[records.ScoreCounts]:  # fmt: skip
        table = tables.score_counts
        chosen = sa.select(table).where(
            table.c.scope == scope, table.c.detector == detector, table.c.detector_version == detector_version,
            table.c.day >= since,
        )  # fmt: skip
        return self._all(records.ScoreCounts, chosen.order_by(table.c.day))


def stamp(standing: list[tuple[str, int]]) -> str:
    """Make the stamp of the certificates that stand from their ids and versions."""
    return " ".join(f"{certificate_id}:{version}" for certificate_id, version in sorted(standing))

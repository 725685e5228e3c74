"""What is read of certificates, over dictionaries."""

from __future__ import annotations

from wardline import records
from wardline.adapters.stores import certificate_readers
from wardline.adapters.stores.memory_lists import MemoryReading


class MemoryCertificates(MemoryReading):
    """Certificates by state and by scope, their watches, and the cases under them."""

    def certificate(self, certificate_id: str) -> records.Certificate:
        return self._one(records.Certificate, certificate_id)

    def certificates(self, *, scope: str | None = None, most: int) -> list[records.Certificate]:
        found = self._all(
            records.Certificate,
            lambda each: (each.made_at, each.id),
            lambda each: scope in (None, each.scope),
        )
        return found[::-1][:most]

    def certificates_in(self, state: records.CertificateState) -> list[records.Certificate]:
        return self._all(
            records.Certificate, lambda each: (each.scope, each.id), lambda each: each.state is state
        )

    def tries_of(self, scope: str, arm: records.Arm) -> list[records.Certificate]:
        return self._all(
            records.Certificate,
            lambda each: each.number,
            lambda each: (each.scope, each.arm) == (scope, arm),
        )

    def certificates_stamp(self) -> str:
        standing = self.certificates_in(records.CertificateState.STANDING)
        return certificate_readers.stamp([(each.id, each.version) for each in standing])

    def certificate_watch(self, certificate_id: str) -> records.CertificateWatch | None:
        found = self._all(
            records.CertificateWatch,
            lambda each: each.id,
            lambda each: each.certificate_id == certificate_id,
        )
        return found[0] if found else None

    def cases_under(self, certificate_id: str, *, most: int) -> list[records.Case]:
        found = self._all(
            records.Case, lambda each: each.id,
            lambda each: each.certificate_id == certificate_id and each.state is records.CaseState.OPEN,
        )  # fmt: skip
        return found[:most]

    def score_counts(self, scope: str, detector: str, detector_version: str, *, since: str) -> list[records.ScoreCounts]:  # fmt: skip
        wanted = (scope, detector, detector_version)
        return self._all(
            records.ScoreCounts, lambda each: each.day,
            lambda each: (each.scope, each.detector, each.detector_version) == wanted and each.day >= since,
        )  # fmt: skip

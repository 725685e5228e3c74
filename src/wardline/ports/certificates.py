"""What the store tells of certificates."""

from __future__ import annotations

from typing import Protocol

from wardline import records


class CertificateReader(Protocol):
    def certificate(self, certificate_id: str) -> records.Certificate: ...

    def certificates(self, *, scope: str | None = None, most: int) -> list[records.Certificate]:
        """Newest first."""
        ...

    def certificates_in(self, state: records.CertificateState) -> list[records.Certificate]:
        """By scope, then id."""
        ...

    def tries_of(self, scope: str, arm: records.Arm) -> list[records.Certificate]:
        """All there ever were of one arm of one scope, by number."""
        ...

    def certificates_stamp(self) -> str:
        """A short text that changes whenever a certificate begins or ceases to stand; the same as before where that was undone is no matter."""
        ...

    def certificate_watch(self, certificate_id: str) -> records.CertificateWatch | None: ...

    def cases_under(self, certificate_id: str, *, most: int) -> list[records.Case]:
        """Open cases that wait behind all others because the machine acted under this certificate."""
        ...

    def score_counts(
        self, scope: str, detector: str, detector_version: str, *, since: str
    ) -> list[records.ScoreCounts]:
        """From this day on, by day."""
        ...

"""What ``Wardline`` does with certificates."""

from __future__ import annotations

from wardline import records
from wardline.pipeline import certifying
from wardline.pipeline.certifying import ArmStanding, Proposed
from wardline.pipeline.parts import Parts


class CertificateActs:
    """Part of ``Wardline``: certificates. Proposals of them are approved like all others."""

    parts: Parts

    def propose_certificate(self, scope: str, arm: records.Arm, *, user: records.User) -> Proposed:
        """Try to certify one arm of a scope with the evidence there is, and propose the certificate to a second person.

        Raises:
            NotFoundError: The settings have no such scope.
            RefusedError: Something is missing, and the message says what; no score was looked at.
            ConflictError: A proposal waits already.
        """
        return certifying.propose(self.parts, scope, arm, user=user)

    def suspend_certificate(
        self, certificate_id: str, reason: str, *, user: records.User
    ) -> records.Certificate:
        """End a certificate at once and for good; everything goes to people."""
        return certifying.suspend(self.parts, certificate_id, reason, user=user)

    def automation(self) -> list[ArmStanding]:
        """Say where each arm of each scope is, and what is missing for the next certificate, from counts alone."""
        return certifying.standing(self.parts)

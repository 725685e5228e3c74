"""What ``Wardline`` does with certificates."""

from __future__ import annotations

from wardline import assurance, records
from wardline.pipeline import certifying, watching
from wardline.pipeline.certifying import ArmStanding, Proposed
from wardline.pipeline.parts import Parts


class CertificateActs:
    """Part of ``Wardline``: certificates. Proposals of them are approved like all others."""

    parts: Parts

    def propose_certificate(
        self, scope: str, arm: records.Arm, *, user: records.User, once: str | None = None
    ) -> Proposed:
        """Try to certify one arm of a scope with the evidence there is, and propose the certificate to a second person.

        Asked again with the same ``once``, a key of the caller's own for each try, it gives what came of that try and spends nothing.

        Raises:
            IdempotencyMismatchError: That key was used for another scope or arm.
            NotFoundError: The settings have no such scope.
            RefusedError: Something is missing, and the message says what; no score was looked at.
            ConflictError: A proposal waits already.
        """
        return certifying.propose(self.parts, scope, arm, user=user, once=once)

    def suspend_certificate(
        self, certificate_id: str, reason: str, *, user: records.User
    ) -> records.Certificate:
        """End a certificate at once and for good; everything goes to people."""
        return certifying.suspend(self.parts, certificate_id, reason, user=user)

    def automation(self) -> list[ArmStanding]:
        """Say where each arm of each scope is, and what is missing for the next certificate, from counts alone."""
        return certifying.standing(self.parts)

    def said_publicly(self) -> assurance.Said:
        """Say what may be published: the promises that stand, what they rest on and what they do not say."""
        return assurance.say(certifying.holding(self.parts))

    def alarm_share(self, watch: records.CertificateWatch) -> float:
        """Say how far a watch is on the way to its alarm, which comes at 1."""
        return watching.alarm_share(watch)

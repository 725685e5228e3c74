"""What a machine may decide alone, and only what: from one score and the certificates that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wardline import records
from wardline.records import Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Automation:
    """What holds for one upload at this moment."""

    scope: str
    """The one scope that the upload falls into."""
    conditions: str
    """The digest of the detector, lists, policy and settings as they are now."""
    now: datetime
    certificates: tuple[records.Certificate, ...]
    """Any; those that do not fit count for nothing."""


def decide(signals: Sequence[records.Signal], automation: Automation) -> records.Release | records.Act | None:
    """Let the machine decide, if one score is all there is and exactly one arm takes it; None leaves it to people.

    A match, a flag, something that could not be scanned or a second score: each is reason enough for a person.
    """
    if len(signals) != 1 or not isinstance(signals[0], records.Score):
        return None
    score = signals[0]
    clear, act = (_threshold(automation, arm, score) for arm in (Arm.CLEAR, Arm.ACT))
    clears = clear is not None and score.probability < clear[0]
    acts = act is not None and score.probability >= act[0]
    if clear is not None and clears and not acts:
        return records.Release(certificate_id=clear[1])
    if act is not None and acts and not clears:
        return records.Act(reasons=("Automated means found it to break the rules",), certificate_id=act[1])
    return None


def fits(certificate: records.Certificate, automation: Automation, score: records.Score) -> bool:
    """Say whether a certificate is about this score, here, now and under these conditions."""
    return (
        certificate.holds(automation.now)
        and certificate.scope == automation.scope
        and certificate.conditions == automation.conditions
        and (certificate.detector, certificate.detector_version) == (score.detector, score.detector_version)
    )


def _threshold(automation: Automation, arm: Arm, score: records.Score) -> tuple[float, str] | None:
    """Give the threshold of an arm and its certificate. Of several that stand, which there should not be, none counts."""
    found = [
        (each.threshold, each.id)
        for each in automation.certificates
        if each.arm is arm and each.threshold is not None and fits(each, automation, score)
    ]
    return found[0] if len(found) == 1 else None

"""Evidence and certificates for tests: harmless numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from wardline import assurance, records
from wardline.records import Arm, Channel, Part, Truth

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SCOPE, DETECTOR, VERSION = "posts", "shapes", "1"
TERMS = assurance.Terms(clear_cap=0.02, act_cap=0.02)


def identifier(kind: str, number: int, at: datetime = NOON) -> str:
    """Make an id that sorts by its number."""
    return records.new_id(kind, at, number.to_bytes(10, "big"))


def evidence(number: int = 1, **values: Any) -> records.Evidence:
    """Make one judged item."""
    given = {
        "id": identifier("evidence", number), "source_id": identifier("case", number), "scope": SCOPE, "detector": DETECTOR,
        "detector_version": VERSION, "score": 0.5, "scored_at": NOON, "recorded_at": NOON, "channel": Channel.AUDIT,
        "truth": Truth.VIOLATING, "person_was_right": True, "judges": 2, "part": Part.THRESHOLDS,
    }  # fmt: skip
    return records.Evidence(**{**given, **values})


def good_sample(
    arm: Arm, *, size: int = 400, of_caps: int = 60, wrong: int = 25, start: int = 1, at: datetime = NOON
) -> list[records.Evidence]:
    """Make evidence that carries a certificate: a detector that separates well, and people who are often wrong."""
    truth = Truth.VIOLATING if arm is Arm.CLEAR else Truth.INNOCENT
    channels = (Channel.AUDIT, Channel.USER_FLAG) if arm is Arm.CLEAR else (Channel.AUDIT,)
    rng = np.random.default_rng(7)
    made: list[records.Evidence] = []
    when = {"scored_at": at, "recorded_at": at, "truth": truth}
    for channel in channels:
        for _ in range(size):
            high = float(rng.beta(20, 2))
            score = high if arm is Arm.CLEAR else 1 - high
            made.append(evidence(start + len(made), score=score, channel=channel, **when))
    for each in range(of_caps):
        made.append(
            evidence(start + len(made), score=0.5, part=Part.CAPS, person_was_right=each >= wrong, **when)
        )
    return made


def question(arm: Arm, **values: Any) -> assurance.Question:
    """Ask for the first certificate of an arm."""
    given = {
        "arm": arm, "scope": SCOPE, "detector": DETECTOR, "detector_version": VERSION, "number": 1, "since": NOON - DAY,
        "until": NOON + DAY,
    }  # fmt: skip
    return assurance.Question(**{**given, **values})


def attempt(arm: Arm, found: list[records.Evidence], **values: Any) -> assurance.Tried:
    """Try to certify."""
    terms = values.pop("terms", TERMS)
    return assurance.attempt(found, question(arm, **values), terms, rng=np.random.default_rng(1))


def certificate(number: int = 1, **values: Any) -> records.Certificate:
    """Make a certificate that stands."""
    given = {
        "id": identifier("certificate", number), "arm": Arm.CLEAR, "scope": SCOPE, "detector": DETECTOR, "detector_version": VERSION,
        "number": number, "error_level": 0.0152, "policy_cap": 0.005, "human_wrong": 25, "human_trials": 60, "cap": 0.005,
        "grid": (0.25, 0.5, 0.75), "threshold": 0.25, "trials": 900, "harmed": 0, "limit": 0.004,
        "channels": (records.ChannelCount(channel=Channel.AUDIT, trials=900, harmed=0, carries=True),), "seed": 1,
        "channel_p_value": 0.4, "score_counts": (1,) * records.SCORE_BINS, "evidence_since": NOON - DAY, "made_at": NOON,
        "evidence_digest": "0" * 64, "conditions": "1" * 64, "proposed_by": identifier("user", 1),
        "expires_at": NOON + 180 * DAY, "state": records.CertificateState.STANDING, "approved_by": identifier("user", 2),
        "approved_at": NOON,
    }  # fmt: skip
    return records.Certificate(**{**given, **values})


def ended(made: records.Certificate, state: records.CertificateState) -> records.Certificate:
    """Make one that does not stand any more."""
    return replace(made, state=state, ended_at=NOON + DAY, reason="for a test", version=made.version + 1)

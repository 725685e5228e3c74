"""Small valid certificates, and what belongs to them."""

from __future__ import annotations

from typing import Any

from wardline import records
from wardline.testing.moments import NOON, later, new_id


def certificate(**values: Any) -> records.Certificate:
    """Make a certificate that stands."""
    channels = tuple(
        records.ChannelCount(channel=each, trials=900, harmed=1, carries=True)
        for each in (records.Channel.AUDIT, records.Channel.USER_FLAG)
    )
    given = {
        "id": new_id("certificate"), "arm": records.Arm.CLEAR, "scope": "posts", "detector": "reference", "detector_version": "1", "number": 1,
        "error_level": 0.0152, "policy_cap": 0.005, "human_wrong": 25, "human_trials": 60, "cap": 0.005, "grid": (0.25, 0.5, 0.75),
        "threshold": 0.25, "trials": 1800, "harmed": 2, "limit": 0.00475, "channels": channels, "seed": 2**55 + 1,
        "channel_p_value": 0.375, "score_counts": tuple(range(records.SCORE_BINS)), "evidence_since": NOON, "made_at": later(1),
        "evidence_digest": "0" * 64, "conditions": "1" * 64, "proposed_by": new_id("user"), "expires_at": later(9999),
        "state": records.CertificateState.STANDING, "approved_by": new_id("user"), "approved_at": later(2),
    }  # fmt: skip
    return records.Certificate(**{**given, **values})


def certificate_watch(**values: Any) -> records.CertificateWatch:
    """Make a watch that has seen something."""
    given = {
        "id": new_id("certificate-watch"), "certificate_id": new_id("certificate"), "cap": 0.005, "life": 10_000, "alarm_level": 0.05,
        "capital": (0.25, 0.5, 1e-9), "seen": 7, "harmed": 1, "fed_until": later(60), "fed": (new_id("evidence"),),
    }  # fmt: skip
    return records.CertificateWatch(**{**given, **values})


def score_counts(**values: Any) -> records.ScoreCounts:
    """Make the scores of one day."""
    given = {
        "id": new_id("score-counts"), "scope": "posts", "detector": "reference", "detector_version": "1", "day": "2026-03-01",
        "counts": tuple(range(records.SCORE_BINS)),
    }  # fmt: skip
    return records.ScoreCounts(**{**given, **values})

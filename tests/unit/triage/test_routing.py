from __future__ import annotations

import pytest

from tests.unit.made import match
from wardline import records, triage
from wardline.errors import ConfigurationError
from wardline.records import ListTrust
from wardline.triage import Policy, Response

UNVERIFIED = match(trust=ListTrust.UNVERIFIED)
FLAG = records.Flag(reason="spam")
SCORE = records.Score(detector="d", detector_version="1", probability=1.0)
UNSCANNABLE = records.Unscannable(source="media", reason="decoder died")


def test_no_signal_releases() -> None:
    assert triage.route([], Policy()) == records.Release()


def test_a_verified_match_acts_and_says_why() -> None:
    found = match()
    assert triage.route([found], Policy()) == records.Act(
        reasons=(f"Same as an entry of a verified list ({found.list_id})",)
    )


def test_a_near_match_is_called_close() -> None:
    found = match(distance_bits=3, hash_kind=records.HashKind.PDQ)
    (reason,) = triage.route([found], Policy()).reasons  # type: ignore[union-attr]  # a match has a reason
    assert reason.startswith("Close to an entry")


@pytest.mark.parametrize("signal", [UNVERIFIED, FLAG, SCORE, UNSCANNABLE])
def test_anything_else_opens_a_case_and_restricts_nothing(signal: records.Signal) -> None:
    assert isinstance(triage.route([signal], Policy()), records.Review)


def test_one_verified_match_is_enough_among_others() -> None:
    assert isinstance(triage.route([UNSCANNABLE, FLAG, UNVERIFIED, match()], Policy()), records.Act)


def test_a_cautious_policy_restricts_nothing() -> None:
    assert isinstance(triage.route([match(), FLAG], Policy(verified_match=Response.REVIEW)), records.Review)


def test_a_reason_is_given_once() -> None:
    found = match()
    routed = triage.route([found, found, FLAG, FLAG], Policy())
    assert not isinstance(routed, records.Release)
    assert len(routed.reasons) == 2


def test_a_policy_that_acts_on_unverified_lists_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="unverified_match: act, expected review"):
        Policy(unverified_match=Response.ACT)

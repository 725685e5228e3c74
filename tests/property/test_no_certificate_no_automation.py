"""No item is automated before a certificate exists, nor under one that ended, is about something else, or holds under other conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.property.test_triage import policies, signals
from tests.unit.judged import DETECTOR, NOON, SCOPE, VERSION, certificate, ended
from wardline import records, triage
from wardline.records import Arm, CertificateState
from wardline.triage import Automation

_CONDITIONS = ("1" * 64, "2" * 64)
scores = st.builds(
    records.Score, detector=st.sampled_from((DETECTOR, "other")), detector_version=st.sampled_from((VERSION, "2")),
    probability=st.floats(0, 1),
)  # fmt: skip
moments = st.timedeltas(timedelta(days=-400), timedelta(days=400)).map(lambda away: NOON + away)
states = st.sampled_from(CertificateState)
found = st.lists(st.one_of(signals, scores), max_size=3)


@st.composite
def certificates(draw: st.DrawFn) -> records.Certificate:
    """Draw a certificate of any kind, in any state."""
    made = certificate(
        draw(st.integers(1, 4)), arm=draw(st.sampled_from(Arm)), scope=draw(st.sampled_from((SCOPE, "avatars"))),
        detector=draw(st.sampled_from((DETECTOR, "other"))), detector_version=draw(st.sampled_from((VERSION, "2"))),
        threshold=draw(st.sampled_from((0.25, 0.5, 0.75))), conditions=draw(st.sampled_from(_CONDITIONS)),
        expires_at=NOON + timedelta(days=draw(st.integers(1, 300))),
    )  # fmt: skip
    state = draw(states)
    if state is CertificateState.PROPOSED:
        return replace(made, state=state, approved_by=None, approved_at=None)
    return made if state is CertificateState.STANDING else ended(made, state)


automations = st.builds(
    Automation, scope=st.sampled_from((SCOPE, "avatars")), conditions=st.sampled_from(_CONDITIONS), now=moments,
    certificates=st.lists(certificates(), max_size=4).map(tuple),
)  # fmt: skip


def allows(automation: Automation, decided: str, score: records.Score) -> bool:
    """Say by the plain rules whether the certificate that a route names allows it."""
    return any(
        each.state is CertificateState.STANDING
        and each.approved_at is not None
        and each.approved_at <= automation.now < each.expires_at
        and each.scope == automation.scope
        and each.conditions == automation.conditions
        and each.detector == score.detector
        and each.detector_version == score.detector_version
        and each.threshold is not None
        and (score.probability < each.threshold) == (each.arm is Arm.CLEAR)
        for each in automation.certificates
        if each.id == decided
    )


@given(found, policies, automations)
def test_a_machine_decides_by_one_score_and_a_certificate_that_stands_for_it_alone(
    given_signals: list[records.Signal], policy: triage.Policy, automation: Automation
) -> None:
    routed = triage.route(given_signals, policy, automation=automation)
    by_people = triage.route(given_signals, policy)
    decided = None if isinstance(routed, records.Review) else routed.certificate_id
    if decided is None:
        assert routed == by_people
        return
    assert len(given_signals) == 1
    score = given_signals[0]
    assert isinstance(score, records.Score)
    assert allows(automation, decided, score)


@given(found, policies, automations)
def test_without_certificates_everything_is_as_without_automation(
    given_signals: list[records.Signal], policy: triage.Policy, automation: Automation
) -> None:
    cold = replace(automation, certificates=())
    assert triage.route(given_signals, policy, automation=cold) == triage.route(given_signals, policy)


@given(scores, policies, automations, signals)
def test_anything_else_that_points_at_it_brings_it_to_people(
    score: records.Score, policy: triage.Policy, automation: Automation, more: records.Signal
) -> None:
    routed = triage.route([score, more], policy, automation=automation)
    assert routed == triage.route([score, more], policy)
    assert not isinstance(routed, records.Release)


@given(scores, policies)
def test_two_certificates_that_claim_the_same_arm_count_for_nothing(
    score: records.Score, policy: triage.Policy
) -> None:
    both = (certificate(1, threshold=0.75), certificate(2, threshold=0.5))
    automation = Automation(scope=SCOPE, conditions=_CONDITIONS[0], now=NOON, certificates=both)
    assert triage.route([score], policy, automation=automation) == triage.route([score], policy)


def test_thresholds_are_open_below_and_closed_above() -> None:
    clear = certificate(1, arm=Arm.CLEAR, threshold=0.25)
    act = certificate(2, arm=Arm.ACT, threshold=0.75)
    automation = Automation(scope=SCOPE, conditions=_CONDITIONS[0], now=NOON, certificates=(clear, act))

    def routed(probability: float) -> records.Route:
        score = records.Score(detector=DETECTOR, detector_version=VERSION, probability=probability)
        return triage.route([score], triage.Policy(), automation=automation)

    assert routed(0.2499) == records.Release(certificate_id=clear.id)
    assert isinstance(routed(0.25), records.Review)
    assert isinstance(routed(0.7499), records.Review)
    acted = routed(0.75)
    assert isinstance(acted, records.Act)
    assert acted.certificate_id == act.id


def test_arms_that_overlap_leave_it_to_people() -> None:
    clear = certificate(1, arm=Arm.CLEAR, threshold=0.75)
    act = certificate(2, arm=Arm.ACT, threshold=0.25)
    automation = Automation(scope=SCOPE, conditions=_CONDITIONS[0], now=NOON, certificates=(clear, act))
    score = records.Score(detector=DETECTOR, detector_version=VERSION, probability=0.5)
    assert isinstance(triage.route([score], triage.Policy(), automation=automation), records.Review)


def test_the_moment_it_ends_and_the_moments_before_it_began_are_peoples() -> None:
    made = certificate()
    score = records.Score(detector=DETECTOR, detector_version=VERSION, probability=0.1)
    for now, by_machine in (
        (NOON - timedelta(seconds=1), False), (NOON, True), (made.expires_at - timedelta(seconds=1), True),
        (made.expires_at, False),
    ):  # fmt: skip
        automation = Automation(scope=SCOPE, conditions=_CONDITIONS[0], now=now, certificates=(made,))
        routed = triage.route([score], triage.Policy(), automation=automation)
        assert isinstance(routed, records.Release) == by_machine

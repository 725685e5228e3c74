"""No item is automated before a certificate exists, nor under one that ended, is about something else, or holds under other conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.test_triage import policies, signals
from tests.unit.judged import DETECTOR, NOON, SCOPE, VERSION, certificate, ended, identifier
from wardline import records, triage
from wardline.errors import InputError
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


# --- around one that fires: almost nothing that is drawn freely ever does ------------------------------------------------------------------
@dataclass(frozen=True)
class Firing:
    """A score, and a certificate under which a machine decides it, among others that do not touch it."""

    score: records.Score
    made: records.Certificate
    others: tuple[records.Certificate, ...]
    now: datetime

    def routed(self, score: records.Score | None = None, **given: Any) -> records.Route:
        """Route it, with something changed."""
        made = given.pop("made", self.made)
        values = {
            "scope": SCOPE,
            "conditions": made.conditions,
            "now": self.now,
            "certificates": (made, *self.others),
        }
        return triage.route(
            [score or self.score], triage.Policy(), automation=Automation(**{**values, **given})
        )

    @property
    def by_people(self) -> records.Route:
        """What happens where nothing is certified."""
        return triage.route([self.score], triage.Policy())


@st.composite
def firing(draw: st.DrawFn) -> Firing:
    """Draw a certificate that stands, a score on its side of the threshold and a moment at which it holds."""
    arm, grid = draw(st.sampled_from(Arm)), (0.25, 0.5, 0.75)
    threshold, conditions = draw(st.sampled_from(grid)), draw(st.sampled_from(_CONDITIONS))
    lasts = timedelta(days=draw(st.integers(1, 300)))
    made = certificate(1, arm=arm, threshold=threshold, conditions=conditions, expires_at=NOON + lasts)
    below = st.floats(0, threshold, exclude_max=True)
    score = records.Score(
        detector=DETECTOR, detector_version=VERSION, probability=draw(below if arm is Arm.CLEAR else st.floats(threshold, 1)),
    )  # fmt: skip
    others = draw(st.lists(certificates().filter(lambda each: each.scope != SCOPE), max_size=2))
    now = NOON + draw(st.timedeltas(timedelta(0), lasts - timedelta(microseconds=1)))
    return Firing(score, made, tuple(replace(each, id=f"{each.id[:-1]}z") for each in others), now)


def _other_arm(made: records.Certificate) -> Arm:
    return Arm.ACT if made.arm is Arm.CLEAR else Arm.CLEAR


Draw = Callable[[st.SearchStrategy[Any]], Any]
Spoiler = Callable[[Draw, Firing], records.Route]
SPOILT: dict[str, Spoiler] = {
    "it is not approved": lambda draw, one: one.routed(
        made=replace(one.made, state=CertificateState.PROPOSED, approved_by=None, approved_at=None)
    ),
    "it ended": lambda draw, one: one.routed(
        made=ended(one.made, draw(st.sampled_from(sorted(set(CertificateState) - {CertificateState.STANDING, CertificateState.PROPOSED}))))
    ),
    "its time is over": lambda draw, one: one.routed(
        now=one.made.expires_at + draw(st.timedeltas(timedelta(0), timedelta(days=1000)))
    ),
    "the clock was set back to before it stood": lambda draw, one: one.routed(
        now=NOON - draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=1000)))
    ),
    "the detector is another": lambda draw, one: one.routed(replace(one.score, detector="other")),
    "the detector is of another version": lambda draw, one: one.routed(
        replace(one.score, detector_version=draw(st.sampled_from(("2", f"{VERSION} ", f"{VERSION}.0"))))
    ),
    "a list, the policy or the settings changed": lambda draw, one: one.routed(
        conditions=draw(st.sampled_from((*(set(_CONDITIONS) - {one.made.conditions}), "", "0" * 64)))
    ),
    "the upload is in another scope": lambda draw, one: one.routed(scope=draw(st.sampled_from(("avatars", SCOPE.upper(), "")))),
    "it is about another scope": lambda draw, one: one.routed(made=replace(one.made, scope="avatars")),
    "it is about the other arm": lambda draw, one: one.routed(made=replace(one.made, arm=_other_arm(one.made))),
    "the score is on the other side of the threshold": lambda draw, one: one.routed(
        replace(one.score, probability=draw(
            st.floats(one.made.threshold or 0, 1) if one.made.arm is Arm.CLEAR
            else st.floats(0, one.made.threshold or 0, exclude_max=True)))
    ),
    "another certificate claims the arm too": lambda draw, one: one.routed(
        certificates=(one.made, replace(one.made, id=identifier("certificate", 9), number=9))
    ),
    "there is none": lambda draw, one: one.routed(certificates=one.others),
}  # fmt: skip


@given(firing())
def test_under_a_certificate_that_holds_the_machine_decides(one: Firing) -> None:
    routed = one.routed()
    assert isinstance(routed, records.Release if one.made.arm is Arm.CLEAR else records.Act)
    assert routed.certificate_id == one.made.id


@pytest.mark.parametrize("why", SPOILT)
@given(st.data())
def test_one_thing_spoilt_is_enough_to_bring_it_to_people(why: str, data: st.DataObject) -> None:
    one = data.draw(firing())
    assert one.routed() != one.by_people
    assert SPOILT[why](data.draw, one) == one.by_people


@given(firing(), st.floats(0.01, 1), st.sampled_from(("limit", "threshold")))
def test_a_certificate_that_breaks_its_own_cap_or_has_no_threshold_cannot_be_written(
    one: Firing, much: float, what: str
) -> None:
    wrong = {"limit": one.made.cap + (1 - one.made.cap) * much} if what == "limit" else {"threshold": None}
    with pytest.raises(InputError):
        replace(one.made, **wrong)


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

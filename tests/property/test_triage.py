"""Triage is the only fork: nothing that anything points at is released, and only verified lists restrict."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import match
from wardline import records, triage
from wardline.records import ListTrust
from wardline.triage import Policy, Response

words = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20).filter(str.strip)
matches = st.builds(
    lambda trust, distance: match(trust=trust, distance_bits=distance, hash_kind=records.HashKind.PDQ),
    st.sampled_from(ListTrust),
    st.integers(0, 31),
)
signals = st.one_of(
    matches,
    st.builds(records.Flag, reason=words),
    st.builds(
        records.Flag,
        reason=words,
        official=st.builds(
            records.OfficialNotice,
            authority=words,
            number=words,
            received_at=st.datetimes(timezones=st.just(UTC)),
        ),
    ),
    st.builds(records.Score, detector=words, detector_version=words, probability=st.floats(0, 1)),
    st.builds(records.Unscannable, source=words, reason=words),
)
policies = st.builds(Policy, verified_match=st.sampled_from(Response))


@given(st.lists(signals, max_size=6), policies)
def test_only_an_item_without_any_signal_is_released(found: list[records.Signal], policy: Policy) -> None:
    assert isinstance(triage.route(found, policy), records.Release) == (not found)


@given(st.lists(signals, max_size=6), policies)
def test_only_a_verified_match_restricts_and_only_if_the_policy_says_so(
    found: list[records.Signal], policy: Policy
) -> None:
    verified = any(isinstance(each, records.Match) and each.trust is ListTrust.VERIFIED for each in found)
    expected = verified and policy.verified_match is Response.ACT
    assert isinstance(triage.route(found, policy), records.Act) == expected


@given(st.lists(signals, min_size=1, max_size=6), signals, policies)
def test_another_signal_never_makes_it_milder(
    found: list[records.Signal], more: records.Signal, policy: Policy
) -> None:
    before, after = triage.route(found, policy), triage.route([*found, more], policy)
    assert isinstance(after, records.Act) or not isinstance(before, records.Act)


@given(st.lists(signals, min_size=2, max_size=6), policies, st.randoms())
def test_the_order_of_the_signals_does_not_matter(
    found: list[records.Signal], policy: Policy, chance: object
) -> None:
    routed, turned = triage.route(found, policy), triage.route(found[::-1], policy)
    assert type(routed) is type(turned)
    assert not isinstance(routed, records.Release)
    assert not isinstance(turned, records.Release)
    assert set(routed.reasons) == set(turned.reasons)

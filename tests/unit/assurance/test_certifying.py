"""A certificate comes from enough evidence of the right kind, looked at once; else the reasons say in words what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.judged import DAY, NOON, TERMS, attempt, evidence, good_sample, question
from wardline import assurance, records
from wardline.errors import ConfigurationError, InputError
from wardline.records import Arm, Channel, Part, Truth


@pytest.mark.parametrize("arm", Arm)
def test_enough_good_evidence_certifies_within_the_cap(arm: Arm) -> None:
    tried = attempt(arm, good_sample(arm))
    assert tried.certified is not None
    assert tried.counted.missing == ()
    assert tried.certified.limit <= tried.counted.cap <= TERMS.policy_cap(arm)
    assert tried.certified.threshold in TERMS.grid


@pytest.mark.parametrize("arm", Arm)
def test_without_evidence_the_reasons_name_what_is_missing(arm: Arm) -> None:
    tried = attempt(arm, [])
    assert tried.certified is None
    assert any("how often people are wrong is not known" in each for each in tried.counted.missing)


def test_too_few_positives_are_counted_beside_what_is_needed() -> None:
    tried = attempt(Arm.CLEAR, good_sample(Arm.CLEAR, size=100))
    assert tried.certified is None
    needed = tried.counted.needed
    assert needed is not None
    assert tried.counted.missing == (
        f"100 violating items came by audit; {needed} are needed at least, if not one of them is harmed",
        f"100 violating items came by user-flag; {needed} are needed at least, if not one of them is harmed",
    )


def test_one_channel_alone_certifies_nothing() -> None:
    only = [each for each in good_sample(Arm.CLEAR, size=900) if each.channel is Channel.AUDIT]
    tried = attempt(Arm.CLEAR, only)
    assert tried.certified is None
    assert "at least two channels" in tried.counted.missing[0]


def test_channels_that_disagree_are_refused_and_the_look_is_spent() -> None:
    biased = [
        replace(each, score=each.score**8) if each.channel is Channel.USER_FLAG else each
        for each in good_sample(Arm.CLEAR)
    ]
    tried = attempt(Arm.CLEAR, biased)
    assert tried.certified is None
    assert tried.failure is not None
    assert "the channels disagree" in tried.failure
    assert tried.p_value is not None


def test_people_who_are_never_known_to_be_wrong_leave_no_room_for_a_machine() -> None:
    tried = attempt(Arm.ACT, good_sample(Arm.ACT, wrong=0))
    assert tried.certified is None
    assert "and that is nothing" in tried.counted.missing[0]


def test_human_error_comes_from_uniform_audits_that_no_threshold_was_chosen_with() -> None:
    found = good_sample(Arm.CLEAR)
    elsewhere = [
        evidence(9000 + number, part=part, channel=channel, person_was_right=False)
        for number, (part, channel) in enumerate(
            [(Part.CAPS, Channel.USER_FLAG), (Part.CAPS, Channel.VERIFIED_LIST), (Part.THRESHOLDS, Channel.AUDIT)]
        )
    ]  # fmt: skip
    one, other = attempt(Arm.CLEAR, found), attempt(Arm.CLEAR, [*found, *elsewhere])
    counts = (one.counted.human_wrong, one.counted.human_trials)
    assert counts == (other.counted.human_wrong, other.counted.human_trials) == (25, 60)


@pytest.mark.parametrize("arm", Arm)
def test_what_was_drawn_for_its_score_counts_for_nothing(arm: Arm) -> None:
    near = [
        evidence(8000 + number, channel=Channel.NEAR_THRESHOLD, truth=truth, part=part)
        for number, (truth, part) in enumerate((truth, part) for truth in Truth for part in Part)
    ]
    found = good_sample(arm)
    one, other = attempt(arm, found), attempt(arm, [*found, *near])
    assert (one.certified, one.counted.cap) == (other.certified, other.counted.cap)
    assert not any(assurance.counts_for(arm, each) for each in near)


def test_another_version_or_a_source_counted_twice_is_refused() -> None:
    found = good_sample(Arm.ACT)
    silently = [*found, evidence(7000, detector_version="2", truth=Truth.INNOCENT)]
    assert "only that of the version in use counts" in attempt(Arm.ACT, silently).counted.missing[0]
    twice = [*found, replace(evidence(7001), source_id=found[0].source_id)]
    assert "one source is counted twice" in attempt(Arm.ACT, twice).counted.missing[0]
    assert attempt(Arm.ACT, silently).certified is None
    assert attempt(Arm.ACT, twice).certified is None


def test_evidence_from_before_or_settled_after_the_question_does_not_count() -> None:
    found = good_sample(Arm.ACT)
    old = [
        replace(each, scored_at=NOON - 9 * DAY, recorded_at=NOON - 9 * DAY, id=f"{each.id[:-1]}z")
        for each in found
    ]
    late = [replace(each, recorded_at=NOON + 9 * DAY, id=f"{each.id[:-1]}y") for each in found]
    assert assurance.count([*old, *found, *late], question(Arm.ACT), TERMS).sample == tuple(found)


def test_what_is_missing_is_said_without_looking_at_a_score() -> None:
    found = good_sample(Arm.CLEAR, size=100)
    others = [replace(each, score=1 - each.score) for each in found]
    one, other = (assurance.count(each, question(Arm.CLEAR), TERMS) for each in (found, others))
    assert (one.missing, one.cap, one.channels) == (other.missing, other.cap, other.channels)


def test_all_tries_of_both_arms_together_spend_no_more_than_delta() -> None:
    spent = 2 * sum(TERMS.error_level(number) for number in range(1, 5000))
    assert 0.999 * TERMS.delta < spent <= TERMS.delta


def test_a_later_try_needs_more() -> None:
    first, tenth = (
        assurance.count(good_sample(Arm.ACT), question(Arm.ACT, number=number), TERMS) for number in (1, 10)
    )
    assert first.needed is not None
    assert tenth.needed is not None
    assert first.needed < tenth.needed


def test_the_digest_tells_every_change_of_the_evidence() -> None:
    found = good_sample(Arm.ACT, size=60)
    whole = assurance.digest(found)
    changes = (
        {"score": 0.123},
        {"truth": Truth.VIOLATING},
        {"person_was_right": False},
        {"channel": Channel.POLICE},
    )
    for change in changes:
        assert assurance.digest([replace(found[0], **change), *found[1:]]) != whole
    assert assurance.digest(found[1:]) != whole
    assert assurance.digest([found[1], found[0], *found[2:]]) != whole


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_score_that_is_none_cannot_become_evidence(score: float) -> None:
    with pytest.raises(InputError):
        evidence(score=score)


@pytest.mark.parametrize("judges", [0, 1])
def test_one_judge_is_no_evidence(judges: int) -> None:
    with pytest.raises(InputError):
        evidence(judges=judges)


@pytest.mark.parametrize("values", [
    {"delta": 0.0}, {"delta": 1.0}, {"clear_cap": 0.0}, {"act_cap": 1.0}, {"grid": ()}, {"grid": (0.5, 0.5)}, {"grid": (0.6, 0.5)},
    {"grid": (0.0, 0.5)}, {"grid": (0.5, 1.0)}, {"channel_level": 0.0}, {"alarm_level": float("nan")},
])  # fmt: skip
def test_terms_that_promise_nothing_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        assurance.Terms(**values)  # type: ignore[arg-type] # wrong on purpose


@given(st.lists(st.floats(0, 1), max_size=60))
def test_scores_are_counted_into_bins_each_once(scores: list[float]) -> None:
    counted = assurance.bins(scores)
    assert sum(counted) == len(scores)
    assert len(counted) == records.SCORE_BINS


def test_a_shift_is_nothing_between_equal_shares_and_all_between_disjoint_ones() -> None:
    assert assurance.moved((1, 2, 0), (10, 20, 0)) == 0
    assert assurance.moved((5, 0, 0), (0, 0, 9)) == 1
    assert assurance.moved((0, 0, 0), (0, 0, 9)) == 0

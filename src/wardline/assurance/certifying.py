"""From evidence to a certificate, or to what is missing for one.

Three rules keep the guarantee what it says:

- Whether there is enough is answered from counts alone. The scores are looked at once a try, and every try, failed ones too, spends a part of the
  error that the scope may make in its whole life (``error_level``). Looking again and again at the same level until it works would make any
  threshold pass at last.
- How often people are wrong is taken from evidence that no threshold is chosen with, and from uniform audits alone: what users or lists bring
  is easier, or harder, than the rest, and people's errors on it are not their errors.
- Each channel that is large enough carries the threshold alone. One that is not is left out whole, and nothing is promised of it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from wardline.assurance.caps import HumanError, cap_from
from wardline.assurance.channels import FEWEST_IN_CHANNEL, certify_clear_by_channel, compare_channels
from wardline.assurance.terms import Terms
from wardline.assurance.thresholds import Certified, certify_act
from wardline.kernels import binomial
from wardline.records import SCORE_BINS, Arm, Channel, ChannelCount, Evidence, Part, Truth

_COUNTED = frozenset(Channel) - {Channel.NEAR_THRESHOLD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """For what a certificate is wanted."""

    arm: Arm
    scope: str
    detector: str
    detector_version: str
    number: int
    """Which try it is of this scope and arm, from 1."""
    since: datetime
    """Evidence counts that came in from here on, and was settled until ``until``."""
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What there is, from counts alone."""

    sample: tuple[Evidence, ...]
    """All that answers the question, in order, for the digest."""
    carrying: tuple[Evidence, ...]
    """That of the channels which are large enough."""
    channels: tuple[tuple[Channel, int], ...]
    """Items that thresholds may be chosen with, by channel."""
    human_wrong: int
    human_trials: int
    cap: float
    error_level: float
    needed: int | None
    """Items that each channel needs if not one is harmed; None while there is no cap."""
    missing: tuple[str, ...]
    """Why nothing can be certified yet, in words; empty when a try makes sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one look at the scores gave."""

    counted: Counted
    certified: Certified | None
    channels: tuple[ChannelCount, ...]
    p_value: float | None
    failure: str | None
    """Why nothing was certified, in words."""


def counts_for(arm: Arm, each: Evidence) -> bool:
    """Say whether a piece of evidence is of the kind that an arm is certified with and watched by.

    For clearing these are violating items of every channel that does not know the score; for acting innocent ones of the uniform audit.
    """
    if arm is Arm.CLEAR:
        return each.truth is Truth.VIOLATING and each.channel in _COUNTED
    return each.truth is Truth.INNOCENT and each.channel is Channel.AUDIT


def is_harmed(arm: Arm, each: Evidence, threshold: float) -> bool:
    """Say whether the machine would decide an item that a person would have decided rightly."""
    decided = each.score < threshold if arm is Arm.CLEAR else each.score >= threshold
    return decided and each.person_was_right


def count(evidence: Sequence[Evidence], question: Question, terms: Terms) -> Counted:
    """Count what there is without looking at a score, and say what is missing."""
    sample = tuple(
        each for each in evidence if each.scored_at >= question.since and each.recorded_at <= question.until
    )
    level = terms.error_level(question.number)
    people = [
        each
        for each in sample
        if each.part is Part.CAPS and each.channel is Channel.AUDIT and counts_for(question.arm, each)
    ]
    wrong = sum(not each.person_was_right for each in people)
    policy = terms.policy_cap(question.arm)
    cap = cap_from(HumanError(wrong=wrong, trials=len(people)), policy=policy) if people else 0.0
    usable = [each for each in sample if each.part is Part.THRESHOLDS and counts_for(question.arm, each)]
    sizes = Counter(each.channel for each in usable)
    large = {channel for channel, size in sizes.items() if size >= FEWEST_IN_CHANNEL}
    needed = binomial.trials_needed(cap, error=level) if cap > 0 else None
    missing = (
        *_unfit(sample, question),
        *_without_a_cap(question.arm, wrong, len(people), cap),
        *_too_few(question.arm, sizes, large, needed),
    )
    return Counted(
        sample=sample, carrying=tuple(each for each in usable if each.channel in large),
        channels=tuple(sorted(sizes.items())), human_wrong=wrong, human_trials=len(people), cap=cap, error_level=level,
        needed=needed, missing=missing,
    )  # fmt: skip


def attempt(
    evidence: Sequence[Evidence], question: Question, terms: Terms, *, rng: np.random.Generator
) -> Tried:
    """Look at the scores, once. Nothing is certified where anything is missing; that alone spends nothing.

    Args:
        evidence: Of the scope and the detector, in the order in which it was recorded.
        question: What for.
        terms: Grid, caps and error, fixed before the evidence was seen.
        rng: Chance for comparing the channels; its seed belongs into the certificate.
    """
    counted = count(evidence, question, terms)
    if counted.missing:
        return Tried(counted=counted, certified=None, channels=(), p_value=None, failure=None)
    if question.arm is Arm.ACT:
        found, p_value, failure = _act(counted, terms), None, None
    else:
        found, p_value, failure = _clear(counted, terms, rng)
    if found is None and failure is None:
        failure = "not even the safest threshold of the grid keeps the cap on this evidence"
    return Tried(
        counted=counted, certified=found, channels=_channels(counted, question.arm, found), p_value=p_value,
        failure=failure,
    )  # fmt: skip


def digest(sample: Sequence[Evidence]) -> str:
    """Give the SHA-256 of evidence, hexadecimal: ids, scores, labels and channels, in order."""
    lines = (
        f"{each.id} {each.score.hex()} {each.truth} {each.person_was_right} {each.channel} {each.part} {each.judges}"
        for each in sample
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def bins(scores: Sequence[float]) -> tuple[int, ...]:
    """Count scores in equal parts from 0 to 1."""
    counted = Counter(min(int(score * SCORE_BINS), SCORE_BINS - 1) for score in scores)
    return tuple(counted[place] for place in range(SCORE_BINS))


def score_counts(sample: Sequence[Evidence]) -> tuple[int, ...]:
    """Count the scores of uniform audits: how everything in the scope scored."""
    return bins([each.score for each in sample if each.channel is Channel.AUDIT])


def moved(then: Sequence[int], now: Sequence[int]) -> float:
    """Give how far two counts of scores lie apart: half of the sum of the differences of their shares, 0 to 1."""
    before, after = sum(then), sum(now)
    if before == 0 or after == 0:
        return 0.0
    return sum(abs(one / before - other / after) for one, other in zip(then, now, strict=True)) / 2


def _clear(
    counted: Counted, terms: Terms, rng: np.random.Generator
) -> tuple[Certified | None, float | None, str | None]:
    channels = sorted({each.channel for each in counted.carrying})
    numbers = np.array([channels.index(each.channel) for each in counted.carrying], np.int64)
    scores = np.array([each.score for each in counted.carrying], np.float64)
    caught = np.array([each.person_was_right for each in counted.carrying], np.bool_)
    compared = compare_channels(
        scores, numbers, dict(enumerate(map(str, channels))), rng=rng,
        level=terms.channel_level,
    )  # fmt: skip
    if compared is None:
        return None, None, "fewer than two channels are large enough to be compared"
    if compared.is_refused:
        return None, compared.p_value, (
            f"the channels disagree: the scores of {compared.channel} are not like those of the others, so that at least one channel depends on "
            "the score"
        )  # fmt: skip
    grid = np.array(terms.grid, np.float64)
    found = certify_clear_by_channel(scores, caught, numbers, grid, counted.cap, counted.error_level)
    return found, compared.p_value, None


def _act(counted: Counted, terms: Terms) -> Certified | None:
    scores = np.array([each.score for each in counted.carrying], np.float64)
    cleared = np.array([each.person_was_right for each in counted.carrying], np.bool_)
    grid = np.array(terms.grid, np.float64)
    return certify_act(scores, cleared, grid, counted.cap, counted.error_level)


def _channels(counted: Counted, arm: Arm, found: Certified | None) -> tuple[ChannelCount, ...]:
    carrying = {each.channel for each in counted.carrying}
    return tuple(
        ChannelCount(
            channel=channel, trials=size, carries=channel in carrying,
            harmed=0 if found is None else sum(
                is_harmed(arm, each, found.threshold) for each in counted.carrying if each.channel is channel
            ),
        )
        for channel, size in counted.channels
    )  # fmt: skip


def _unfit(sample: Sequence[Evidence], question: Question) -> tuple[str, ...]:
    """Say what must not be there at all."""
    wanted = (question.scope, question.detector, question.detector_version)
    if any((each.scope, each.detector, each.detector_version) != wanted for each in sample):
        return (
            "some of the evidence is of another scope, detector or version; only that of the version in use counts",
        )
    if len({each.source_id for each in sample}) < len(sample):
        return ("one source is counted twice; each audit and each case is one piece of evidence",)
    return ()


def _without_a_cap(arm: Arm, wrong: int, trials: int, cap: float) -> tuple[str, ...]:
    errors = "missed violations" if arm is Arm.CLEAR else "held innocent items for violations"
    truth = _of(arm)
    if trials == 0:
        return (
            f"how often people are wrong is not known: no {truth} of the random audit has been set aside for it yet",
        )
    if cap <= 0:
        return (
            (
                f"people {errors} in {wrong} of {trials} {truth} that were set aside for it; the cap is a tenth of what they are known to do wrong at "
                "least, and that is nothing"
            ),
        )
    return ()


def _too_few(arm: Arm, sizes: Counter[Channel], large: set[Channel], needed: int | None) -> tuple[str, ...]:
    if arm is Arm.CLEAR and len(large) < 2:
        has = ", ".join(f"{size} by {channel}" for channel, size in sorted(sizes.items())) or "none"
        return (
            (
                f"violating items have to come by at least two channels with {FEWEST_IN_CHANNEL} each, so that a channel that depends on the score shows: "
                f"there are {has}"
            ),
        )
    if needed is None:
        return ()
    asked = sorted(large) or [Channel.AUDIT]
    return tuple(
        f"{sizes[channel]} {_of(arm)} came by {channel}; {needed} are needed at least, if not one of them is harmed"
        for channel in asked
        if sizes[channel] < needed
    )


def _of(arm: Arm) -> str:
    return "violating items" if arm is Arm.CLEAR else "innocent items"

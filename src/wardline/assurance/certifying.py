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

import numpy as np

from wardline.assurance.channels import certify_clear_by_channel, compare_channels
from wardline.assurance.counting import Counted, Question, count
from wardline.assurance.terms import Terms
from wardline.assurance.thresholds import Certified, certify_act
from wardline.records import SCORE_BINS, Arm, Channel, ChannelCount, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one look at the scores gave."""

    counted: Counted
    certified: Certified | None
    channels: tuple[ChannelCount, ...]
    p_value: float | None
    failure: str | None
    """Why nothing was certified, in words."""


def is_harmed(arm: Arm, each: Evidence, threshold: float) -> bool:
    """Say whether the machine would decide an item that a person would have decided rightly."""
    decided = each.score < threshold if arm is Arm.CLEAR else each.score >= threshold
    return decided and each.person_was_right


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

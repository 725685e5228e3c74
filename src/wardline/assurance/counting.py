"""What there is for a certificate, from counts alone: no score is looked at here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wardline.assurance.caps import HumanError, cap_from
from wardline.assurance.channels import FEWEST_IN_CHANNEL
from wardline.assurance.terms import Terms
from wardline.kernels import binomial
from wardline.records import Arm, Channel, Evidence, EvidenceCount, Part, Truth

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
class Counts:
    """What there is, from counts alone."""

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
class Counted(Counts):
    """The same, with what was counted."""

    sample: tuple[Evidence, ...]
    """All that answers the question, in order, for the digest."""
    carrying: tuple[Evidence, ...]
    """That of the channels which are large enough."""


def counts_for(arm: Arm, each: Evidence | EvidenceCount) -> bool:
    """Say whether a piece of evidence is of the kind that an arm is certified with and watched by.

    For clearing these are violating items of every channel that does not know the score; for acting innocent ones of the uniform audit.
    """
    if arm is Arm.CLEAR:
        return each.truth is Truth.VIOLATING and each.channel in _COUNTED
    return each.truth is Truth.INNOCENT and each.channel is Channel.AUDIT


def truth_for(arm: Arm) -> Truth:
    """Say of which truth the items are that an arm is certified with."""
    return Truth.VIOLATING if arm is Arm.CLEAR else Truth.INNOCENT


def count(evidence: Sequence[Evidence], question: Question, terms: Terms) -> Counted:
    """Count what there is without looking at a score, and say what is missing."""
    sample = tuple(
        each for each in evidence if each.scored_at >= question.since and each.recorded_at <= question.until
    )
    found = Counter((each.channel, each.truth, each.part, each.person_was_right) for each in sample)
    numbers = [
        EvidenceCount(channel=channel, truth=truth, part=part, person_was_right=right, count=number)
        for (channel, truth, part, right), number in found.items()
    ]
    counts = counted(numbers, question, terms)
    large = _large(dict(counts.channels))
    usable = (each for each in sample if each.part is Part.THRESHOLDS and counts_for(question.arm, each))
    return Counted(
        sample=sample, carrying=tuple(each for each in usable if each.channel in large), channels=counts.channels,
        human_wrong=counts.human_wrong, human_trials=counts.human_trials, cap=counts.cap, error_level=counts.error_level,
        needed=counts.needed, missing=(*_unfit(sample, question), *counts.missing),
    )  # fmt: skip


def counted(numbers: Iterable[EvidenceCount], question: Question, terms: Terms) -> Counts:
    """Say what there is, and what is missing, from numbers that a store counted.

    Args:
        numbers: Of what answers the question: its scope and its score, since its beginning, until its end.
        question: What for.
        terms: Caps and error.
    """
    arm, level = question.arm, terms.error_level(question.number)
    usable = [each for each in numbers if counts_for(arm, each)]
    people = [each for each in usable if each.part is Part.CAPS and each.channel is Channel.AUDIT]
    trials = sum(each.count for each in people)
    wrong = sum(each.count for each in people if not each.person_was_right)
    cap = cap_from(HumanError(wrong=wrong, trials=trials), policy=terms.policy_cap(arm)) if trials else 0.0
    sizes: Counter[Channel] = Counter()
    for each in usable:
        if each.part is Part.THRESHOLDS:
            sizes[each.channel] += each.count
    needed = binomial.trials_needed(cap, error=level) if cap > 0 else None
    missing = (*_without_a_cap(arm, wrong, trials, cap), *_too_few(arm, sizes, _large(sizes), needed))
    return Counts(
        channels=tuple(sorted(sizes.items())), human_wrong=wrong, human_trials=trials, cap=cap, error_level=level,
        needed=needed, missing=missing,
    )  # fmt: skip


def _large(sizes: Mapping[Channel, int]) -> set[Channel]:
    return {channel for channel, size in sizes.items() if size >= FEWEST_IN_CHANNEL}


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

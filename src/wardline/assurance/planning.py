"""What it takes to certify: how many audited items, and how long they take to come."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wardline.errors import InputError
from wardline.kernels import binomial


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """For one arm."""

    fewest: int
    """Items of the arm's truth that are needed if not one of them is harmed."""
    comfortable: int
    """If as many are harmed as at half the cap: with so many, a threshold that keeps half the cap is certified in most draws."""
    days_by_audit: float | None
    """Days until the fewest come out of the random audit alone; None when it draws nothing of that truth."""
    days_with_sentinels: float | None
    """The same with the sentinels that come without being searched for, over all channels, each of which has to carry the arm alone."""
    days_comfortably: float | None
    """The same until the comfortable number."""


def plan(
    cap: float, *, error_level: float, prevalence: float, audited_a_day: float, sentinels_a_day: float = 0.0, channels: int = 1
) -> Plan:  # fmt: skip
    """Work out what has to be audited to certify at a cap.

    Args:
        cap: Above 0 and below 1.
        error_level: Of this arm, above 0 and below 1.
        prevalence: Share of the audited items that are of the arm's truth, 0 to 1.
        audited_a_day: Items that people judge twice, blind, a day; 0 and up.
        sentinels_a_day: Items of that truth that are found without the score a day; 0 and up.
        channels: Over how many routes those come, as many by each, the audit included; 1 and up. Each has to carry the threshold alone.

    Raises:
        InputError: A value out of its range.
    """
    if not (0 < cap < 1 and 0 < error_level < 1 and 0 <= prevalence <= 1):
        raise InputError("plan: a share out of range, expected 0 to 1")
    if not (0 <= audited_a_day < math.inf and 0 <= sentinels_a_day < math.inf):
        raise InputError("plan: no number of items a day, expected 0 and up")
    if channels < 1:
        raise InputError(f"plan: {channels} channels, expected 1 and up")
    fewest = binomial.trials_needed(cap, error=error_level)
    comfortable = _comfortable(cap, error_level)
    by_audit = prevalence * audited_a_day
    with_sentinels = (by_audit + sentinels_a_day) / channels
    return Plan(
        fewest=fewest,
        comfortable=comfortable,
        days_by_audit=_days(fewest, by_audit),
        days_with_sentinels=_days(fewest, with_sentinels),
        days_comfortably=_days(comfortable, with_sentinels),
    )


def _comfortable(cap: float, error_level: float) -> int:
    """Find the smallest sample in which half the cap, observed, is certified at the cap."""
    trials = binomial.trials_needed(cap, error=error_level)
    while True:
        most = binomial.most_hits(trials, cap, error=error_level)
        if most is not None and most >= math.ceil(trials * cap / 2):
            return trials
        trials = math.ceil(trials * 1.05)


def _days(needed: int, a_day: float) -> float | None:
    return needed / a_day if a_day > 0 else None

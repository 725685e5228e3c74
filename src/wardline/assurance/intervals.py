"""The exact interval of a share: what the true one may be, given what was counted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from wardline.errors import InputError

_HALVINGS = 60
"""Of the interval from 0 to 1: more than a double can tell apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Lower and upper end."""

    low: float
    high: float


def exact_interval(hits: int, base: int, *, confidence: float = 0.95) -> Interval:
    """Give the interval of Clopper and Pearson: it holds the true share at least as often as the confidence says, whatever that share is.

    Args:
        hits: 0 to ``base``.
        base: How many were counted, 1 and up.
        confidence: Between 0 and 1.

    Source: Clopper & Pearson 1934, Biometrika 26(4), "The use of confidence or fiducial limits illustrated in the case of the binomial".
    """
    if not 0 <= hits <= base or base < 1 or not 0 < confidence < 1:
        raise InputError(f"share: {hits} of {base}, expected a part of at least one")
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _solve(lambda share: 1 - _at_most(hits - 1, base, share) < tail)
    high = 1.0 if hits == base else _solve(lambda share: _at_most(hits, base, share) > tail)
    return Interval(low=low, high=high)


def _solve(is_below: Callable[[float], bool]) -> float:
    """Find where a condition ends that holds from 0 on."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def _at_most(hits: int, base: int, share: float) -> float:
    """Give the probability of so many hits or fewer."""
    if share <= 0 or share >= 1:
        return 1.0 if share <= 0 or hits >= base else 0.0
    whole = math.lgamma(base + 1)
    logs = (
        whole - math.lgamma(each + 1) - math.lgamma(base - each + 1) + each * math.log(share) + (base - each) * math.log1p(-share)
        for each in range(hits + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(map(math.exp, logs)))

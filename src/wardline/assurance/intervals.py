"""The exact interval of a share: what the true one may be, given what was counted."""

from __future__ import annotations

from dataclasses import dataclass

from wardline.errors import InputError
from wardline.kernels import binomial


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
    low, high = binomial.interval(hits, base, error=1 - confidence)
    return Interval(low=low, high=high)

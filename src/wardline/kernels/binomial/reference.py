"""Clopper and Pearson's limits. Exact: whatever the probability is, a limit is on the wrong side of it at most as often as is said.

Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26
(1934).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64] | int


def upper_limit(hits: Counts, trials: Counts, *, error: float) -> Floats:
    """Compute the largest probability that so few hits still agree with.

    Args:
        hits: ``int64[...]``, 0 to ``trials``.
        trials: ``int64[...]``, 1 and up.
        error: How often the limit may be below the true probability, above 0 and below 1.

    Returns:
        ``float64[...]``, 0 to 1.
    """
    hit, tried = np.asarray(hits, np.float64), np.asarray(trials, np.float64)
    inner = special.betaincinv(hit + 1.0, np.maximum(tried - hit, 0.5), 1.0 - error)
    return np.asarray(np.where(hit >= tried, 1.0, inner), np.float64)


def lower_limit(hits: Counts, trials: Counts, *, error: float) -> Floats:
    """Compute the smallest probability that so many hits still agree with; the mirror of ``upper_limit``."""
    hit, tried = np.asarray(hits, np.int64), np.asarray(trials, np.int64)
    return np.asarray(1.0 - upper_limit(tried - hit, tried, error=error), np.float64)


def interval(hits: int, trials: int, *, error: float = 0.05) -> tuple[float, float]:
    """Give both limits, each with half of the error.

    Args:
        hits: 0 to ``trials``.
        trials: 1 and up.
        error: How often the interval may miss the true probability.
    """
    low = lower_limit(hits, trials, error=error / 2)
    return float(low), float(upper_limit(hits, trials, error=error / 2))


def most_hits(trials: int, cap: float, *, error: float) -> int | None:
    """Give the largest count whose upper limit is within a cap; None when not even no hit is enough.

    Args:
        trials: 1 and up.
        cap: Above 0 and below 1.
        error: As in ``upper_limit``.
    """
    if trials < trials_needed(cap, error=error):
        return None
    low, high = 0, trials
    while low < high:  # the limit grows with the count
        middle = (low + high + 1) // 2
        if float(upper_limit(middle, trials, error=error)) <= cap:
            low = middle
        else:
            high = middle - 1
    return low


def trials_needed(cap: float, *, error: float, hits: int = 0) -> int:
    """Give how many trials it takes until the upper limit with so many hits is within a cap.

    Args:
        cap: Above 0 and below 1.
        error: As in ``upper_limit``.
        hits: 0 and up.
    """
    if hits == 0:
        return math.ceil(math.log(error) / math.log1p(-cap))
    low, high = hits + 1, 2 * (hits + 1)
    while float(upper_limit(hits, high, error=error)) > cap:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if float(upper_limit(hits, middle, error=error)) <= cap:
            high = middle
        else:
            low = middle + 1
    return low

"""Whether probabilities are what they say: measured on cases that chance chose, for what the order chose is no fair sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wardline.records import Outcome

_BINS = 10
_RESAMPLES = 200
_COUNTED = {Outcome.VIOLATION: True, Outcome.OTHER_RULE: True, Outcome.NOT_VIOLATION: False}
"""What a probability of any violation is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationLimits:
    """From ``[review.calibration]`` in wardline.toml: when the order falls back to score order."""

    most_error: float = 0.15
    """By how much probabilities may be off on average, 0 to 1; only what is certainly more counts."""
    least_decisions: int = 200
    """Of fewer decisions nothing is concluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far probabilities were off."""

    decisions: int
    """How many it was measured on."""
    error: float
    """Expected calibration error, 0 to 1: by how much, on average, what was found differs from what was said."""
    low: float
    """With ``high`` the interval in which it is with 95 % confidence."""
    high: float

    def is_poor(self, limits: CalibrationLimits) -> bool:
        """Say whether the order must not rest on these probabilities: they are off by more than the limit, and that is no chance."""
        return self.decisions >= limits.least_decisions and self.low > limits.most_error


def calibration(
    opinions: Sequence[tuple[float, Outcome]], *, chance: np.random.Generator
) -> Calibration | None:
    """Measure the probabilities of decided cases against what was found.

    Ten groups of the same size by probability; in each, the difference between the mean probability and the share of violations; of these
    the mean. On few cases that is too large even where every probability is right, for shares vary. Resampling adds as much once more,
    so that taking it off the measured value corrects most of it (the basic bootstrap).

    Args:
        opinions: The probability of a violation, and what a person found; "cannot tell" is left out.
        chance: Resamples. Whoever is to come to the same measure of the same decisions gives one with the same seed.

    Returns:
        None when nothing was decided.

    Source: expected calibration error as in Guo, Pleiss, Sun and Weinberger, arXiv 1706.04599, with groups of equal size; the interval as in
    Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 5.2.
    """
    known = [(probability, _COUNTED[found]) for probability, found in opinions if found in _COUNTED]
    if not known:
        return None
    said = np.array([probability for probability, _ in known])
    found = np.array([is_violation for _, is_violation in known], float)
    measured = _error(said, found)
    chosen = (chance.integers(0, len(known), len(known)) for _ in range(_RESAMPLES))
    again = np.array([_error(said[rows], found[rows]) for rows in chosen])
    low, middle, high = (2 * measured - each for each in (np.quantile(again, 0.975), again.mean(), np.quantile(again, 0.025)))  # fmt: skip
    return Calibration(decisions=len(known), error=_between(middle), low=_between(low), high=_between(high))


def _error(said: npt.NDArray[np.float64], found: npt.NDArray[np.float64]) -> float:
    order = np.argsort(said, kind="stable")
    said, found = said[order], found[order]
    places = np.minimum(np.arange(len(said)) * _BINS // len(said), _BINS - 1)
    # Cases with the same probability stay in one group: dividing them would make a difference out of chance alone.
    _, first, same = np.unique(said, return_index=True, return_inverse=True)
    sums = np.bincount(places[first][same], weights=said - found)
    return float(np.abs(sums).sum() / len(said))


def _between(value: float) -> float:
    return float(min(max(value, 0.0), 1.0))

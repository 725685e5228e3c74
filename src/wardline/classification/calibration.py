"""From a score to the probability of a violation, for the order of the queue and for nothing else: no certificate rests on it."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise

from wardline import records
from wardline.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A line through points, from left to right and never down; outside them as at the nearest."""

    scores: tuple[float, ...]
    """Rising, 0 to 1; two at least."""
    probabilities: tuple[float, ...]
    """Of a violation at each, 0 to 1; never falling."""

    def __post_init__(self) -> None:
        alike = len(self.scores) == len(self.probabilities) >= 2
        inside = all(math.isfinite(each) and 0 <= each <= 1 for each in (*self.scores, *self.probabilities))
        rises = all(low < high for low, high in pairwise(self.scores))
        never_falls = all(low <= high for low, high in pairwise(self.probabilities))
        if not (alike and inside and rises and never_falls):
            raise InputError(
                "calibration: malformed, expected as many probabilities as scores, two at least, from 0 to 1 and rising"
            )

    def of(self, score: records.Score) -> records.Score:
        """Give the score with the probability that it stands for."""
        at = score.probability
        right = bisect_right(self.scores, at)
        if right == 0 or right == len(self.scores):
            return replace(score, probability=self.probabilities[min(right, len(self.scores) - 1)])
        (x0, x1), (y0, y1) = self.scores[right - 1 : right + 1], self.probabilities[right - 1 : right + 1]
        return replace(score, probability=y0 + (y1 - y0) * (at - x0) / (x1 - x0))

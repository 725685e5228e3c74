"""Thresholds under a guarantee: how far the machine may decide alone, proven on items whose truth and whose human judgement are known.

The guarantee of one arm: with probability at least ``1 - error_level`` over the draw of the items, the share that the machine decides and a
person would have decided rightly is at most the cap. Its proof takes four lines. For each threshold of the grid, the hypothesis is "the share
is above the cap". The shares grow from the safest threshold on, so that the hypotheses are nested. They are tested in that order, each at the
full level, by an exact binomial limit, and the first that is not rejected ends it. If the first true hypothesis is wrongly rejected an error is
made, and that is one test: no correction for the number of thresholds is needed.

Source: fixed-sequence testing as in Angelopoulos, Bates, Candes, Jordan and Lei, "Learn then Test", arXiv:2110.01052, section 3; risk-controlling
sets as in Bates, Angelopoulos, Lei, Malik and Jordan, arXiv:2101.02703.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wardline.errors import InputError
from wardline.kernels import binomial

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_NUMBERS = "fiu"
"""Kinds of arrays that hold real numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A threshold that keeps its cap, and what that rests on."""

    threshold: float
    """From the grid. Cleared is what scores below it; acted on is what scores at or above it."""
    harmed: int
    """Items of the sample that the machine would have decided and a person would have decided rightly."""
    trials: int
    """Items of the sample."""
    limit: float
    """Exact upper limit of their share at the error level, 0 to 1; not above the cap."""


def certify_clear(
    scores: Floats, caught: Flags, grid: Floats, cap: float, error_level: float
) -> Certified | None:
    """Find the largest threshold below which the machine may clear.

    Args:
        scores: ``float64[n]``, the frozen score of each violating item, 0 to 1. The items are drawn independently of the score.
        caught: ``bool[n]``, whether the person who saw it without the score found it to be a violation.
        grid: ``float64[m]``, thresholds in rising order, fixed before the items were seen.
        cap: Largest share of all violating items that may be cleared although a person would have caught them, above 0 and below 1.
        error_level: Largest probability of a threshold that does not keep the cap, above 0 and below 1.

    Returns:
        None when not even the first threshold of the grid can be certified.

    Raises:
        InputError: Other shapes or values; nothing is ever certified from them.
    """
    _require(scores, caught, grid, cap, error_level)
    return _first_failure(grid, _below(scores[caught], grid), len(scores), cap, error_level)


def certify_act(
    scores: Floats, cleared: Flags, grid: Floats, cap: float, error_level: float
) -> Certified | None:
    """Find the smallest threshold from which on the machine may act.

    Args:
        scores: ``float64[n]``, the frozen score of each innocent item, 0 to 1. The items are drawn independently of the score.
        cleared: ``bool[n]``, whether the person who saw it without the score found it to be innocent.
        grid: ``float64[m]``, thresholds in rising order, fixed before the items were seen.
        cap: Largest share of all innocent items that may be acted on although a person would have cleared them, above 0 and below 1.
        error_level: Largest probability of a threshold that does not keep the cap, above 0 and below 1.

    Returns:
        None when not even the last threshold of the grid can be certified.

    Raises:
        InputError: Other shapes or values; nothing is ever certified from them.
    """
    _require(scores, cleared, grid, cap, error_level)
    harmed = np.count_nonzero(cleared) - _below(scores[cleared], grid)
    return _first_failure(grid[::-1], harmed[::-1], len(scores), cap, error_level)


def _below(scores: Floats, grid: Floats) -> npt.NDArray[np.int64]:
    """Count the scores below each threshold."""
    places = np.searchsorted(grid, scores, side="right")
    return np.cumsum(np.bincount(places, minlength=len(grid) + 1))[: len(grid)].astype(np.int64)


def _first_failure(
    grid: Floats, harmed: npt.NDArray[np.int64], trials: int, cap: float, error_level: float
) -> Certified | None:
    """Walk from the safest threshold on, and stop at the first whose limit is above the cap."""
    limits = binomial.upper_limit(harmed, trials, error=error_level)
    failed = np.flatnonzero(limits > cap)
    passed = int(failed[0]) if len(failed) else len(grid)
    if passed == 0:
        return None
    last = passed - 1
    return Certified(
        threshold=float(grid[last]), harmed=int(harmed[last]), trials=trials, limit=float(limits[last])
    )


def _require(scores: Floats, judged: Flags, grid: Floats, cap: float, error_level: float) -> None:
    if scores.dtype.kind not in _NUMBERS or grid.dtype.kind not in _NUMBERS:
        raise InputError("sample: scores or grid are no numbers, expected numbers from 0 to 1")
    if scores.ndim != 1 or scores.shape != judged.shape or judged.dtype != np.bool_:
        raise InputError("sample: scores and judgements do not fit, expected one of each for every item")
    if len(scores) == 0:
        raise InputError("sample: empty, expected items")
    if not (np.isfinite(scores).all() and (scores >= 0).all() and (scores <= 1).all()):
        raise InputError("sample: a score is no number from 0 to 1, expected one")
    if grid.ndim != 1 or len(grid) == 0 or not np.isfinite(grid).all() or (np.diff(grid) <= 0).any():
        raise InputError("grid: not rising, expected thresholds in rising order, each once")
    for name, value in (("cap", cap), ("error level", error_level)):
        if not 0 < value < 1:
            raise InputError(f"{name}: {value}, expected above 0 and below 1")

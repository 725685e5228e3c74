"""Populations for trying the guarantee of assurance: their every risk is known exactly, so that a broken cap is no matter of luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PREVALENCE = 0.01
STEP = 0.1
"""Of the grid, in logits."""
GRID: Floats = 1.0 / (1.0 + np.exp(-np.arange(-12.0, 12.0 + STEP / 2, STEP)))
_POINTS: Floats = np.arange(-14.0, 14.0, 0.01)
"""Log-likelihood ratios at which the populations are written down."""
_UNCLEAR = 0.02
"""Part of the items that detector and people alike find hard."""


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of violation, one detector, and the people beside it."""

    scores: Floats
    """``float64[p]``, the score at each point, rising."""
    positives: Floats
    """``float64[p]``, probability of each point among violating items."""
    negatives: Floats
    """``float64[p]``, the same among innocent ones."""
    catch: Floats
    """``float64[p]``, probability that a person finds the violating item at this point."""
    clear: Floats
    """``float64[p]``, probability that a person clears the innocent one."""

    def harm_of_clearing(self, below: float) -> float:
        """Give the exact share of violating items that score below and that a person would have caught."""
        return float((self.positives * self.catch)[self.scores < below].sum())

    def harm_of_acting(self, threshold: float) -> float:
        """Give the exact share of innocent items that score at it or above and that a person would have cleared."""
        return float((self.negatives * self.clear)[self.scores >= threshold].sum())

    def load(self, low: float, high: float) -> float:
        """Give the share of all items that people still decide."""
        between = (self.scores >= low) & (self.scores < max(high, low))
        mixed = PREVALENCE * self.positives + (1 - PREVALENCE) * self.negatives
        return float(mixed[between].sum())

    def split(self, cap_clear: float, cap_act: float) -> tuple[float, float]:
        """Give the best possible thresholds of the grid: those of somebody who knows the population."""
        low = max((each for each in GRID if self.harm_of_clearing(each) <= cap_clear), default=0.0)
        high = min((each for each in GRID if self.harm_of_acting(each) <= cap_act), default=1.0)
        return low, high

    def best(self, cap_clear: float, cap_act: float) -> float:
        """Give the load of the best possible split on the grid."""
        return self.load(*self.split(cap_clear, cap_act))

    def on_grid(self) -> Task:
        """Give the same population with one point between two thresholds of the grid: no threshold can tell the two apart, and draws are quick."""
        cells = np.searchsorted(GRID, self.scores, side="right")
        positives, negatives, caught, cleared = (
            np.bincount(cells, each, len(GRID) + 1).astype(np.float64)
            for each in (
                self.positives,
                self.negatives,
                self.positives * self.catch,
                self.negatives * self.clear,
            )
        )
        return Task(
            scores=np.concatenate([[GRID[0] / 2], GRID]), positives=positives, negatives=negatives,
            catch=_share(caught, positives), clear=_share(cleared, negatives),
        )  # fmt: skip


def tasks(*, pooled: bool) -> list[Task]:
    """Make ten tasks, from easy to hard.

    Scores are normal in their logits among either kind, but for a part that is unclear; people err more where the detector is unsure.

    Args:
        pooled: Whether the detector is the mean of three that err together half of the time, or one alone that is worse than the people.
    """
    better = np.sqrt(3.0 / (1.0 + 2 * 0.5)) if pooled else 1.0
    return [
        _task(distance * better, missed)
        for distance, missed in zip(np.linspace(3.1, 3.7, 10), np.linspace(0.07, 0.03, 10), strict=True)
    ]


def content_types(*, pooled: bool) -> list[list[Task]]:
    """Make ten times four kinds of content that one detector scores together, and that are hard for it in different degrees."""
    better = np.sqrt(3.0 / (1.0 + 2 * 0.5)) if pooled else 1.0
    return [
        [_task((distance + easier) * better, missed) for easier in (-0.4, -0.1, 0.2, 0.5)]
        for distance, missed in zip(np.linspace(3.1, 3.7, 10), np.linspace(0.07, 0.03, 10), strict=True)
    ]


def mixed(kinds: Sequence[Task]) -> Task:
    """Mix populations with the same points, each as large a part as any other."""
    positives = np.mean([each.positives for each in kinds], axis=0)
    negatives = np.mean([each.negatives for each in kinds], axis=0)
    return Task(
        scores=kinds[0].scores, positives=positives, negatives=negatives,
        catch=_share(np.mean([each.positives * each.catch for each in kinds], axis=0), positives),
        clear=_share(np.mean([each.negatives * each.clear for each in kinds], axis=0), negatives),
    )  # fmt: skip


def _share(part: Floats, whole: Floats) -> Floats:
    """Divide; where there is nothing, every share does."""
    return np.minimum(np.divide(part, whole, out=np.ones_like(whole), where=whole > 0), 1.0)


def _task(distance: float, missed: float) -> Task:
    shape = distance**2 / 2  # mean log-likelihood ratio of normals at this distance
    clear = _normal(_POINTS, shape, distance), _normal(_POINTS, -shape, distance)
    unclear = _normal(_POINTS, 0.0, 1.5)
    positives, negatives = ((1 - _UNCLEAR) * each + _UNCLEAR * unclear for each in clear)
    doubt = np.exp(-np.abs(_POINTS) / 2.0)
    wrong = positives / positives.sum() @ doubt
    return Task(
        scores=1.0 / (1.0 + np.exp(-(_POINTS + np.log(PREVALENCE / (1 - PREVALENCE))))),
        positives=positives / positives.sum(),
        negatives=negatives / negatives.sum(),
        catch=1.0 - np.minimum(0.9, missed * (0.5 + 0.5 * doubt / wrong)),
        clear=1.0 - np.minimum(0.9, 0.005 * (0.5 + 5.0 * doubt)),
    )


def _normal(at: Floats, mean: float, deviation: float) -> Floats:
    return np.exp(-((at - mean) ** 2) / (2 * deviation**2)) / deviation


def draw(
    points: Floats, scores: Floats, right: Floats, number: int, rng: np.random.Generator
) -> tuple[Floats, Flags]:
    """Draw items of one kind, each with the judgement of one person.

    Args:
        points: ``float64[p]``, probability of each point.
        scores: ``float64[p]``.
        right: ``float64[p]``, probability of a right judgement.
        number: How many.
        rng: Chance.

    Returns:
        ``float64[number]`` scores and ``bool[number]`` whether the person was right.
    """
    both = np.concatenate([points * right, points * (1 - right)])
    counts = rng.multinomial(number, both / both.sum())
    judged = np.repeat(np.array([True, False]), [counts[: len(points)].sum(), counts[len(points) :].sum()])
    return np.repeat(np.concatenate([scores, scores]), counts), judged

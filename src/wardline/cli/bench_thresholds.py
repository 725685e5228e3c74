"""Thresholds on populations that are known: how often caps are broken, and how much work is left to people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from wardline import assurance
from wardline.capacity import populations
from wardline.capacity.populations import GRID, Flags, Floats, Task
from wardline.cli.bench_progress import Step
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.kernels import binomial

CAP_CLEAR, CAP_ACT, ERROR = 0.005, 0.0005, 0.05
"""The caps and the error level of both arms together."""
_NAIVE = 0.1, 0.9
SURE = 0.01
Sample = tuple[Floats, Flags]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many items are drawn, and what is wanted of them."""

    positives: int
    negatives: int
    most_load: float
    """The load over the best possible one that is wanted."""

    @property
    def words(self) -> str:
        """For the name of a row."""
        return f"{self.positives:,} and {self.negatives:,} items"


SIZES = (Size(positives=10_000, negatives=100_000, most_load=1.25), Size(positives=3_000, negatives=50_000, most_load=1.6))  # fmt: skip


@dataclass(slots=True)
class Count:
    """What became of the trials of one way to choose thresholds."""

    trials: int = 0
    broken: int = 0
    loads: float = 0.0
    """Sum of the load over the best possible one."""

    def add(self, tasks: Sequence[Task], low: float, high: float, load: float) -> None:
        """Count a trial; one cap that is broken for one of the populations is enough."""
        broken = any(
            task.harm_of_clearing(low) > CAP_CLEAR or task.harm_of_acting(high) > CAP_ACT for task in tasks
        )
        self.trials, self.broken = self.trials + 1, self.broken + broken
        self.loads += load

    @property
    def percent(self) -> float:
        return 100 * self.broken / self.trials

    @property
    def sure_percent(self) -> float:
        """The lower 99 % limit."""
        return 100 * float(binomial.lower_limit(self.broken, self.trials, error=SURE))


def measure(
    name: str, tasks: Sequence[Task], size: Size, trials: int, rng: np.random.Generator, step: Step
) -> Iterator[Row]:
    """Draw so many samples from each population, and choose thresholds in three ways."""
    ours, plugged, naive = Count(), Count(), Count()
    for task in tasks:
        cells, best = task.on_grid(), task.best(CAP_CLEAR, CAP_ACT)
        for _ in range(trials):
            bad = populations.draw(cells.positives, cells.scores, cells.catch, size.positives, rng)
            good = populations.draw(cells.negatives, cells.scores, cells.clear, size.negatives, rng)
            for count, (low, high) in ((ours, certified(bad, good)), (plugged, _plugged_in(bad, good))):
                count.add([cells], low, high, cells.load(low, high) / best)
            step()
        naive.add([task], *_NAIVE, task.load(*_NAIVE) / best)
    where = f"{name}, {size.words}"
    case, unit = f"caps broken: {where}", "% of trials"
    yield row(case, ours.percent, unit, peer="the sample's own shares", theirs=plugged.percent)
    yield row(case, ours.percent, unit, peer="thresholds 0.1 and 0.9", theirs=naive.percent)
    yield row(f"caps broken, lower 99 % limit: {where}", ours.sure_percent, unit, peer=TARGET, theirs=100 * ERROR)  # fmt: skip
    yield row(f"work over the best split: {where}", ours.loads / ours.trials, "times", peer=TARGET, theirs=size.most_load)  # fmt: skip
    yield from computed(where, tasks, size)


def certified(bad: Sample, good: Sample, grid: Floats = GRID) -> tuple[float, float]:
    """Choose thresholds as Wardline does; an arm that is not certified decides nothing."""
    clear = assurance.certify_clear(*bad, grid, CAP_CLEAR, ERROR / 2)
    act = assurance.certify_act(*good, grid, CAP_ACT, ERROR / 2)
    return clear.threshold if clear else 0.0, act.threshold if act else 1.0


def _plugged_in(bad: Sample, good: Sample) -> tuple[float, float]:
    """Choose thresholds whose shares in the sample keep the caps, as if the sample were everything."""
    caught, right = np.sort(bad[0][bad[1]]), np.sort(good[0][good[1]])
    cleared = np.searchsorted(caught, GRID, side="left") / len(bad[0])
    acted = (len(right) - np.searchsorted(right, GRID, side="left")) / len(good[0])
    low, high = GRID[cleared <= CAP_CLEAR], GRID[acted <= CAP_ACT]
    return (float(low[-1]) if len(low) else 0.0), (float(high[0]) if len(high) else 1.0)


# --- without chance -------------------------------------------------------------------------------------------------------------------
def computed(where: str, tasks: Sequence[Task], size: Size) -> Iterator[Row]:
    """Compute the same without drawing: an arm goes to a threshold or beyond exactly if its count there is small enough.

    The binomial test is uniformly most powerful, so that no rule which keeps the error level in every population reaches a threshold that
    keeps its cap more often than its randomised form does. What that form would leave to people is the least that is possible.
    """
    broken, ours, least = [], [], []
    for task in tasks:
        best = task.best(CAP_CLEAR, CAP_ACT)
        arms = [_arm(task, size.positives, clears=True), _arm(task, size.negatives, clears=False)]
        broken.append(1 - math.prod(1 - each.broken for each in arms))
        ours.append((1 - sum(each.done for each in arms)) / best)
        least.append((1 - sum(each.most_done for each in arms)) / best)
    yield row(f"caps broken, computed, the worst of the tasks: {where}", 100 * max(broken), "% of trials",
              peer=TARGET, theirs=100 * ERROR)  # fmt: skip
    yield row(f"work over the best split, computed: {where}", float(np.mean(ours)), "times",
              peer="the least that any valid rule leaves", theirs=float(np.mean(least)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Arm:
    broken: float
    """Probability that the cap is broken."""
    done: float
    """Share of all items that the machine decides, in expectation."""
    most_done: float
    """The same for the randomised test."""


def _arm(task: Task, trials: int, *, clears: bool) -> _Arm:
    walk = GRID if clears else GRID[::-1]
    cap = CAP_CLEAR if clears else CAP_ACT
    harm = np.array([task.harm_of_clearing(each) if clears else task.harm_of_acting(each) for each in walk])
    decided = np.array([task.load(0.0, each) if clears else task.load(each, 2.0) for each in walk])
    more = np.diff(decided, prepend=0.0)
    reached, most = chance_to_pass(harm, trials, cap)
    too_far = reached[harm > cap]
    return _Arm(float(too_far[0]) if len(too_far) else 0.0, float(reached @ more), float(most @ more))


def chance_to_pass(shares: Floats, trials: int, cap: float) -> tuple[Floats, Floats]:
    """Compute how probable it is that a share is found to be within a cap: by the exact limit, and by the best test there is.

    Args:
        shares: ``float64[m]``, true shares.
        trials: Size of the sample.
        cap: Above 0 and below 1.
    """
    most = binomial.most_hits(trials, cap, error=ERROR / 2)
    hits = -1 if most is None else most
    passed = _at_most(hits, trials, shares)
    level, one_more = _at_most(hits, trials, np.array([cap]))[0], _at_most(hits + 1, trials, np.array([cap]))[0]  # fmt: skip
    lot = (ERROR / 2 - level) / (one_more - level)
    return passed, passed + lot * (_at_most(hits + 1, trials, shares) - passed)


def _at_most(hits: int, trials: int, shares: Floats) -> Floats:
    return np.zeros(len(shares)) if hits < 0 else np.asarray(special.bdtr(hits, trials, shares), np.float64)


def worst_nulls(most_trials: int, caps: Sequence[float], step: Step) -> Iterator[Row]:
    """Sum the error exactly for the hardest population there is, for every size of a sample.

    In the hardest one the first threshold that breaks the cap breaks it by nothing: its count is binomial with the cap itself.
    """
    trials = np.arange(1, most_trials + 1)
    for cap in caps:
        hits = _most_certified(trials, cap)
        broken = np.where(hits >= 0, special.bdtr(np.maximum(hits, 0), trials, cap), 0.0)
        step()
        yield row(f"worst population, cap {100 * cap:g} %, every sample to {most_trials:,} items, an arm", 100 * float(broken.max()), "%",
                  peer=TARGET, theirs=100 * ERROR / 2)  # fmt: skip


def _most_certified(trials: npt.NDArray[np.int64], cap: float) -> npt.NDArray[np.int64]:
    """Find the largest count that the limit used for certificates lets pass, for each size; -1 where there is none."""
    from scipy import stats

    hits = (
        stats.binom.ppf(ERROR / 2, trials, cap).astype(np.int64) - 1
    )  # where to begin: what counts is the limit itself
    while True:
        more = (hits + 1 < trials) & _passes(hits + 1, trials, cap)
        fewer = (hits >= 0) & ~_passes(hits, trials, cap)
        if not (more | fewer).any():
            return np.asarray(hits, np.int64)
        hits = hits + more - fewer


def _passes(hits: npt.NDArray[np.int64], trials: npt.NDArray[np.int64], cap: float) -> npt.NDArray[np.bool_]:
    return np.asarray(binomial.upper_limit(np.clip(hits, 0, trials), trials, error=ERROR / 2) <= cap)

"""What the guarantee of assurance is worth: how often caps are broken, how much work it leaves to people, how fast an error is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from wardline.capacity import populations
from wardline.capacity.populations import Task
from wardline.cli import bench_digits, bench_oracle, bench_thresholds, bench_types, bench_watch
from wardline.cli.bench_progress import Step, part
from wardline.cli.bench_rows import Row, peer
from wardline.cli.bench_thresholds import SIZES, Size

_WORST_CAPS = (0.02, 0.005, 0.002, 0.0005)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is drawn."""

    trials: int = 1_000
    """For each of ten simulated tasks, each detector and each size; a fifth by kind of content, and on digits."""
    worst_to: int = 100_000
    """Every size of a sample up to this one is summed."""

    @property
    def fifth(self) -> int:
        """Trials where the computed rows say the same without chance, or where each takes longer."""
        return max(self.trials // 5, 1)

    @property
    def watched(self) -> int:
        """Lives that are watched."""
        return min(4 * self.trials, 1_000)

    @property
    def sentinels(self) -> int:
        """Sets of sentinels."""
        return min(3 * self.trials // 5, 200)

    @property
    def oracle_draws(self) -> int:
        """Of each task, for the comparison with MAPIE."""
        return min(max(self.trials // 50, 1), 5)


_NEARER = (
    Size(positives=15_000, negatives=150_000, most_load=1.1),
    Size(positives=20_000, negatives=200_000, most_load=1.1),
)
"""With so many items the weak detector, and the pooled one, come within 1.1 times of the best possible split."""
QUICK = Effort(trials=20, worst_to=10_000)


Measured = Callable[[np.random.Generator, Step], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the benchmark. Each has chance of its own, so that it gives the same figures alone."""

    name: str
    steps: int
    measure: Measured


def rows(effort: Effort, *, seed: int = 1) -> list[Row]:
    """Measure, with progress on stderr.

    Args:
        effort: How much is drawn.
        seed: Of all chance in it.

    Raises:
        ConfigurationError: MAPIE or scikit-learn is not installed.
    """
    for each in ("mapie.risk_control", "sklearn.datasets"):
        peer(each)
    return [row for number in range(len(parts(effort))) for row in rows_of(effort, number, seed=seed)]


def rows_of(effort: Effort, number: int, *, seed: int = 1) -> list[Row]:
    """Measure one part alone."""
    one = parts(effort)[number]
    with part(one.name, one.steps) as step:
        return list(one.measure(np.random.default_rng([seed, number]), step))


def parts(effort: Effort) -> list[Part]:
    """Give the parts, in the order of their rows."""
    worst = Part(
        "the hardest population",
        len(_WORST_CAPS),
        lambda _, step: bench_thresholds.worst_nulls(effort.worst_to, _WORST_CAPS, step),
    )
    detectors = (("weak detector", False), ("three pooled", True))
    tasks, digits = populations.tasks, bench_digits.tasks
    return [
        worst,
        *(_thresholds(name, partial(tasks, pooled=pooled), size, effort.trials) for name, pooled in detectors for size in SIZES),
        *(_kinds(name, effort.fifth, pooled=pooled) for name, pooled in detectors),
        *(_thresholds(f"digits, {name}", partial(digits, pooled=pooled), size, effort.fifth) for name, pooled in detectors for size in SIZES),
        Part("MAPIE", 10 * effort.oracle_draws, lambda rng, step: bench_oracle.measure(tasks(pooled=False), effort.oracle_draws, rng, step)),
        Part("watching", 3 * effort.watched, lambda rng, step: bench_watch.watching(effort.watched, rng, step)),
        Part("channels", 3 * effort.sentinels, lambda rng, step: bench_watch.channels(effort.sentinels, rng, step)),
        # Last, so that the chance of the others is what it was.
        *(_computed(name, partial(tasks, pooled=pooled), size) for (name, pooled), size in zip(detectors, _NEARER, strict=True)),
    ]  # fmt: skip


def _thresholds(name: str, make: Callable[[], Sequence[Task]], size: Size, trials: int) -> Part:
    return Part(
        f"{name}, {size.words}", 10 * trials, lambda rng, step: bench_thresholds.measure(name, make(), size, trials, rng, step)
    )  # fmt: skip


def _computed(name: str, make: Callable[[], Sequence[Task]], size: Size) -> Part:
    def measure(_: np.random.Generator, step: Step) -> Iterator[Row]:
        yield from bench_thresholds.computed(f"{name}, {size.words}", make(), size)
        step()

    return Part(f"{name}, {size.words}, computed", 1, measure)


def _kinds(name: str, trials: int, *, pooled: bool) -> Part:
    return Part(
        f"{name}, kinds of content",
        10 * trials,
        lambda rng, step: bench_types.measure(name, trials, rng, step, pooled=pooled),
    )

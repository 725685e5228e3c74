"""What the guarantee of assurance is worth: how often caps are broken, how much work it leaves to people, how fast an error is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wardline.capacity import populations
from wardline.cli import bench_digits, bench_oracle, bench_thresholds, bench_types, bench_watch, output
from wardline.cli.bench_progress import part
from wardline.cli.bench_rows import Row, peer
from wardline.cli.bench_thresholds import SIZES

_WORST_CAPS = (0.02, 0.005, 0.002, 0.0005)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is drawn."""

    trials: int = 1_000
    """For each of ten simulated tasks, each detector and each size."""
    digits_trials: int = 100
    """The same on digits; there the computed rows say the same without chance."""
    watched: int = 2_000
    """Lives that are watched."""
    sentinels: int = 1_000
    """Sets of sentinels."""
    oracle_draws: int = 5
    """Of each task, for the comparison with MAPIE."""
    worst_to: int = 100_000
    """Every size of a sample up to this one is summed."""


QUICK = Effort(trials=20, digits_trials=5, watched=100, sentinels=50, oracle_draws=1, worst_to=10_000)


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
    rng = np.random.default_rng(seed)
    with part("the hardest population", len(_WORST_CAPS)) as step:
        found = [*bench_thresholds.worst_nulls(effort.worst_to, _WORST_CAPS, step)]
    found += _simulated(effort, rng)
    found += _digits(effort, rng)
    with part("MAPIE", 10 * effort.oracle_draws) as step:
        found += bench_oracle.measure(populations.tasks(pooled=False), effort.oracle_draws, rng, step)
    with part("watching", 3 * effort.watched) as step:
        found += bench_watch.watching(effort.watched, rng, step)
    with part("channels", 3 * effort.sentinels) as step:
        found += bench_watch.channels(effort.sentinels, rng, step)
    return found


def _simulated(effort: Effort, rng: np.random.Generator) -> Iterator[Row]:
    for name, pooled in (("weak detector", False), ("three pooled", True)):
        for size in SIZES:
            with part(f"{name}, {size.words}", 10 * effort.trials) as step:
                yield from bench_thresholds.measure(
                    name, populations.tasks(pooled=pooled), size, effort.trials, rng, step
                )
        with part(f"{name}, kinds of content", 10 * effort.trials) as step:
            yield from bench_types.measure(name, effort.trials, rng, step, pooled=pooled)


def _digits(effort: Effort, rng: np.random.Generator) -> Iterator[Row]:
    for name, pooled in (("digits, one detector", False), ("digits, three pooled", True)):
        output.note(f"{name}: training")
        tasks = bench_digits.tasks(pooled=pooled)
        for size in SIZES:
            with part(f"{name}, {size.words}", 10 * effort.digits_trials) as step:
                yield from bench_thresholds.measure(name, tasks, size, effort.digits_trials, rng, step)

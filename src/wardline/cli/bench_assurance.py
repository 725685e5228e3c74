"""What the guarantee of assurance is worth: how often caps are broken, how much work it leaves to people, how fast an error is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wardline import assurance
from wardline.cli import bench_tasks, output
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_tasks import GRID, Task
from wardline.kernels import binomial

CAP_CLEAR, CAP_ACT, ERROR = 0.005, 0.0005, 0.05
"""The caps and the error level of both arms together."""
_SIZES = ((10_000, 100_000, 1.25), (3_000, 50_000, 1.6))
"""Violating and innocent items that are drawn, and the load over the best one that is wanted."""
_NAIVE = 0.1, 0.9
_LIFE, _CHANNELS_RUNS, _WATCH_RUNS = 2_000, 200, 1_000
_SURE = 0.01


@dataclass(slots=True)
class _Count:
    """What became of the trials of one way to choose thresholds."""

    trials: int = 0
    broken: int = 0
    loads: float = 0.0
    """Sum of the load over the best possible one."""

    def add(self, task: Task, low: float, high: float, best: float) -> None:
        broken = task.harm_of_clearing(low) > CAP_CLEAR or task.harm_of_acting(high) > CAP_ACT
        self.trials, self.broken = self.trials + 1, self.broken + broken
        self.loads += task.load(low, high) / best


def rows(*, trials: int, seed: int = 1) -> list[Row]:
    """Measure, with notes about the progress on stderr.

    Args:
        trials: For each of ten tasks, each detector and each size of the sample.
        seed: Of all chance in it.
    """
    rng = np.random.default_rng(seed)
    found: list[Row] = []
    for name, pooled in (("weak detector", False), ("three pooled", True)):
        for positives, negatives, most_load in _SIZES:
            output.note(f"{name}, {positives:,} violating and {negatives:,} innocent items")
            found += _thresholds(
                name, bench_tasks.tasks(pooled=pooled), positives, negatives, trials, most_load, rng
            )
    output.note("watching")
    found += _watching(rng)
    output.note("channels")
    return [*found, *_channels(rng)]


def _thresholds(
    name: str, tasks: list[Task], positives: int, negatives: int, trials: int, most_load: float, rng: np.random.Generator
) -> Iterator[Row]:  # fmt: skip
    ours, plugged, naive = _Count(), _Count(), _Count()
    for task in tasks:
        best = task.best(CAP_CLEAR, CAP_ACT)
        for _ in range(trials):
            bad = bench_tasks.draw(task.positives, task.scores, task.catch, positives, rng)
            good = bench_tasks.draw(task.negatives, task.scores, task.clear, negatives, rng)
            clear = assurance.certify_clear(*bad, GRID, CAP_CLEAR, ERROR / 2)
            act = assurance.certify_act(*good, GRID, CAP_ACT, ERROR / 2)
            ours.add(task, clear.threshold if clear else 0.0, act.threshold if act else 1.0, best)
            plugged.add(task, *_plugged_in(bad, good), best)
            naive.add(task, *_NAIVE, best)
    where = f"{name}, {positives:,} and {negatives:,} items"
    sure = float(binomial.lower_limit(ours.broken, ours.trials, error=_SURE))
    yield row(
        f"caps broken: {where}",
        _percent(ours),
        "% of trials",
        peer="the sample's own shares",
        theirs=_percent(plugged),
    )
    yield row(
        f"caps broken: {where}",
        _percent(ours),
        "% of trials",
        peer="thresholds 0.1 and 0.9",
        theirs=_percent(naive),
    )
    yield row(
        f"caps broken, lower 99 % limit: {where}", 100 * sure, "% of trials", peer=TARGET, theirs=100 * ERROR
    )
    yield row(
        f"work over the best split: {where}", ours.loads / ours.trials, "times", peer=TARGET, theirs=most_load
    )


def _percent(count: _Count) -> float:
    return 100 * count.broken / count.trials


def _plugged_in(
    bad: tuple[bench_tasks.Floats, bench_tasks.Flags], good: tuple[bench_tasks.Floats, bench_tasks.Flags]
) -> tuple[float, float]:
    """Choose thresholds whose shares in the sample keep the caps, as if the sample were everything."""
    caught, right = np.sort(bad[0][bad[1]]), np.sort(good[0][good[1]])
    cleared = np.searchsorted(caught, GRID, side="left") / len(bad[0])
    acted = (len(right) - np.searchsorted(right, GRID, side="left")) / len(good[0])
    low, high = GRID[cleared <= CAP_CLEAR], GRID[acted <= CAP_ACT]
    return (float(low[-1]) if len(low) else 0.0), (float(high[0]) if len(high) else 1.0)


def _watching(rng: np.random.Generator) -> Iterator[Row]:
    false = sum(_alarm(rng, CAP_CLEAR, 0, _LIFE) is not None for _ in range(_WATCH_RUNS))
    yield row(
        "alarms although the cap is just kept, over a life",
        100 * false / _WATCH_RUNS,
        "%",
        peer=TARGET,
        theirs=5.0,
    )
    for times, most in ((10, 2.5), (4, 2.0)):
        limit = assurance.wald_limit(CAP_CLEAR, times * CAP_CLEAR)
        for when, change in (("at the start", 0), ("in the middle", _LIFE // 2)):
            delays = [
                _alarm(rng, times * CAP_CLEAR, change, change + 4_000) or 4_000
                for _ in range(_WATCH_RUNS // 4)
            ]
            case = f"items until {times} times the cap is found, {when}, median over Wald's limit"
            yield row(case, float(np.median(delays)) / limit, "times", peer=TARGET, theirs=most)


def _alarm(rng: np.random.Generator, rate: float, change: int, most: int) -> int | None:
    """Watch until an alarm; gives how many items after the change it came. False alarms before it start anew."""
    before = rng.random(change) < CAP_CLEAR * 0.8
    watch = assurance.observe(assurance.Watch(cap=CAP_CLEAR, life=_LIFE), before.tolist())
    if watch.is_alarmed:
        return _alarm(rng, rate, change, most)
    for number, harmed in enumerate((rng.random(most - change) < rate).tolist(), 1):
        watch = assurance.observe(watch, [harmed])
        if watch.is_alarmed:
            return number
    return None


def _channels(rng: np.random.Generator) -> Iterator[Row]:
    for case, often, wanted in (
        ("half as often", 0.5, 90.0),
        ("a fifth as often", 0.2, 90.0),
        ("as often as the others", 1.0, 5.0),
    ):
        refused = 0
        for task in bench_tasks.tasks(pooled=False):
            for _ in range(_CHANNELS_RUNS // 10):
                said = assurance.compare_channels(
                    *_sentinels(task, often, rng), {0: "0", 1: "1", 2: "2"}, rng=rng
                )
                refused += said is not None and said.is_refused
        yield row(f"sentinels refused: one of three channels finds low scores {case}", 100 * refused / _CHANNELS_RUNS, "%",
                  peer=TARGET, theirs=wanted)  # fmt: skip


def _sentinels(task: Task, often: float, rng: np.random.Generator) -> tuple[bench_tasks.Floats, np.ndarray]:
    """Draw 3,000 positives over three channels; one finds what scores under a half only so often."""
    low = task.scores < 0.5
    biased = np.where(low, often * task.positives, task.positives)
    drawn = [
        bench_tasks.draw(points / points.sum(), task.scores, task.catch, 1_000, rng)[0]
        for points in (biased, task.positives, task.positives)
    ]
    return np.concatenate(drawn), np.repeat(np.arange(3), 1_000)

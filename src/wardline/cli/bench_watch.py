"""Watching and sentinels: how often an alarm is false, how soon an error is found, and whether biased sentinels are refused."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from wardline import assurance
from wardline.capacity import populations
from wardline.capacity.populations import Floats, Task
from wardline.cli.bench_progress import Step
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_thresholds import CAP_CLEAR, certified

LIFE = 2_000
_MOST, _BLOCK = 4_000, 100
_LATE = 0.8
"""Of the cap: the share before an error that begins in the middle."""


def watching(runs: int, rng: np.random.Generator, step: Step) -> Iterator[Row]:
    """Watch certificates for a life: with the cap just kept, with shares as certificates have them, and with errors."""
    kept = [_delay(rng, CAP_CLEAR, LIFE, step) is not None for _ in range(runs)]
    yield row("alarms although the cap is just kept, over a life", 100 * float(np.mean(kept)), "%", peer=TARGET, theirs=5.0)  # fmt: skip
    as_certified = [_delay(rng, _certified_share(rng), LIFE, step) is not None for _ in range(runs)]
    yield row("alarms with what certified thresholds do, over a life", 100 * float(np.mean(as_certified)), "%", peer=TARGET, theirs=5.0)  # fmt: skip
    for times, most in ((10, 2.5), (4, 2.0)):
        limit = assurance.wald_limit(CAP_CLEAR, times * CAP_CLEAR)
        for when, before in (("at the start", 0), ("in the middle", LIFE // 2)):
            delays = [_delay_after(before, rng, times * CAP_CLEAR, step) for _ in range(runs // 4)]
            case = f"items until {times} times the cap is found, {when}, median over Wald's limit"
            yield row(case, float(np.median(delays)) / limit, "times", peer=TARGET, theirs=most)


def _certified_share(rng: np.random.Generator) -> float:
    """Draw a certificate on one of the tasks, and give what its clearing arm truly does."""
    task = populations.tasks(pooled=False)[int(rng.integers(10))].on_grid()
    bad = populations.draw(task.positives, task.scores, task.catch, 10_000, rng)
    good = populations.draw(task.negatives, task.scores, task.clear, 10_000, rng)
    return task.harm_of_clearing(certified(bad, good)[0])


def _delay(rng: np.random.Generator, rate: float, most: int, step: Step, *, watch: assurance.Watch | None = None) -> int | None:  # fmt: skip
    """Watch until an alarm; None if there is none."""
    step()
    watch = watch or assurance.Watch(cap=CAP_CLEAR, life=LIFE)
    outcomes = (rng.random(most) < rate).tolist()
    for begin in range(0, most, _BLOCK):
        later = assurance.observe(watch, outcomes[begin : begin + _BLOCK])
        if later.is_alarmed:
            return begin + _until_alarm(watch, outcomes[begin : begin + _BLOCK])
        watch = later
    return None


def _until_alarm(watch: assurance.Watch, outcomes: list[bool]) -> int:
    for number, harmed in enumerate(outcomes, 1):
        watch = assurance.observe(watch, [harmed])
        if watch.is_alarmed:
            return number
    return len(outcomes)


def _delay_after(before: int, rng: np.random.Generator, rate: float, step: Step) -> int:
    """Give how long an error is not found that begins after so many items; a false alarm before it begins anew."""
    while True:
        earlier = (rng.random(before) < _LATE * CAP_CLEAR).tolist()
        watch = assurance.observe(assurance.Watch(cap=CAP_CLEAR, life=LIFE), earlier)
        if not watch.is_alarmed:
            return _delay(rng, rate, _MOST, step, watch=watch) or _MOST


def channels(runs: int, rng: np.random.Generator, step: Step) -> Iterator[Row]:
    """Compare 3,000 positives over three channels, one of which may seldom find what scores low."""
    for case, often, wanted in (
        ("half as often", 0.5, 90.0),
        ("a fifth as often", 0.2, 90.0),
        ("as often as the others", 1.0, 5.0),
    ):
        refused = 0
        for task in populations.tasks(pooled=False):
            for _ in range(max(runs // 10, 1)):
                names = {0: "0", 1: "1", 2: "2"}
                said = assurance.compare_channels(*_sentinels(task, often, rng), names, rng=rng)
                refused += said is not None and said.is_refused
                step()
        yield row(f"sentinels refused: one of three channels finds low scores {case}", 100 * refused / (10 * max(runs // 10, 1)), "%",
                  peer=TARGET, theirs=wanted)  # fmt: skip


def _sentinels(task: Task, often: float, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Draw 3,000 positives over three channels; one finds what scores under a half only so often."""
    biased = np.where(task.scores < 0.5, often * task.positives, task.positives)
    drawn = [
        populations.draw(points / points.sum(), task.scores, task.catch, 1_000, rng)[0]
        for points in (biased, task.positives, task.positives)
    ]
    return np.concatenate(drawn), np.repeat(np.arange(3), 1_000)

"""Caps for each kind of content: what a certificate over all of them hides, and what one on which each has to agree costs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wardline import assurance
from wardline.capacity import populations
from wardline.capacity.populations import GRID
from wardline.cli.bench_progress import Step
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_thresholds import CAP_ACT, CAP_CLEAR, ERROR, Count, Sample, Size, certified

SIZE = Size(positives=10_000, negatives=100_000, most_load=1.25)
"""Over all kinds together."""


def measure(name: str, trials: int, rng: np.random.Generator, step: Step, *, pooled: bool) -> Iterator[Row]:
    """Certify ten times four kinds of content that one detector scores, over all and by kind."""
    over_all, by_kind = Count(), Count()
    for kinds in populations.content_types(pooled=pooled):
        cells = [each.on_grid() for each in kinds]
        whole = populations.mixed(kinds).on_grid()
        splits = [each.split(CAP_CLEAR, CAP_ACT) for each in cells]
        best = whole.load(min(low for low, _ in splits), max(high for _, high in splits))
        for _ in range(trials):
            bad = [
                populations.draw(each.positives, each.scores, each.catch, SIZE.positives // len(kinds), rng)
                for each in cells
            ]
            good = [
                populations.draw(each.negatives, each.scores, each.clear, SIZE.negatives // len(kinds), rng)
                for each in cells
            ]
            for count, (low, high) in (
                (over_all, certified(_joined(bad), _joined(good))),
                (by_kind, _each_agrees(bad, good)),
            ):
                count.add(cells, low, high, whole.load(low, high) / best)
            step()
    where = f"{name}, four kinds, {SIZE.words}"
    unit = "% of trials"
    yield row(f"caps broken for a kind of content: {where}", by_kind.percent, unit, peer="one certificate over all kinds",
              theirs=over_all.percent)  # fmt: skip
    yield row(f"caps broken for a kind of content, lower 99 % limit: {where}", by_kind.sure_percent, unit, peer=TARGET,
              theirs=100 * ERROR)  # fmt: skip
    yield row(f"work over the best split that keeps the caps for each kind: {where}", by_kind.loads / by_kind.trials, "times",
              peer="one certificate over all kinds", theirs=over_all.loads / over_all.trials)  # fmt: skip


def _joined(samples: list[Sample]) -> Sample:
    return np.concatenate([each for each, _ in samples]), np.concatenate([each for _, each in samples])


def _each_agrees(bad: list[Sample], good: list[Sample]) -> tuple[float, float]:
    kinds_of = [np.repeat(np.arange(len(each)), [len(scores) for scores, _ in each]) for each in (bad, good)]
    clear = assurance.certify_clear_by_channel(*_joined(bad), kinds_of[0], GRID, CAP_CLEAR, ERROR / 2)
    act = assurance.certify_act_by_kind(*_joined(good), kinds_of[1], GRID, CAP_ACT, ERROR / 2)
    return clear.threshold if clear else 0.0, act.threshold if act else 1.0

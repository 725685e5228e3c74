"""The benchmark of assurance: its populations are what they claim to be, and its rows come out."""

from __future__ import annotations

import numpy as np
import pytest

from wardline.cli import bench_assurance, bench_tasks


@pytest.mark.parametrize("pooled", [False, True])
def test_the_tasks_are_probabilities_and_their_best_split_keeps_the_caps(pooled: bool) -> None:
    for task in bench_tasks.tasks(pooled=pooled):
        assert task.positives.sum() == pytest.approx(1.0)
        assert task.negatives.sum() == pytest.approx(1.0)
        assert (np.diff(task.scores) > 0).all()
        assert ((task.catch > 0) & (task.catch < 1)).all()
        assert 0 < task.best(0.005, 0.0005) < 0.5
        assert task.load(0.0, 1.0) == pytest.approx(1.0, abs=1e-4)


def test_pooling_leaves_less_work() -> None:
    alone, pooled = (bench_tasks.tasks(pooled=each)[0].best(0.005, 0.0005) for each in (False, True))
    assert pooled < alone / 2


def test_a_draw_has_the_shares_of_the_population() -> None:
    task = bench_tasks.tasks(pooled=False)[0]
    rng = np.random.default_rng(3)
    scores, right = bench_tasks.draw(task.positives, task.scores, task.catch, 200_000, rng)
    assert len(scores) == len(right) == 200_000
    assert right.mean() == pytest.approx((task.positives * task.catch).sum(), abs=0.003)
    assert (right & (scores < 0.1)).mean() == pytest.approx(task.harm_of_clearing(0.1), abs=0.005)


def test_a_sample_taken_for_everything_breaks_caps_that_the_guarantee_keeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_assurance, "_SIZES", ((3_000, 50_000, 1.6),))
    monkeypatch.setattr(bench_assurance, "_watching", lambda _: iter(()))
    monkeypatch.setattr(bench_assurance, "_channels", lambda _: iter(()))
    found = bench_assurance.rows(trials=5)
    broken = [each for each in found if each.peer == "the sample's own shares"]
    assert len(broken) == 2
    assert all(each.ours < 15 < each.theirs for each in broken)
    assert all(each.theirs == 100 for each in found if each.peer == "thresholds 0.1 and 0.9")
    assert all(each.ratio <= 1 for each in found if each.case.startswith("work over"))

"""The benchmark of assurance: its populations are what they claim to be, and its rows come out."""

from __future__ import annotations

import numpy as np
import pytest

from wardline.capacity import populations
from wardline.capacity.populations import GRID
from wardline.cli import (
    bench_assurance,
    bench_digits,
    bench_oracle,
    bench_thresholds,
    bench_types,
    bench_watch,
)
from wardline.cli.bench_thresholds import SIZES
from wardline.kernels import binomial

pytestmark = pytest.mark.long


@pytest.mark.parametrize("pooled", [False, True])
def test_the_tasks_are_probabilities_and_their_best_split_keeps_the_caps(pooled: bool) -> None:
    for task in populations.tasks(pooled=pooled):
        assert task.positives.sum() == pytest.approx(1.0)
        assert task.negatives.sum() == pytest.approx(1.0)
        assert (np.diff(task.scores) > 0).all()
        assert ((task.catch > 0) & (task.catch < 1)).all()
        assert 0 < task.best(0.005, 0.0005) < 0.5
        assert task.load(0.0, 1.0) == pytest.approx(1.0, abs=1e-4)


def test_pooling_leaves_less_work() -> None:
    alone, pooled = (populations.tasks(pooled=each)[0].best(0.005, 0.0005) for each in (False, True))
    assert pooled < alone / 2


def test_a_draw_has_the_shares_of_the_population() -> None:
    task = populations.tasks(pooled=False)[0]
    rng = np.random.default_rng(3)
    scores, right = populations.draw(task.positives, task.scores, task.catch, 200_000, rng)
    assert len(scores) == len(right) == 200_000
    assert right.mean() == pytest.approx((task.positives * task.catch).sum(), abs=0.003)
    assert (right & (scores < 0.1)).mean() == pytest.approx(task.harm_of_clearing(0.1), abs=0.005)


def nothing() -> None:
    """No progress is shown."""


@pytest.mark.parametrize("pooled", [False, True])
def test_a_population_on_the_grid_is_the_same_for_every_threshold(pooled: bool) -> None:
    task = populations.tasks(pooled=pooled)[3]
    cells = task.on_grid()
    for threshold in GRID[::7]:
        assert cells.harm_of_clearing(threshold) == pytest.approx(task.harm_of_clearing(threshold), abs=1e-12)
        assert cells.harm_of_acting(threshold) == pytest.approx(task.harm_of_acting(threshold), abs=1e-12)
    assert cells.load(GRID[100], GRID[140]) == pytest.approx(task.load(GRID[100], GRID[140]), abs=1e-12)


def test_a_sample_taken_for_everything_breaks_caps_that_the_guarantee_keeps() -> None:
    rng, tasks = np.random.default_rng(1), populations.tasks(pooled=False)
    found = list(bench_thresholds.measure("weak", tasks, SIZES[1], 5, rng, nothing))
    broken = next(each for each in found if each.peer == "the sample's own shares")
    assert broken.ours < 15 < broken.theirs
    assert all(each.theirs == 100 for each in found if each.peer == "thresholds 0.1 and 0.9")
    assert all(
        each.ratio <= 1 for each in found if each.case.startswith("work over") and each.peer == "target"
    )


def test_what_is_computed_is_what_is_drawn_and_no_rule_leaves_less() -> None:
    rng, tasks = np.random.default_rng(2), populations.tasks(pooled=True)[:3]
    found = list(bench_thresholds.measure("pooled", tasks, SIZES[1], 60, rng, nothing))
    drawn = next(each for each in found if each.case.startswith("work over") and each.peer == "target")
    computed = next(each for each in found if each.case.startswith("work over") and each.peer != "target")
    assert drawn.ours == pytest.approx(computed.ours, abs=0.06)
    assert 1 < computed.theirs <= computed.ours < 1.03 * computed.theirs


def test_the_chance_to_pass_is_that_of_the_certificates_themselves() -> None:
    trials, cap = 800, 0.005
    passed, best = bench_thresholds.chance_to_pass(np.array([0.0, 0.002, cap]), trials, cap)
    most = binomial.most_hits(trials, cap, error=0.025)
    assert most == 0
    assert passed[:2] == pytest.approx([1.0, 0.998**trials])
    assert passed[2] < best[2] == pytest.approx(0.025)
    assert (best >= passed).all()


def test_the_hardest_population_breaks_no_cap_oftener_than_said_whatever_the_size_of_the_sample() -> None:
    for each in bench_thresholds.worst_nulls(4_000, (0.02, 0.005), nothing):
        assert 2.0 < each.ours <= each.theirs == 2.5


def test_one_certificate_over_all_kinds_breaks_the_cap_of_one_of_them() -> None:
    rng = np.random.default_rng(3)
    found = list(bench_types.measure("weak", 1, rng, nothing, pooled=False))
    by_kind = next(each for each in found if each.peer == "one certificate over all kinds")
    assert by_kind.ours < by_kind.theirs
    assert by_kind.ours <= 10


def test_errors_are_found_and_biased_sentinels_refused() -> None:
    rng = np.random.default_rng(4)
    found = [*bench_watch.watching(24, rng, nothing), *bench_watch.channels(10, rng, nothing)]
    assert len(found) == 9
    assert all(each.ratio <= 1.3 for each in found if each.case.startswith("items until"))
    half, fifth, unbiased = (each.ours for each in found[-3:])
    assert half >= 90
    assert fifth >= 90
    assert unbiased <= 20


def test_thresholds_are_those_of_mapie_and_less_is_left_than_by_both_arms_at_once() -> None:
    rng, tasks = np.random.default_rng(5), [each.on_grid() for each in populations.tasks(pooled=False)[:1]]
    equal, _, laxer, holm, split = bench_oracle.measure(tasks, 1, rng, nothing)
    assert equal.ours == 100
    assert laxer.ours == 0
    assert holm.ours <= holm.theirs
    assert split.ours <= split.theirs


def test_digits_are_a_population_of_which_detectors_learned_nothing() -> None:
    tasks = bench_digits.tasks(pooled=False)
    assert len(tasks) == 10
    for each in tasks:
        assert each.positives.sum() == pytest.approx(1.0)
        assert each.negatives.sum() == pytest.approx(1.0)
        assert (each.positives * each.negatives == 0).all()
        assert 0 < each.best(0.005, 0.0005) < 1
        assert 0.9 < each.positives @ each.catch < 0.99


def test_a_part_gives_the_same_figures_alone() -> None:
    effort = bench_assurance.Effort(trials=1, worst_to=500)
    assert bench_assurance.rows_of(effort, 2) == bench_assurance.rows_of(effort, 2)
    names = [each.name for each in bench_assurance.parts(effort)]
    assert len(names) == len(set(names)) == 16

"""MAPIE beside Wardline's thresholds, on the same draws and the same grid.

One ``BinaryClassificationController`` for each arm, tested in a fixed sequence, is the same rule written by other people: its thresholds have to be
equal. Both arms at once is what its documentation offers for two thresholds; that is measured for comparison.

MAPIE turns counts into shares and back, and rounds up: where floating point puts ``n * (k / n)`` above ``k`` it counts one item that is not
there. That is on the safe side, but it is no other rule; ``rounded_back`` gives it shares that are smaller by a part in 10^15.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from wardline.capacity import populations
from wardline.capacity.populations import GRID, Floats, Task
from wardline.cli.bench_progress import Step
from wardline.cli.bench_rows import TARGET, Row, peer, row
from wardline.cli.bench_thresholds import CAP_ACT, CAP_CLEAR, ERROR, Sample, certified

_COARSE = GRID[20::9]
"""For both arms at once: their pairs are tested one by one."""
_SAMPLE = 3_000, 30_000
_BACK = 1.0 - 2.0**-50


def clear_threshold(sample: Sample, grid: Floats, cap: float, error: float, *, rounded_back: bool) -> float:
    """Give the largest threshold that MAPIE finds valid for clearing; 0 when there is none."""
    valid = _arm(sample, grid, cap, error, clears=True, rounded_back=rounded_back)
    return float(valid.max()) if len(valid) else 0.0


def act_threshold(sample: Sample, grid: Floats, cap: float, error: float, *, rounded_back: bool) -> float:
    """Give the smallest threshold that MAPIE finds valid for acting; 1 when there is none."""
    valid = _arm(sample, grid, cap, error, clears=False, rounded_back=rounded_back)
    return float(valid.min()) if len(valid) else 1.0


def _arm(sample: Sample, grid: Floats, cap: float, error: float, *, clears: bool, rounded_back: bool) -> Floats:  # fmt: skip
    mapie = peer("mapie.risk_control")
    decided = 0 if clears else 1
    risk = _risk(lambda truth, said: (said == decided) & (truth == 1), lambda truth, _: np.full(len(truth), True),
                 rounded_back=rounded_back)  # fmt: skip
    controller = mapie.BinaryClassificationController(
        predict_function=lambda scores: np.column_stack([1 - scores, scores]), risk=risk, target_level=cap,
        confidence_level=1 - error, best_predict_param_choice="predicted_positive_fraction", list_predict_params=grid,
        fwer_method="fixed_sequence",
    )  # fmt: skip
    return _valid(controller, *sample)


def _risk(occurs: Any, counts: Any, *, rounded_back: bool) -> Any:
    kind = peer("mapie.risk_control").BinaryRisk

    class RoundedBack(kind):  # type: ignore[misc, valid-type]  # MAPIE has no types
        def get_value_and_effective_sample_size(self, truth: Any, said: Any) -> tuple[float, int]:
            value, size = super().get_value_and_effective_sample_size(truth, said)
            return value * _BACK, size

    chosen = RoundedBack if rounded_back else kind
    return chosen(risk_occurrence=occurs, risk_condition=counts, higher_is_better=False)


def _valid(controller: Any, points: Any, truth: Any) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where nothing is valid, which is an answer here
        controller.calibrate(points, truth.astype(int))
    return np.asarray(controller.valid_predict_params, np.float64)


def joint_thresholds(bad: Sample, good: Sample, grid: Floats, method: str) -> list[tuple[float, float]]:
    """Give the pairs that MAPIE finds valid for both arms at once.

    Args:
        bad: Violating items: scores, and whether a person caught each.
        good: Innocent ones, and whether a person cleared each.
        grid: Of both arms.
        method: ``"bonferroni_holm"``, or ``"split_fixed_sequence"``, which learns its order on every second item.
    """
    mapie = peer("mapie.risk_control")
    scores = np.concatenate([bad[0], good[0]])
    truth = np.concatenate([np.where(bad[1], 3, 2), np.where(good[1], 1, 0)])
    missed = _risk(
        lambda truth, said: (said == 0) & (truth == 3), lambda truth, _: truth >= 2, rounded_back=True
    )
    wronged = _risk(
        lambda truth, said: (said == 1) & (truth == 1), lambda truth, _: truth <= 1, rounded_back=True
    )
    pairs = np.array([(low, high) for low in grid for high in grid if low <= high])
    controller = mapie.BinaryClassificationController(
        predict_function=lambda at, low, high: np.where(at < low, 0.0, np.where(at >= high, 1.0, np.nan)),
        risk=[missed, wronged], target_level=[CAP_CLEAR, CAP_ACT], confidence_level=1 - ERROR,
        best_predict_param_choice="abstention_rate", list_predict_params=pairs, fwer_method=method,
    )  # fmt: skip
    if method == "split_fixed_sequence":
        controller.learn_fixed_sequence_order(scores[::2], truth[::2], binary=True)
        scores, truth = scores[1::2], truth[1::2]
    return [(float(low), float(high)) for low, high in _valid(controller, scores, truth).reshape(-1, 2)]


def measure(tasks: list[Task], draws: int, rng: np.random.Generator, step: Step) -> Iterator[Row]:
    """Compare on so many draws of each task."""
    equal, as_it_is, laxer, arms = 0, 0, 0, 0
    loads: dict[str, list[float]] = {"ours": [], "bonferroni_holm": [], "split_fixed_sequence": []}
    for number, task in enumerate(tasks):
        for draw in range(draws):
            bad = populations.draw(task.positives, task.scores, task.catch, _SAMPLE[0], rng)
            good = populations.draw(task.negatives, task.scores, task.clear, _SAMPLE[1], rng)
            low, high = certified(bad, good)
            for back in (True, False):
                said = (clear_threshold(bad, GRID, CAP_CLEAR, ERROR / 2, rounded_back=back),
                        act_threshold(good, GRID, CAP_ACT, ERROR / 2, rounded_back=back))  # fmt: skip
                same = (said[0] == low) + (said[1] == high)
                equal, as_it_is = equal + same * back, as_it_is + same * (not back)
                laxer += (said[0] > low) + (said[1] < high)
            arms += 2
            if draw == 0 and number % 2 == 0:
                _both_arms(task, bad, good, loads)
            step()
    yield row(
        "thresholds equal to MAPIE's, one controller an arm",
        100 * equal / arms,
        "% of arms",
        peer=TARGET,
        theirs=100.0,
    )
    yield row(
        "the same with MAPIE's rounding as it is",
        100 * as_it_is / arms,
        "% of arms",
        peer="MAPIE",
        theirs=100.0,
    )
    yield row(
        "MAPIE's thresholds laxer than ours", 100 * laxer / arms / 2, "% of arms", peer="MAPIE", theirs=0.0
    )
    for method in ("bonferroni_holm", "split_fixed_sequence"):
        yield row("work left to people, the same coarse grid", float(np.mean(loads["ours"])), "share of items",
                  peer=f"MAPIE, both arms at once, {method}", theirs=float(np.mean(loads[method])))  # fmt: skip


def _both_arms(task: Task, bad: Sample, good: Sample, loads: dict[str, list[float]]) -> None:
    loads["ours"].append(task.load(*certified(bad, good, _COARSE)))
    for method in ("bonferroni_holm", "split_fixed_sequence"):
        pairs = joint_thresholds(bad, good, _COARSE, method)
        loads[method].append(min((task.load(low, high) for low, high in pairs), default=1.0))

"""Calibration and handling times: what is measured of decided cases, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from wardline import review
from wardline.records import Outcome
from wardline.review import CalibrationLimits

LIMITS = CalibrationLimits(most_error=0.1, least_decisions=100)


def measure(some: Sequence[tuple[float, Outcome]]) -> review.Calibration | None:
    return review.calibration(some, chance=np.random.default_rng(7))


def opinions(said: NDArray[np.float64], true: NDArray[np.float64], seed: int) -> list[tuple[float, Outcome]]:
    chance = np.random.default_rng(seed)
    found = chance.random(len(said)) < true
    return [
        (float(each), Outcome.VIOLATION if is_violation else Outcome.NOT_VIOLATION)
        for each, is_violation in zip(said, found, strict=True)
    ]


@pytest.mark.parametrize("shape", ["even", "few values"])
def test_probabilities_that_are_right_are_hardly_ever_called_poor(shape: str) -> None:
    poor, errors = 0, []
    for seed in range(60):
        chance = np.random.default_rng(1000 + seed)
        said = chance.random(300) if shape == "even" else chance.choice([0.211, 0.6, 0.98], 300)
        measured = measure(opinions(said, said, seed))
        assert measured is not None
        errors.append(measured.error)
        poor += measured.is_poor(LIMITS)
    assert poor == 0
    assert np.mean(errors) < 0.04


@pytest.mark.parametrize(("said", "true", "error"), [(0.9, 0.1, 0.8), (0.2, 0.5, 0.3), (0.5, 0.5, 0.0)])
def test_the_error_is_how_far_they_are_off_and_its_interval_holds_it(
    said: float, true: float, error: float
) -> None:
    held, errors = 0, []
    for seed in range(40):
        measured = measure(opinions(np.full(400, said), np.full(400, true), seed))
        assert measured is not None
        assert measured.low <= measured.error <= measured.high
        errors.append(measured.error)
        held += measured.low <= error <= measured.high
    assert held >= 34
    assert np.mean(errors) == pytest.approx(error, abs=0.03)


def test_probabilities_that_are_wrong_are_called_poor_once_there_are_enough_decisions() -> None:
    chance = np.random.default_rng(1)
    true = chance.random(400)
    too_low = opinions(true**3, true, 2)
    few, enough = measure(too_low[:99]), measure(too_low)
    assert few is not None
    assert enough is not None
    assert not few.is_poor(LIMITS)
    assert enough.is_poor(LIMITS)
    assert not enough.is_poor(CalibrationLimits(most_error=0.5))


def test_what_nobody_could_tell_measures_nothing() -> None:
    assert measure([]) is None
    assert measure([(0.5, Outcome.CANNOT_TELL)] * 500) is None
    other_rule = measure([(1.0, Outcome.OTHER_RULE)] * 30)
    assert other_rule is not None
    assert (other_rule.error, other_rule.decisions) == (0.0, 30)


def test_the_same_decisions_give_the_same_measure() -> None:
    some = opinions(np.linspace(0, 1, 200), np.linspace(0, 1, 200), 3)
    assert measure(some) == measure(list(some))


def test_handling_times_are_robust_and_come_of_enough_decisions() -> None:
    times = [("a", 2, 120.0)] * 28 + [("a", 1, 1e6), ("a", 1, 0.0)] + [("b", 1, 60.0)] * 29
    found = review.handling(times)
    assert set(found) == {"a"}
    assert found["a"].decisions == 30
    assert found["a"].hours_a_file == pytest.approx(1 / 60)

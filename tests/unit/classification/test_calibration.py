"""Scores as probabilities: a line through points that never falls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import records
from wardline.classification import Calibration
from wardline.errors import InputError

LINE = Calibration(scores=(0.2, 0.4, 0.8), probabilities=(0.0, 0.1, 0.9))


def at(score: float) -> float:
    return LINE.of(records.Score(detector="d", detector_version="1", probability=score)).probability


@pytest.mark.parametrize(
    ("score", "probability"),
    [(0.0, 0.0), (0.2, 0.0), (0.3, 0.05), (0.4, 0.1), (0.6, 0.5), (0.8, 0.9), (1.0, 0.9)],
)
def test_between_points_it_is_a_line_and_outside_as_at_the_nearest(score: float, probability: float) -> None:
    assert at(score) == pytest.approx(probability)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_is_never_a_lower_probability(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert at(low) <= at(high)


@pytest.mark.parametrize(
    ("scores", "probabilities"),
    [
        ((), ()),
        ((0.5,), (0.5,)),
        ((0.1, 0.2), (0.1,)),
        ((0.2, 0.1), (0.1, 0.2)),
        ((0.1, 0.1), (0.1, 0.2)),
        ((0.1, 0.2), (0.2, 0.1)),
        ((0.1, 1.2), (0.1, 0.2)),
        ((0.1, 0.2), (0.1, float("nan"))),
    ],
)
def test_points_that_make_no_rising_line_are_refused(
    scores: tuple[float, ...], probabilities: tuple[float, ...]
) -> None:
    with pytest.raises(InputError, match="calibration"):
        Calibration(scores=scores, probabilities=probabilities)

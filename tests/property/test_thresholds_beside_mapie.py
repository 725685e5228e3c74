"""Thresholds are those that MAPIE finds with one controller an arm, on the same draws and the same grid: the rule, written by other people."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline import assurance
from wardline.cli import bench_oracle


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32), st.integers(50, 1500), st.floats(0.01, 0.2), st.floats(0.01, 0.2), st.floats(0.3, 3.0), st.integers(3, 30)
)  # fmt: skip
def test_both_arms_are_those_of_mapie(
    seed: int, items: int, cap: float, error: float, shape: float, steps: int
) -> None:
    rng = np.random.default_rng(seed)
    grid = np.sort(rng.choice(np.arange(1, 1000) / 1000, steps, replace=False))
    scores, right = np.round(rng.beta(shape, 1.0, items), 3), rng.random(items) < 0.9
    clear = assurance.certify_clear(scores, right, grid, cap, error)
    act = assurance.certify_act(1 - scores, right, grid, cap, error)
    said = bench_oracle.clear_threshold((scores, right), grid, cap, error, rounded_back=True)
    assert (clear.threshold if clear else 0.0) == said
    said = bench_oracle.act_threshold((1 - scores, right), grid, cap, error, rounded_back=True)
    assert (act.threshold if act else 1.0) == said


def test_mapie_as_it_is_counts_one_more_where_floating_point_rounds_up() -> None:
    """Seven of 3,000 become 7.000000000000001 and then eight: on the safe side, and the reason for ``rounded_back``."""
    scores, right, grid = np.full(3000, 0.9), np.ones(3000, bool), np.array([0.1, 0.2])
    scores[:7] = 0.15
    found = assurance.certify_clear(scores, right, grid, 0.005, 0.025)
    assert found is not None
    assert (found.threshold, found.harmed) == (0.2, 7)
    assert bench_oracle.clear_threshold((scores, right), grid, 0.005, 0.025, rounded_back=True) == 0.2
    assert bench_oracle.clear_threshold((scores, right), grid, 0.005, 0.025, rounded_back=False) == 0.1

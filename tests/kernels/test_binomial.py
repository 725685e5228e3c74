"""Exact binomial limits: the numbers of the literature, coverage, and the ends."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from wardline.kernels import binomial


@pytest.mark.parametrize(
    ("cap", "hits", "trials"),
    [
        (0.01, 0, 299),
        (0.01, 1, 473),
        (0.01, 2, 628),
        (0.01, 5, 1050),
        (0.005, 0, 598),
        (0.005, 1, 947),
        (0.001, 0, 2995),
    ],
)
def test_the_fewest_trials_are_those_of_the_tables(cap: float, hits: int, trials: int) -> None:
    found = binomial.trials_needed(cap, error=0.05, hits=hits)
    assert abs(found - trials) <= 1
    assert float(binomial.upper_limit(hits, found, error=0.05)) <= cap
    assert float(binomial.upper_limit(hits, found - 1, error=0.05)) > cap


def test_limits_agree_with_the_binomial_tail() -> None:
    for hits, trials in ((0, 10), (3, 10), (9, 10), (40, 7000)):
        upper = float(binomial.upper_limit(hits, trials, error=0.025))
        assert stats.binom.cdf(hits, trials, upper) == pytest.approx(0.025)
        lower = float(binomial.lower_limit(hits, trials, error=0.025))
        assert hits == 0 or stats.binom.sf(hits - 1, trials, lower) == pytest.approx(0.025)


def test_all_and_nothing_have_limits_at_the_ends() -> None:
    assert float(binomial.upper_limit(7, 7, error=0.05)) == 1.0
    assert float(binomial.lower_limit(0, 7, error=0.05)) == 0.0
    assert binomial.interval(0, 7)[0] == 0.0
    assert binomial.interval(7, 7)[1] == 1.0


def test_an_upper_limit_is_below_the_truth_no_oftener_than_said() -> None:
    trials = 150
    hits = np.arange(trials + 1)
    limits = binomial.upper_limit(hits, trials, error=0.05)
    assert (np.diff(limits) >= 0).all()
    for truth in np.linspace(0.001, 0.999, 200):
        assert stats.binom.pmf(hits, trials, truth)[limits < truth].sum() <= 0.05 + 1e-12


def test_the_most_hits_are_the_last_that_keep_the_cap() -> None:
    for trials in (736, 2000, 10_000):
        most = binomial.most_hits(trials, 0.005, error=0.025)
        assert most is not None
        assert float(binomial.upper_limit(most, trials, error=0.025)) <= 0.005
        assert float(binomial.upper_limit(most + 1, trials, error=0.025)) > 0.005
    assert binomial.most_hits(735, 0.005, error=0.025) is None

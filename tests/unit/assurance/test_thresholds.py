"""Thresholds under a guarantee: what is certified, what is not, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from wardline import assurance
from wardline.errors import InputError
from wardline.kernels import binomial

GRID = np.linspace(0.01, 0.99, 99)
_CAP, _ERROR = 0.005, 0.025
_FEWEST = 736
"""ln(0.025) / ln(1 - 0.005), rounded up."""


def everybody(number: int) -> np.ndarray:
    return np.ones(number, bool)


def test_as_many_items_as_the_formula_says_certify_and_one_less_does_not() -> None:
    scores = np.full(_FEWEST, 0.9)
    found = assurance.certify_clear(scores, everybody(_FEWEST), GRID, _CAP, _ERROR)
    assert found is not None
    assert found.threshold == pytest.approx(0.9)
    assert (found.harmed, found.trials) == (0, _FEWEST)
    assert found.limit <= _CAP
    assert assurance.certify_clear(scores[1:], everybody(_FEWEST - 1), GRID, _CAP, _ERROR) is None


def test_the_two_arms_mirror_each_other() -> None:
    rng = np.random.default_rng(5)
    scores, right = np.round(rng.beta(6, 2, 5000), 3), rng.random(5000) < 0.9
    clear = assurance.certify_clear(scores, right, GRID, 0.02, _ERROR)
    act = assurance.certify_act(np.round(1 - scores, 3), right, np.round(1 - GRID[::-1], 2), 0.02, _ERROR)
    assert clear is not None
    assert act is not None
    assert (clear.harmed, clear.limit) == (act.harmed, act.limit) or abs(clear.harmed - act.harmed) <= 30
    assert act.threshold == pytest.approx(1 - clear.threshold, abs=0.011)


def test_what_a_person_would_have_missed_too_does_not_count() -> None:
    scores = np.full(2000, 0.05)
    assert assurance.certify_clear(scores, everybody(2000), GRID, _CAP, _ERROR) is not None
    found = assurance.certify_clear(scores, ~everybody(2000), GRID, _CAP, _ERROR)
    assert found is not None
    assert found.threshold == pytest.approx(0.99)


def test_an_item_exactly_at_the_threshold_is_not_cleared_and_is_acted_on() -> None:
    scores, grid = np.full(1000, 0.5), np.array([0.5, 0.6])
    clear = assurance.certify_clear(scores, everybody(1000), grid, _CAP, _ERROR)
    assert clear is not None
    assert clear.threshold == 0.5
    assert assurance.certify_act(scores, everybody(1000), np.array([0.4, 0.5]), _CAP, _ERROR) is None


def test_the_walk_stops_at_the_first_threshold_that_fails() -> None:
    # Two harmed items at once between the second and the third threshold are over the cap; nothing behind them is looked at.
    scores = np.concatenate([np.full(40, 0.25), np.full(1960, 0.95)])
    found = assurance.certify_clear(scores, everybody(2000), np.array([0.1, 0.2, 0.3, 0.4]), _CAP, _ERROR)
    assert found is not None
    assert found.threshold == 0.2


@pytest.mark.parametrize(
    ("scores", "grid", "cap", "level"),
    [
        pytest.param([0.5, np.nan], [0.1], 0.01, 0.05, id="no number"),
        pytest.param([0.5, 1.1], [0.1], 0.01, 0.05, id="above one"),
        pytest.param([-0.1, 0.5], [0.1], 0.01, 0.05, id="below nothing"),
        pytest.param([], [0.1], 0.01, 0.05, id="no items"),
        pytest.param([0.5, 0.5], [0.2, 0.1], 0.01, 0.05, id="grid falls"),
        pytest.param([0.5, 0.5], [0.1, 0.1], 0.01, 0.05, id="grid twice"),
        pytest.param([0.5, 0.5], [], 0.01, 0.05, id="no grid"),
        pytest.param([0.5, 0.5], [0.1], 0.0, 0.05, id="no cap"),
        pytest.param([0.5, 0.5], [0.1], 0.01, 1.0, id="no error level"),
    ],
)
def test_values_that_nothing_can_rest_on_are_refused(
    scores: list[float], grid: list[float], cap: float, level: float
) -> None:
    given = np.array(scores)
    for certify in (assurance.certify_clear, assurance.certify_act):
        with pytest.raises(InputError):
            certify(given, everybody(len(given)), np.array(grid), cap, level)


def test_votes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError):
        assurance.certify_clear(np.array([0.5, 0.5]), everybody(1), GRID, _CAP, _ERROR)
    with pytest.raises(InputError):
        assurance.certify_clear(np.array([0.5]), np.array([1.0]), GRID, _CAP, _ERROR)


def test_at_the_worst_case_the_cap_is_broken_no_oftener_than_said() -> None:
    """Every positive scores the same and is over the cap by a hair: the hardest case for a single threshold."""
    rng, draws, trials = np.random.default_rng(11), 4000, 1500
    hits = rng.binomial(trials, _CAP * 1.0001, draws)
    certified = 0
    for hit in hits:
        scores = np.concatenate([np.full(hit, 0.05), np.full(trials - hit, 0.95)])
        found = assurance.certify_clear(scores, everybody(trials), np.array([0.5]), _CAP, _ERROR)
        certified += found is not None
    assert float(binomial.lower_limit(certified, draws, error=0.01)) <= _ERROR


# --- caps -----------------------------------------------------------------------------------------------------------------------------
def test_a_cap_is_a_tenth_of_what_people_are_known_to_do_wrong_and_never_more_than_the_policy() -> None:
    people = assurance.HumanError(wrong=48, trials=1000)
    low = float(binomial.lower_limit(48, 1000, error=0.05))
    assert assurance.cap_from(people, policy=0.5) == pytest.approx(0.1 * low)
    assert assurance.cap_from(people, policy=0.001) == 0.001


def test_people_who_made_no_error_leave_no_room_for_the_machine() -> None:
    assert assurance.cap_from(assurance.HumanError(wrong=0, trials=5000), policy=0.01) == 0


@pytest.mark.parametrize(("wrong", "trials"), [(0, 0), (2, 1), (-1, 5)])
def test_a_human_error_that_cannot_be_is_refused(wrong: int, trials: int) -> None:
    with pytest.raises(InputError):
        assurance.HumanError(wrong=wrong, trials=trials)


# --- planning -------------------------------------------------------------------------------------------------------------------------
def test_a_plan_says_how_many_items_and_how_many_days() -> None:
    plan = assurance.plan(_CAP, error_level=_ERROR, prevalence=0.01, audited_a_day=1000.0)
    assert plan.fewest == _FEWEST
    assert plan.days_by_audit == pytest.approx(73.6)
    assert plan.comfortable > plan.fewest
    most = binomial.most_hits(plan.comfortable, _CAP, error=_ERROR)
    assert most is not None
    assert most >= plan.comfortable * _CAP / 2
    with_sentinels = assurance.plan(
        _CAP, error_level=_ERROR, prevalence=0.01, audited_a_day=1000.0, sentinels_a_day=10.0
    )
    assert with_sentinels.days_with_sentinels == pytest.approx(36.8)
    assert assurance.plan(_CAP, error_level=_ERROR, prevalence=0.0, audited_a_day=9.0).days_by_audit is None

"""Whatever assurance is given: what nothing can rest on is refused with a reason, and nothing is certified beyond the cap."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import assurance
from wardline.assurance import Certified
from wardline.errors import InputError
from wardline.kernels import binomial

GRID = np.array([0.2, 0.4, 0.6, 0.8])
Certify = Callable[[np.ndarray, np.ndarray, np.ndarray, float, float], Certified | None]
ARMS: list[Certify] = [assurance.certify_clear, assurance.certify_act]
SHARES = st.floats(0.001, 0.999)
NO_SHARE = st.sampled_from([0.0, 1.0, -0.1, 1.5, math.nan, math.inf, -math.inf])
NO_SCORE = st.sampled_from([-1e-9, 1.0000001, 7.0, math.nan, math.inf, -math.inf])


def sample(seed: int, items: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random(items), rng.random(items) < 0.8


@given(st.integers(0, 2**32), st.integers(1, 2000), SHARES, SHARES)
def test_whatever_is_certified_is_within_its_cap_and_on_the_grid(
    seed: int, items: int, cap: float, error: float
) -> None:
    scores, right = sample(seed, items)
    for certify, decided in ((ARMS[0], np.less), (ARMS[1], np.greater_equal)):
        found = certify(scores, right, GRID, cap, error)
        if found is not None:
            assert found.threshold in GRID
            assert found.harmed == (right & decided(scores, found.threshold)).sum()
            assert found.limit == float(binomial.upper_limit(found.harmed, items, error=error)) <= cap


@given(st.integers(0, 2**32), st.integers(1, 300), NO_SCORE, st.integers(0, 299))
def test_one_score_that_is_none_spoils_the_whole_sample(
    seed: int, items: int, score: float, place: int
) -> None:
    scores, right = sample(seed, items)
    scores[place % items] = score
    for certify in ARMS:
        with pytest.raises(InputError, match="score"):
            certify(scores, right, GRID, 0.5, 0.5)
    channels = np.arange(items) % 2
    with pytest.raises(InputError):
        assurance.certify_clear_by_channel(scores, right, channels, GRID, 0.5, 0.5)
    with pytest.raises(InputError, match="score"):
        assurance.compare_channels(scores, channels, {0: "a", 1: "b"}, rng=np.random.default_rng(1))


@given(NO_SHARE)
def test_a_cap_or_a_level_that_is_none_certifies_and_plans_nothing(value: float) -> None:
    scores, right = sample(1, 500)
    for certify in ARMS:
        with pytest.raises(InputError):
            certify(scores, right, GRID, value, 0.05)
        with pytest.raises(InputError):
            certify(scores, right, GRID, 0.05, value)
    people = assurance.HumanError(wrong=5, trials=100)
    for refused in (
        lambda: assurance.cap_from(people, policy=value),
        lambda: assurance.cap_from(people, policy=0.1, error_level=value),
        lambda: assurance.plan(value, error_level=0.05, prevalence=0.1, audited_a_day=1.0),
        lambda: assurance.plan(0.05, error_level=value, prevalence=0.1, audited_a_day=1.0),
        lambda: assurance.Watch(cap=value, life=10),
        lambda: assurance.wald_limit(value, 0.5),
    ):
        with pytest.raises(InputError):
            refused()


@given(st.lists(st.floats(), max_size=6).filter(lambda grid: not grid or sorted(set(grid)) != grid))
def test_a_grid_that_is_empty_or_does_not_rise_is_refused(grid: list[float]) -> None:
    scores, right = sample(1, 50)
    for certify in ARMS:
        with pytest.raises(InputError, match="grid"):
            certify(scores, right, np.array(grid, np.float64), 0.5, 0.5)


@given(st.integers(1, 735))
def test_too_few_or_no_positives_certify_nothing(items: int) -> None:
    perfect, everybody = np.ones(items), np.ones(items, bool)
    assert assurance.certify_clear(perfect, everybody, GRID, 0.005, 0.025) is None
    with pytest.raises(InputError, match="empty"):
        assurance.certify_clear(perfect[:0], everybody[:0], GRID, 0.005, 0.025)


@given(st.integers(1, 200), st.integers(0, 200), st.sampled_from(["b", "i", "f", "O"]))
def test_judgements_that_are_missing_or_no_judgements_are_refused(items: int, judged: int, kind: str) -> None:
    judgements: Any = np.ones(judged, {"b": np.bool_, "i": np.int64, "f": np.float64, "O": object}[kind])
    if judged == items and kind == "b":
        judgements = judgements[:-1]
    for certify in ARMS:
        with pytest.raises(InputError):
            certify(np.full(items, 0.5), judgements, GRID, 0.5, 0.5)
    with pytest.raises(InputError):
        assurance.certify_clear_by_channel(
            np.full(items, 0.5), judgements, np.arange(items) % 2, GRID, 0.5, 0.5
        )


def test_scores_that_are_no_numbers_are_refused() -> None:
    words, right = np.array(["0.5", "0.9"]), np.ones(2, bool)
    for certify in ARMS:
        with pytest.raises(InputError, match="no numbers"):
            certify(words, right, GRID, 0.5, 0.5)
    with pytest.raises(InputError, match="no numbers"):
        assurance.compare_channels(words, np.array([0, 1]), {0: "a", 1: "b"}, rng=np.random.default_rng(1))


@given(st.integers(1, 3000), st.integers(-3, 3))
def test_one_channel_alone_certifies_nothing_however_many_it_found(items: int, channel: int) -> None:
    scores, right, channels = np.ones(items), np.ones(items, bool), np.full(items, channel)
    for certify in (assurance.certify_clear_by_channel, assurance.certify_act_by_kind):
        with pytest.raises(InputError, match="1 channels or kinds"):
            certify(scores, right, channels, GRID, 0.5, 0.5)
    assert (
        assurance.compare_channels(scores, channels, {channel: "one"}, rng=np.random.default_rng(1)) is None
    )


def test_channels_that_do_not_fit_or_have_no_name_are_refused() -> None:
    scores, right, rng = np.full(200, 0.5), np.ones(200, bool), np.random.default_rng(1)
    unfit: list[Any] = [np.zeros(199, int), np.zeros(200), np.zeros((200, 1), int)]
    for channels in unfit:
        with pytest.raises(InputError):
            assurance.certify_clear_by_channel(scores, right, channels, GRID, 0.5, 0.5)
    with pytest.raises(InputError, match="no name"):
        assurance.compare_channels(scores, np.arange(200) % 2, {0: "a"}, rng=rng)
    with pytest.raises(InputError, match="level"):
        assurance.compare_channels(scores, np.arange(200) % 2, {0: "a", 1: "b"}, rng=rng, level=math.nan)


@given(st.integers(0, 2**32), st.integers(2, 5))
def test_the_worst_kind_decides_on_either_arm(seed: int, kinds: int) -> None:
    scores, right = sample(seed, 400 * kinds)
    of = np.arange(len(scores)) % kinds
    alone = [
        [certify(scores[of == each], right[of == each], GRID, 0.3, 0.05) for each in range(kinds)]
        for certify in ARMS
    ]
    clear = assurance.certify_clear_by_channel(scores, right, of, GRID, 0.3, 0.05)
    act = assurance.certify_act_by_kind(scores, right, of, GRID, 0.3, 0.05)
    for found, each, worst in ((clear, alone[0], min), (act, alone[1], max)):
        if any(one is None for one in each):
            assert found is None
        else:
            assert found is not None
            assert found.threshold == worst(one.threshold for one in each if one is not None)


@given(st.sampled_from([(math.nan, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0,), ()]))
def test_a_watch_whose_capital_could_never_reach_an_alarm_is_refused(capital: tuple[float, ...]) -> None:
    with pytest.raises(InputError):
        assurance.Watch(cap=0.1, life=10, capital=capital)
    with pytest.raises(InputError):
        assurance.Watch(cap=0.1, life=10, seen=1, harmed=2)


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 40), st.floats(0.001, 0.6), st.integers(0, 59))
def test_one_more_harm_never_lowers_the_evidence(ways: list[bool], life: int, cap: float, place: int) -> None:
    start = assurance.Watch(cap=cap, life=life)
    worse = [each or number == place for number, each in enumerate(ways)]
    assert assurance.observe(start, worse).evidence >= assurance.observe(start, ways).evidence
    assert assurance.observe(start, worse).is_alarmed >= assurance.observe(start, ways).is_alarmed


@given(st.floats(max_value=-1e-9) | st.just(math.nan) | st.just(math.inf))
def test_a_plan_from_no_number_is_refused(items: float) -> None:
    with pytest.raises(InputError):
        assurance.plan(0.01, error_level=0.05, prevalence=0.1, audited_a_day=items)
    with pytest.raises(InputError):
        assurance.plan(0.01, error_level=0.05, prevalence=0.1, audited_a_day=1.0, sentinels_a_day=items)
    with pytest.raises(InputError):
        assurance.plan(0.01, error_level=0.05, prevalence=math.nan, audited_a_day=1.0)
    with pytest.raises(InputError):
        assurance.plan(0.01, error_level=0.05, prevalence=0.1, audited_a_day=1.0, channels=0)

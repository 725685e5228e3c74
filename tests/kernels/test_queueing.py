"""The index of the queue: near the best order that there is, and what it must never do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.kernels import queueing

Floats = npt.NDArray[np.float64]
INSTANCES, ITEMS, AT_ONCE = 10_000, 10, 500
rates = st.floats(1e-6, 1e6)
decays = st.sampled_from([6.0, 48.0, 720.0, np.inf])
hours = st.floats(1e-3, 100)
moments = st.floats(490_000, 520_000)


def arrays(*values: float) -> list[Floats]:
    return [np.array([value]) for value in values]


def harm_until(rate: Floats, decay: Floats, end: Floats) -> Floats:
    """Give the harm of works from now until their end."""
    return np.asarray(-rate * decay * np.expm1(-end / decay))


def least_harm(rate: Floats, decay: Floats, handling: Floats) -> Floats:
    """Give the least harm of any order: a dynamic programme over the subsets that are done, for all instances at once."""
    instances, items = rate.shape
    every = 1 << items
    spent = np.zeros((every, instances))
    best = np.full((every, instances), np.inf)
    best[0] = 0.0
    for done in range(1, every):
        last = [item for item in range(items) if done >> item & 1]
        spent[done] = spent[done & (done - 1)] + handling[:, last[0]]
        for item in last:
            harm = best[done & ~(1 << item)] + harm_until(rate[:, item], decay[:, item], spent[done])
            np.minimum(best[done], harm, out=best[done])
    return np.asarray(best[-1])


def harm_by_index(rate: Floats, decay: Floats, handling: Floats) -> Floats:
    """Give the harm when one moderator always takes what has the largest index then."""
    total, harm, waits = handling.sum(axis=1), np.zeros(len(rate)), np.ones(rate.shape, bool)
    now, rows = np.zeros(len(rate)), np.arange(len(rate))
    for _ in range(rate.shape[1]):
        aged = rate * np.exp(-now[:, None] / decay)
        index = queueing.look_ahead(aged, decay, handling, horizon=total[:, None])
        chosen = np.where(waits, index, -np.inf).argmax(axis=1)
        now += handling[rows, chosen]
        harm += harm_until(rate[rows, chosen], decay[rows, chosen], now)
        waits[rows, chosen] = False
    return harm


def test_the_index_is_within_five_percent_of_the_exact_optimum_on_ten_thousand_instances() -> None:
    chance = np.random.default_rng(5)
    ratios = []
    for _ in range(INSTANCES // AT_ONCE):
        shape = (AT_ONCE, ITEMS)
        rate = chance.lognormal(0, 1.6, shape) * chance.choice([100.0, 20.0, 3.0], shape)
        # From works that are over before anything falls to works that outlast it all.
        decay = chance.choice([6.0, 48.0, 720.0], shape)
        handling = chance.lognormal(0, 0.7, shape) * chance.choice([0.02, 0.5, 5.0], (AT_ONCE, 1))
        ratios.append(harm_by_index(rate, decay, handling) / least_harm(rate, decay, handling))
    ratio = np.concatenate(ratios)
    assert len(ratio) == INSTANCES
    assert ratio.min() >= 1 - 1e-9, "no order is better than the best one"
    assert ratio.mean() <= 1.05


def test_the_exact_optimum_is_that_of_trying_every_order() -> None:
    from itertools import permutations

    chance = np.random.default_rng(6)
    rate, decay = chance.lognormal(0, 1, (1, 5)), chance.choice([1.0, 6.0], (1, 5))
    handling = chance.lognormal(0, 1, (1, 5))
    tried = [
        sum(
            float(harm_until(rate[0, item], decay[0, item], handling[0, list(order[: place + 1])].sum()))
            for place, item in enumerate(order)
        )
        for order in permutations(range(5))
    ]
    assert least_harm(rate, decay, handling)[0] == pytest.approx(min(tried))


@given(rates, st.floats(1, 100), decays, hours, hours)
def test_more_harm_never_ranks_lower_and_more_work_never_higher(
    rate: float, more: float, decay: float, work: float, horizon: float
) -> None:
    index = queueing.look_ahead(*arrays(rate, decay, work), horizon=horizon)
    assert queueing.look_ahead(*arrays(rate * more, decay, work), horizon=horizon) >= index
    assert queueing.look_ahead(*arrays(rate, decay, work * more), horizon=horizon) <= index


@given(rates, decays, hours, hours)
def test_what_falls_slower_never_ranks_lower(rate: float, decay: float, work: float, horizon: float) -> None:
    index = queueing.look_ahead(*arrays(rate, decay, work), horizon=horizon)
    stays = queueing.look_ahead(*arrays(rate, np.inf, work), horizon=horizon)
    assert index <= stays * (1 + 1e-12)
    assert stays == pytest.approx(rate * horizon / work)


@given(rates, decays, hours, hours, moments, st.floats(0, 2000))
def test_the_index_from_a_turn_is_the_index_computed_anew(
    rate: float, decay: float, work: float, horizon: float, opened: float, age: float
) -> None:
    turn = queueing.turns(*arrays(rate, opened, decay, work))
    kept = queueing.index_of_turns(turn, np.array([decay]), now=opened + age, horizon=horizon)
    now = rate * np.exp(-age / decay)
    anew = (
        np.log(queueing.look_ahead(*arrays(1.0, decay, work), horizon=horizon)) + np.log(rate) - age / decay
    )
    assert kept == pytest.approx(anew, abs=1e-6)
    assert now > 0 or age / decay > 300


@given(st.lists(st.tuples(rates, hours, moments), min_size=2, max_size=9), decays, st.floats(0, 5000), hours)
def test_the_order_of_turns_is_the_order_of_indexes_at_every_time(
    works: list[tuple[float, float, float]], decay: float, later: float, horizon: float
) -> None:
    rate, work, opened = np.array(works).T
    same = np.full(len(works), decay)
    turn = queueing.turns(rate, opened, same, work)
    now = 520_000 + later
    anew = np.log(rate / work) - (now - opened) / same
    first, second = turn.argmin(), anew.argmax()
    assert anew[first] == pytest.approx(anew[second], abs=1e-6)
    kept = queueing.index_of_turns(turn, same, now=now, horizon=horizon)
    assert kept.argmax() == first or kept[first] == kept.max()


def test_what_does_no_harm_comes_last() -> None:
    turn = queueing.turns(*arrays(0.0, 0.0, 6.0, 1.0))
    assert turn == np.inf
    assert queueing.index_of_turns(turn, np.array([6.0]), now=0.0, horizon=1.0) == -np.inf

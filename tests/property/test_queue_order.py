"""What is handed out by stored turns is what recomputing every index at that time would hand out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made import NOW, case, context, item, match
from wardline import records, review
from wardline.adapters import stores
from wardline.kernels import queueing
from wardline.records import Category, Insert, ListTrust, Visibility
from wardline.review import Weights
from wardline.testing import store_records as make

WEIGHTS = Weights()
HOUR = timedelta(hours=1)
_signals = st.one_of(
    st.just(records.Flag(reason="spam")),
    st.builds(
        match, trust=st.sampled_from(ListTrust), category=st.none() | st.sampled_from(Category), distance_bits=st.integers(0, 31)
    ),
    st.builds(records.Score, detector=st.just("d"), detector_version=st.just("1"), probability=st.floats(0.01, 1)),
)  # fmt: skip
_contexts = st.builds(
    context, surface=st.sampled_from(["post", "avatar", "live"]), visibility=st.sampled_from(Visibility),
    views_per_hour=st.none() | st.floats(0, 1e5),
)  # fmt: skip


@st.composite
def placed(draw: st.DrawFn) -> records.Case:
    opened = case(opened_at=NOW - HOUR * draw(st.floats(0, 2000)), restricted=draw(st.booleans()))
    subject = item(context=draw(_contexts))
    return review.rank(opened, subject, [draw(_signals)], weights=WEIGHTS, now=NOW)


def recomputed(each: records.Case, *, age_hours: float, horizon: float) -> tuple[float, float]:
    """Give both indexes of a case from its factors alone, as if it had no turns."""
    assert each.urgency is not None
    assert each.lane is not None
    odds, views = each.urgency.odds, each.urgency.views_per_hour * (0.02 if each.restricted else 1)
    rate = (odds.a * 100 + odds.b * 20 + odds.other * 3) * views * np.exp(-age_hours / each.lane.decay_hours)
    delay = odds.a * 20 + odds.b * 2 + (0.3 * (1 - odds.violation) if each.restricted else 0)
    found = queueing.look_ahead(
        np.array([rate, delay]),
        np.array([each.lane.decay_hours, np.inf]),
        np.full(2, 1 / 60),
        horizon=horizon,
    )
    return float(found[0]), float(found[1])


@given(st.lists(placed(), min_size=1, max_size=12), st.floats(0, 500), st.sampled_from([1.0, 24.0, 720.0]))
def test_the_best_of_each_lane_hold_the_best_of_all(
    waiting: list[records.Case], later: float, horizon: float
) -> None:
    now, store = NOW + HOUR * later, stores.MemoryStore()
    store.commit(*map(Insert, waiting), entries=[make.entry()])
    found = review.in_order(
        store.urgent_cases(now=now, taker=make.taker("user-1"), most=1), now=now, look_ahead=HOUR * horizon
    )
    anew = {
        each.id: max(recomputed(each, age_hours=(now - each.opened_at) / HOUR, horizon=horizon))
        for each in waiting
    }
    assert anew[found[0].id] >= max(anew.values()) * (1 - 1e-6)


@given(st.lists(placed(), min_size=1, max_size=12), st.floats(0, 500), st.integers(1, 5))
def test_the_first_of_the_order_are_those_of_all_that_waits(
    waiting: list[records.Case], later: float, most: int
) -> None:
    now, store = NOW + HOUR * later, stores.MemoryStore()
    store.commit(*map(Insert, waiting), entries=[make.entry()])
    some = review.in_order(
        store.urgent_cases(now=now, taker=make.taker("user-1"), most=most), now=now, look_ahead=HOUR * 24
    )
    every = review.in_order(waiting, now=now, look_ahead=HOUR * 24)
    best = dict(
        zip((each.id for each in every), review.indexes(every, now=now, look_ahead=HOUR * 24), strict=True)
    )
    assert [best[each.id] for each in some[:most]] == [best[each.id] for each in every[:most]]


@given(placed(), st.floats(0, 500))
def test_the_larger_harm_is_at_least_half_of_both(each: records.Case, later: float) -> None:
    age = (NOW + HOUR * later - each.opened_at) / HOUR
    both = recomputed(each, age_hours=age, horizon=24.0)
    kept = np.exp(review.indexes([each], now=NOW + HOUR * later, look_ahead=HOUR * 24)[0])
    assert sum(both) / 2 <= kept * (1 + 1e-6) <= sum(both) * (1 + 1e-5)


@given(
    st.lists(st.tuples(placed(), st.sampled_from("abc")), min_size=1, max_size=12),
    st.floats(0, 500),
    st.integers(1, 4),
)
def test_several_queues_are_one_order_and_others_are_none_of_it(
    waiting: list[tuple[records.Case, str]], later: float, most: int
) -> None:
    now, store = NOW + HOUR * later, stores.MemoryStore()
    cases = [replace(each, queue=queue) for each, queue in waiting]
    store.commit(*map(Insert, cases), entries=[make.entry()])
    taker = make.taker("user-1", "a", "b")
    some = review.in_order(
        store.urgent_standings(now=now, taker=taker, most=most), now=now, look_ahead=HOUR * 24
    )
    mine = [each for each in cases if each.queue in "ab"]
    every = review.in_order(mine, now=now, look_ahead=HOUR * 24)
    best = dict(
        zip((each.id for each in mine), review.indexes(mine, now=now, look_ahead=HOUR * 24), strict=True)
    )
    assert [best[each.id] for each in some[:most]] == [best[each.id] for each in every[:most]]


@given(st.lists(st.tuples(placed(), st.sampled_from("abc")), max_size=12), st.floats(0, 1), st.integers(1, 4))
def test_a_lot_goes_once_round_all_that_waits(
    waiting: list[tuple[records.Case, str]], lot: float, most: int
) -> None:
    store = stores.MemoryStore()
    cases = [replace(each, queue=queue) for each, queue in waiting]
    if cases:
        store.commit(*map(Insert, cases), entries=[make.entry()])
    found = store.cases_by_lot(now=NOW, taker=make.taker("user-1", "a", "b"), lot=lot, most=most)
    round_from_there = sorted(
        (each for each in cases if each.queue in "ab"),
        key=lambda each: ((each.lot or 0.0) < lot, each.lot, each.id),
    )
    assert found == round_from_there[:most]

"""What the databases find for somebody is what a plain reading of all cases finds, whoever asks for whatever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.stores import databases
from wardline import ports, records
from wardline.adapters import stores
from wardline.adapters.stores import tables
from wardline.records import Category, Grade, Insert, Lane
from wardline.testing import store_records as make
from wardline.testing.store_records import later

NOW = later(10)
_QUEUES = ("general", "german", "grave", 'a "queue"; -- and more')
_MATCH = records.Match(
    list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.SHA256, distance_bits=0,
    trust=records.ListTrust.VERIFIED, category=Category.A1,
)  # fmt: skip
_minutes = st.integers(0, 12).map(later)
_turns = st.none() | st.sampled_from((-2.0, 0.0, 1.0, 1.5))
_odds = st.sampled_from((0, 0.0, 0.3, 0.7))
_urgencies = st.none() | st.builds(
    records.Urgency, odds=st.builds(lambda a, b, other: records.Odds(a=a / 3, b=b / 3, other=other / 3), _odds, _odds, _odds),
    category=st.none() | st.sampled_from(Category), views_per_hour=st.just(1.0), views_known=st.booleans(),
)  # fmt: skip
_people = st.sampled_from(("user-1", "user-2", "%"))
_cases: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "queue": st.sampled_from(_QUEUES), "opened_at": _minutes, "urgency": _urgencies, "lane": st.none() | st.sampled_from(Lane),
        "views_turn": _turns, "delay_turn": _turns, "score_turn": st.none() | st.sampled_from((-0.9, -0.5)),
        "lot": st.none() | st.sampled_from((0.1, 0.5, 0.9)), "restricted": st.booleans(),
        "state": st.sampled_from((*[records.CaseState.OPEN] * 5, records.CaseState.CLOSED)),
        "certificate_id": st.sampled_from((None, None, "certificate-1")), "held_until": st.none() | _minutes,
        "escalated_by": st.sampled_from((None, None, None, "user-3")), "imminent_since": st.sampled_from((None, None, later(1), later(2))),
        "lease": st.sampled_from((None, None, later(9), later(11))), "passed_by": st.lists(_people, max_size=2, unique=True).map(tuple),
        "needs_look": st.booleans(),
    }
)  # fmt: skip
_grades = st.lists(st.sampled_from(records.DECLINABLE), unique=True, max_size=3).map(tuple)
_takers = st.builds(
    records.Taker, user_id=_people, queues=st.lists(st.sampled_from((*_QUEUES, "empty")), unique=True).map(tuple), declined=_grades,
    put_off=st.just(()) | st.just((Grade.A, Grade.B)) | _grades, unseen=st.booleans(),
)  # fmt: skip


@pytest.fixture(params=[databases.SQLITE, databases.POSTGRES], scope="module")
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[stores.SqlStore]:
    folder: Path = tmp_path_factory.mktemp("queue")
    engine = databases.open_engine(request.param, databases.new_database(request.param, folder))
    opened = stores.SqlStore(engine)
    yield opened
    opened.close()


def _made(drawn: dict[str, Any]) -> tuple[records.Item, records.Case]:
    values = dict(drawn)
    item = make.item(matches=() if values.pop("needs_look") else (_MATCH,))
    lease = values.pop("lease")
    claim = {"lease_until": lease, "claimed_by": "user-2" if lease else None}
    return item, make.case(item_ids=(item.id,), **claim, **values)


def _asked(store: ports.Store, taker: records.Taker, most: int, after: str | None) -> dict[str, Any]:
    asked: dict[str, Any] = {"now": NOW, "taker": taker, "most": most}
    return {
        "by age": store.waiting_cases(**asked),
        "after one": store.waiting_cases(**asked, after=after),
        "of the leads": store.waiting_cases(**asked, escalated=True),
        "of the leads after one": store.waiting_cases(**asked, escalated=True, after=after),
        "number": [store.count_waiting(**asked, escalated=each) for each in (False, True)],
        "in danger": store.imminent_cases(**asked),
        "in danger, of the leads": store.imminent_cases(**asked, escalated=True),
        "by turns": _by_id(store.urgent_cases(**asked)),
        "by turns alone": _by_id(store.urgent_standings(**asked)),
        "kinds": _by_id(store.waiting_kinds(now=NOW, taker=taker, oldest=most, first=most)),
        "by score": store.likeliest_cases(**asked),
        "by lot": [store.cases_by_lot(**asked, lot=lot) for lot in (0.0, 0.3, 0.95)],
        "hidden": store.restricted_cases(**asked, before=later(6)),
        "queues": store.open_queues(),
    }


def _by_id(found: Sequence[Any]) -> list[Any]:
    return sorted(found, key=lambda each: each.id)


@pytest.mark.long
@settings(max_examples=40)
@given(
    st.lists(_cases, min_size=1, max_size=24), st.lists(_takers, min_size=1, max_size=3), st.integers(1, 5)
)
def test_a_database_finds_what_a_plain_reading_finds(
    store: stores.SqlStore, drawn: list[dict[str, Any]], takers: list[records.Taker], most: int
) -> None:
    plain = stores.MemoryStore()
    pairs = [_made(each) for each in drawn]
    changes = [Insert(each) for pair in zip(*pairs, strict=True) for each in pair]
    for each in (plain, store):
        each.commit(*changes, entries=[make.entry()])
    try:
        for taker in takers:
            for who in (taker, replace(taker, declined=(), put_off=(), unseen=False)):
                after = pairs[len(pairs) // 2][1].id
                assert _asked(store, who, most, after) == _asked(plain, who, most, after)
    finally:
        with store.engine.begin() as connection:
            connection.execute(tables.cases.delete())
            connection.execute(tables.items.delete())

"""Cases that the database copied are cases like others, for measuring."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.errors import InputError
from wardline.records import Insert, Lane
from wardline.testing import multiplying
from wardline.testing import store_records as make

_SEEDS, _COPIES = 40, 30


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_copies_are_cases_of_their_own_with_files_and_places(kind: str, tmp_path: Path) -> None:
    store = stores.SqlStore(databases.open_engine(kind, databases.new_database(kind, tmp_path)))
    cluster = make.cluster()
    for number in range(_SEEDS):
        at = make.later(60 * number)
        item = make.item(id=make.new_id("item", at), received_at=at)
        case = make.case(
            id=make.new_id("case", at), opened_at=at, due_at=at + timedelta(hours=9), item_ids=(item.id,), lane=Lane.DAYS,
            views_turn=-1.5 * number, delay_turn=0.5, lot=number / _SEEDS, cluster_id=cluster.id,
        )  # fmt: skip
        member = make.cluster_member(case_id=case.id, cluster_id=cluster.id)
        hold = make.hold(item_id=item.id, case_id=case.id)
        store.commit(
            Insert(item), Insert(case), Insert(hold), Insert(member), entries=[make.entry(subject_id=case.id)]
        )

    seeds = store.cases()
    assert multiplying.multiply(store.engine, _COPIES, apart=timedelta(minutes=1.5)) == len(seeds) * _COPIES

    cases = store.cases(most=10_000)
    assert len({case.id for case in cases}) == len({case.opened_at for case in cases}) == _SEEDS * _COPIES
    assert len({case.lot for case in cases}) == len({case.views_turn for case in cases}) == _SEEDS * _COPIES
    assert set(seeds) <= set(cases)
    assert len(store.several_items([case.item_ids[0] for case in cases])) == len(cases)
    held = store.holds_of_several([case.item_ids[0] for case in cases])
    assert {item_id: [each.case_id for each in holds] for item_id, holds in held.items()} == {
        case.item_ids[0]: [case.id] for case in cases
    }
    assert all(case.due_at == case.opened_at + timedelta(hours=9) for case in cases)
    assert store.count_members([cluster.id], most=10_000) == {cluster.id: len(cases)}
    asked: dict[str, Any] = {"now": make.later(99_999), "taker": make.taker("user-1"), "most": 5}
    first = min(cases, key=lambda case: (case.views_turn, case.id))
    assert first in store.urgent_cases(**asked)
    assert [case.opened_at for case in store.waiting_cases(**asked)] == sorted(
        case.opened_at for case in cases
    )[:5]
    store.close()


@pytest.mark.parametrize("copies", [0, multiplying.MOST_COPIES + 1])
def test_more_copies_than_their_ids_can_tell_are_refused(copies: int, tmp_path: Path) -> None:
    store = stores.SqlStore(databases.open_engine("sqlite", databases.new_database("sqlite", tmp_path)))
    store.commit(Insert(make.case()), entries=[make.entry()])
    with pytest.raises(InputError, match="copies"):
        multiplying.multiply(store.engine, copies, apart=timedelta(seconds=1))
    assert [case.state for case in store.cases()] == [records.CaseState.OPEN]
    store.close()

"""A cluster of thousands: its decision spreads page by page, goes on after a crash, and is never held in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from wardline import records
from wardline.adapters.stores import SqlStore, tables
from wardline.pipeline import Rules, spreading, taking_back
from wardline.records import CaseState, Insert, Stage
from wardline.testing import store_records as make
from wardline.testing.harness import REPORTER, Line

pytestmark = pytest.mark.long

_MEMBERS = 2_500
_PAGE = 100
_HUNDRED_THOUSAND = 100_000


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, store="sqlite", rules=Rules(reporter=REPORTER, audit_share=0.05)) as made:
        yield made


@pytest.fixture
def spread(line: Line) -> records.Spread:
    """Fill a cluster with identical files, of which two people said something, and begin to spread it."""
    basis = [make.decision(case_id=make.new_id("case"), user_id=f"user-{n}", outcome=records.Outcome.NOT_VIOLATION,
                           findings=(), annotations=(), answers=()) for n in range(2)]  # fmt: skip
    cluster, file = make.cluster(), make.cluster_file()
    begun = make.spread(
        cluster_id=cluster.id, target=file.id, outcome=records.Outcome.NOT_VIOLATION, category=None,
        decisions=tuple(each.id for each in basis),
    )  # fmt: skip
    line.store.commit(*map(Insert, (cluster, file, begun, *basis)), entries=[make.entry()])
    for _ in range(_MEMBERS // 500):
        kept: list[object] = []
        for _ in range(500):
            item = make.item(matches=())
            case = make.case(item_ids=(item.id,), cluster_id=cluster.id, restricted=False)
            member = make.cluster_member(cluster_id=cluster.id, file_id=file.id, case_id=case.id)
            kept += [item, case, member]
        line.store.commit(*map(Insert, kept), entries=[make.entry()])
    return begun


def _decided(line: Line) -> int:
    return len(line.store.cases(state=CaseState.DECIDED, most=_MEMBERS))


def test_it_is_carried_page_by_page_with_others_in_between(
    line: Line, spread: records.Spread, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[int] = []
    read = SqlStore.untouched_members

    def counted(self: SqlStore, of: records.Spread, **values: object) -> list[records.ClusterMember]:
        found = read(self, of, **values)  # type: ignore[arg-type]
        pages.append(len(found))
        return found

    monkeypatch.setattr(SqlStore, "untouched_members", counted)
    spreading.spread(line.parts, spread.id, 0)
    assert _decided(line) < _MEMBERS
    assert [task.attempt for task in line.waiting() if task.name == "spread"] == [1]
    spreading.spread(line.parts, spread.id, 1)
    assert max(pages) == _PAGE
    after = line.store.spread(spread.id)
    assert after.decided + after.sampled == _MEMBERS
    assert after.decided == _decided(line)
    assert 0.03 < after.sampled / _MEMBERS < 0.07
    left = line.store.cases(state=CaseState.OPEN, most=_MEMBERS)
    assert {case.stage for case in left} == {Stage.AUDIT}
    assert len(left) == after.sampled


def test_it_goes_on_where_a_crash_cut_it_short_and_decides_nothing_twice(
    line: Line, spread: records.Spread
) -> None:
    class _CutShortError(BaseException):
        pass

    commits = 0

    def cut(*_: object) -> None:
        nonlocal commits
        commits += 1
        if commits == 4:
            raise _CutShortError

    parts = line.parts
    real = parts.store.commit

    class _Store:
        def __getattr__(self, name: str) -> Any:
            return getattr(parts.store, name)

        def commit(self, *changes: records.Change, **values: object) -> None:
            cut()
            real(*changes, **values)  # type: ignore[arg-type]

    cut_short: Any = _Store()
    with pytest.raises(_CutShortError):
        spreading.spread(replace(parts, store=cut_short), spread.id, 0)
    reached = line.store.spread(spread.id)
    assert reached.decided + reached.sampled == 3 * _PAGE
    for attempt in range(3):
        spreading.spread(parts, spread.id, attempt)
    after = line.store.spread(spread.id)
    assert after.decided + after.sampled == _MEMBERS
    assert after.decided == _decided(line)


def test_all_of_it_is_taken_back(line: Line, spread: records.Spread) -> None:
    for attempt in range(2):
        spreading.spread(line.parts, spread.id, attempt)
    now = line.store.spread(spread.id)
    ended = replace(now, stopped_at=make.NOON, withdrawn_at=make.NOON, version=now.version + 1)
    line.store.commit(records.Replace(ended), entries=[make.entry()])
    for attempt in range(3):
        taking_back.take_back(line.parts, spread.id, attempt)
    assert line.store.touched_members(spread.id, most=9) == []
    still = line.store.cases(state=CaseState.OPEN, most=2 * _MEMBERS)
    assert len(still) == _MEMBERS
    assert {case.stage for case in still} == {Stage.FIRST}


# --- a hundred thousand -------------------------------------------------------------------------------------------------------------------
def _copies(line: Line, table: sa.Table, row: str, **ids: str) -> None:
    """Copy a row a hundred thousand times, under other ids, within the database."""
    values = ", ".join(ids.get(each.name, each.name) for each in table.columns)
    names = ", ".join(each.name for each in table.columns)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {_HUNDRED_THOUSAND})"  # noqa: S608 - a number of our own
    words = (
        numbers,
        "INSERT INTO",
        table.name,
        f"({names})",
        "SELECT",
        values,
        "FROM",
        table.name,
        ", n WHERE id = :row",
    )
    engine = sa.create_engine(f"sqlite:///{line.folder / 'wardline.sqlite'}")
    with engine.begin() as connection:
        connection.execute(sa.text(" ".join(words)), {"row": row})
    engine.dispose()


def _id(kind: str) -> str:
    return f"printf('{kind}-%026d', i)"


def test_a_hundred_thousand_identical_files_are_begun_told_of_and_left_without_waiting_for_the_end(
    line: Line, spread: records.Spread
) -> None:
    member = line.store.cluster_members(spread.cluster_id, after=None, most=1)[0]
    case = line.store.case(member.case_id)
    _copies(line, tables.items, case.item_ids[0], id=_id("item"))
    _copies(line, tables.cases, case.id, id=_id("case"), item_ids="json_array(printf('item-%026d', i))")
    _copies(line, tables.cluster_members, member.id, id=_id("cluster-member"), case_id=_id("case"))
    counted = line.store.count_members([spread.cluster_id], most=2 * _HUNDRED_THOUSAND)
    assert counted == {spread.cluster_id: _HUNDRED_THOUSAND + _MEMBERS}
    # What is told of it does not grow with it.
    assert line.wardline.cluster(spread.cluster_id).members == 1_000
    # One run of the work does its pages and enqueues the next one: others have their turn in between.
    spreading.spread(line.parts, spread.id, 0)
    current = line.store.spread(spread.id)
    assert 0 < current.decided + current.sampled <= 20 * _PAGE
    assert [task.attempt for task in line.waiting() if task.name == "spread"] == [1]
    taken = line.wardline.next_case(line.person("mika").user)
    assert taken is not None
    # Somebody differs: it stops there, and nothing more is decided.
    stopped = replace(current, stopped_at=make.NOON, version=current.version + 1)
    line.store.commit(records.Replace(stopped), entries=[make.entry()])
    spreading.spread(line.parts, spread.id, 1)
    assert line.store.spread(spread.id).decided == current.decided

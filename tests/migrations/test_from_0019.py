"""Open cases of a database from before it was noted what can be decided unseen: they are found by whoever may not look."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import codec, schema, tables
from wardline.adapters.stores.beside import NAMES
from wardline.records import CaseState, Category, Replace
from wardline.testing import postgres
from wardline.testing import store_records as make

pytestmark = pytest.mark.long

_SAME = records.Match(
    list_id="hash-list-1", entry_id="entry-1", hash_kind=records.HashKind.SHA256, distance_bits=0,
    trust=records.ListTrust.VERIFIED, category=Category.A1,
)  # fmt: skip
_NOT_CERTAIN = (
    replace(_SAME, hash_kind=records.HashKind.PDQ), replace(_SAME, trust=records.ListTrust.UNVERIFIED), replace(_SAME, category=None),
    replace(_SAME, doubt=records.Doubt.HELD),
)  # fmt: skip


_LATER = ("told",)
"""Columns of files that came after this."""


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_what_is_certain_is_noted_also_for_what_is_opened_again_later(kind: str, tmp_path: Path) -> None:
    engine = (
        stores.open_sqlite(tmp_path / "old.sqlite")
        if kind == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
    )
    certain = [
        make.item(matches=(_NOT_CERTAIN[0], _SAME)), make.item(matches=(), picture=None), make.item(matches=(), sealed=False),
    ]  # fmt: skip
    others = [make.item(matches=()), *(make.item(matches=(each,)) for each in _NOT_CERTAIN)]
    wanted = [make.case(item_ids=(each.id,)) for each in certain]
    rest = [make.case(item_ids=(each.id,)) for each in others]
    both = make.case(item_ids=(certain[0].id, others[0].id))
    decided = make.case(item_ids=(certain[0].id,), state=CaseState.DECIDED)
    with engine.begin() as connection:
        settings = schema.migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0019")
        for made in (*certain, *others, *wanted, *rest, both, decided):
            table = tables.BY_TYPE[type(made)]
            then = sa.table(table.name, *(c for c in _columns(table, type(made))))
            row = codec.to_row(made)
            connection.execute(sa.insert(then), {name: row[name] for name in row if name not in _LATER})
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    taker = replace(make.taker("user-1"), unseen=True)
    found = store.waiting_cases(now=make.NOON, taker=taker, most=20)
    assert {case.id for case in found} == {case.id for case in wanted}
    again = replace(decided, state=CaseState.OPEN, version=decided.version + 1)
    store.commit(Replace(again), entries=[make.entry()])
    found = store.waiting_cases(now=make.NOON, taker=taker, most=20)
    assert {case.id for case in found} == {case.id for case in (*wanted, again)}
    store.close()


def _columns(table: sa.Table, record_type: type[object]) -> list[sa.ColumnClause[object]]:
    """Give the columns of before."""
    beside = NAMES.get(record_type, ())
    return [sa.column(each.name, each.type) for each in table.columns if each.name not in {*beside, *_LATER}]

"""Appeals from before a case could be appealed again are the first of their case."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import codec, schema, tables
from wardline.errors import AlreadyExistsError
from wardline.records import AppealState, Insert
from wardline.testing import postgres
from wardline.testing import store_records as make


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_an_appeal_from_before_is_the_first_and_another_may_follow(kind: str, tmp_path: Path) -> None:
    engine = (
        stores.open_sqlite(tmp_path / "old.sqlite")
        if kind == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
    )
    before = make.appeal(state=AppealState.UPHELD, answered_at=make.later(5))
    table = tables.BY_TYPE[records.Appeal]
    with engine.begin() as connection:
        settings = schema.migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0030")
        then = sa.table(
            table.name, *(sa.column(each.name, each.type) for each in table.columns if each.name != "number")
        )
        row = {name: cell for name, cell in codec.to_row(before).items() if name != "number"}
        connection.execute(sa.insert(then), row)
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    assert store.appeals_of(before.case_id) == [before]
    with pytest.raises(AlreadyExistsError):
        store.commit(Insert(make.appeal(case_id=before.case_id)), entries=[make.entry()])
    again = make.appeal(case_id=before.case_id, number=2)
    store.commit(Insert(again), entries=[make.entry()])
    assert store.appeal_of(before.case_id) == again
    store.close()

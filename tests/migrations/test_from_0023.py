"""Referrals from before several could be one report: each has its own, and its clock and its number are found as before."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import codec, schema, tables
from wardline.records import Priority, ReferralState
from wardline.testing import postgres
from wardline.testing import store_records as make

_LATER = ("joined", "bundle", "alone", "reference", "takings", "sent_at")


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_a_referral_from_before_stands_alone_and_runs_on(kind: str, tmp_path: Path) -> None:
    engine = (
        stores.open_sqlite(tmp_path / "old.sqlite")
        if kind == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
    )
    waits = make.referral(priority=Priority.SECOND, clock_from=make.NOON, due_at=make.later(3))
    filed = make.referral(state=ReferralState.FINISHED, check_by=make.later(2), remote_id="77")
    table = tables.BY_TYPE[records.Referral]
    with engine.begin() as connection:
        settings = schema.migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0023")
        then = sa.table(
            table.name, *(sa.column(c.name, c.type) for c in table.columns if c.name not in _LATER)
        )
        for each in (waits, filed):
            row = {name: cell for name, cell in codec.to_row(each).items() if name not in _LATER}
            connection.execute(sa.insert(then), row)
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    assert {each.id: each for each in store.referrals()} == {each.id: each for each in (waits, filed)}
    assert store.due_referrals(Priority.SECOND, most=9) == [waits]
    assert store.unchecked_referrals(most=9) == [filed]
    assert store.referrals_ending(filed.id[-6:], most=9) == [filed]
    store.close()

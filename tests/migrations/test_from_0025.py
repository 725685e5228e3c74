"""References from before one stood for one report alone: they are kept as they are compared, and where two are the same the first one has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.adapters.stores import codec, schema, tables
from wardline.records import ReferralState
from wardline.testing import postgres
from wardline.testing import store_records as make

_LATER = ("reference", "takings", "sent_at")
_BODY = json.dumps({"form": "wardline-reference", "version": 1}).encode()


@pytest.mark.parametrize("kind", [databases.SQLITE, databases.POSTGRES])
def test_a_reference_that_was_recorded_before_stands_for_the_first_report_alone(
    kind: str, tmp_path: Path
) -> None:
    engine = (
        stores.open_sqlite(tmp_path / "old.sqlite")
        if kind == "sqlite"
        else stores.open_postgres(postgres.shared_server().new_database())
    )
    first, second, sent = (
        make.referral(
            state=ReferralState.FINISHED, finished_at=make.later(minute), remote_id=known, authority=to
        )
        for minute, known, to in ((1, "IRP 7", "nca-pack"), (2, "irp  7", "nca-pack"), (3, "IRP 7", "ncmec"))
    )
    receipts = [
        make.receipt(referral_id=first.id, body=_BODY, original=False),
        make.receipt(referral_id=second.id, body=_BODY, original=False),
        make.receipt(referral_id=sent.id, body=b"<reportDoneResponse/>", original=False),
    ]
    table = tables.BY_TYPE[records.Referral]
    with engine.begin() as connection:
        settings = schema.migration_settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0025")
        then = sa.table(
            table.name, *(sa.column(c.name, c.type) for c in table.columns if c.name not in _LATER)
        )
        for each in (first, second, sent):
            row = {name: cell for name, cell in codec.to_row(each).items() if name not in _LATER}
            connection.execute(sa.insert(then), row)
        for receipt in receipts:
            connection.execute(sa.insert(tables.BY_TYPE[records.Receipt]), codec.to_row(receipt))
    stores.migrate(engine)
    store = stores.SqlStore(engine)
    assert [store.referral(each.id).reference for each in (first, second, sent)] == ["irp 7", None, None]
    known_as = store.referrals_known_as("nca-pack", "sandbox", remote_id="irp  7", reference="irp 7")
    assert {each.id for each in known_as} == {first.id, second.id}
    store.close()

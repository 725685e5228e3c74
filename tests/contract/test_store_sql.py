"""The SQL store keeps the store's contract on SQLite and on PostgreSQL, with DBOS taking its work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.unit.stores import databases
from wardline import ports, records
from wardline.adapters import stores
from wardline.testing import postgres, write_points
from wardline.testing.store_contract import StoreContract


class SqlStoreContract(StoreContract):
    kind: str

    @pytest.fixture
    def store(self, recorder: write_points.Recorder, tmp_path: Path) -> Iterator[ports.Store]:
        address = databases.new_database(self.kind, tmp_path)
        open_store = stores.postgres(address, reached=recorder) if self.kind == "postgres" else None
        opened = open_store or stores.sqlite(Path(address), reached=recorder)
        yield opened
        opened.close()

    def tasks(self, store: ports.Store) -> Sequence[records.Task]:
        assert isinstance(store, stores.SqlStore)
        return databases.tasks_in(store.engine)


class TestSqliteStore(SqlStoreContract):
    kind = "sqlite"


@pytest.mark.long  # the same contract runs on SQLite each time; here each test has a database of its own
@pytest.mark.postgres
@pytest.mark.skipif(postgres.why_no_postgres() is not None, reason=str(postgres.why_no_postgres()))
class TestPostgresStore(SqlStoreContract):
    kind = "postgres"

"""The memory store keeps the store's contract."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from wardline import ports, records
from wardline.adapters import stores
from wardline.testing import write_points
from wardline.testing.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self, recorder: write_points.Recorder) -> ports.Store:
        return stores.memory(reached=recorder)

    def tasks(self, store: ports.Store) -> Sequence[records.Task]:
        assert isinstance(store, stores.MemoryStore)
        return store.tasks

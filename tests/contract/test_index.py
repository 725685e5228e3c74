"""The index contract over every index."""

from __future__ import annotations

import pytest

from wardline import ports
from wardline.adapters.indexes import brute
from wardline.testing.index_contract import IndexContract


class TestBruteIndex(IndexContract):
    @pytest.fixture
    def index(self) -> ports.Index:
        return brute.create()

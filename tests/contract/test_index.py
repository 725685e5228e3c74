"""The index contract over every index in memory. Over one in a file: ``test_copies``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from wardline import kernels, ports
from wardline.adapters.indexes import brute, hamming
from wardline.testing.index_contract import IndexContract


class TestBruteIndex(IndexContract):
    @pytest.fixture
    def index(self) -> ports.Index:
        return brute.BruteIndex()


class TestMemoryIndex(IndexContract):
    @pytest.fixture
    def index(self) -> ports.Index:
        return hamming.MemoryIndex()


class TestMemoryIndexThatMergesAllTheTime(IndexContract):
    @pytest.fixture
    def index(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[ports.Index]:
        monkeypatch.setattr(hamming, "_FREE_CHANGES", 3)
        monkeypatch.setattr(hamming, "_MOST_OUT_OF_ORDER", 3)
        index = hamming.MemoryIndex()
        yield index
        index.close()


class TestMemoryIndexWithTheReference(IndexContract):
    @pytest.fixture
    def index(self) -> Iterator[ports.Index]:
        kernels.select("reference")
        yield hamming.MemoryIndex()
        kernels.select("auto")


def test_an_index_in_memory_merges_in_the_background_what_a_search_finds_unmerged() -> None:
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 256, (30_000, 32), dtype=np.uint8)
    index = hamming.MemoryIndex()
    index.add(hashes, np.arange(30_000, dtype=np.int64))
    assert index.search(hashes[:2], radius_bits=31) == [[(0, 0)], [(1, 0)]]
    index.close()
    assert index.changes == 0
    assert index.search(hashes[-2:], radius_bits=31) == [[(29_998, 0)], [(29_999, 0)]]

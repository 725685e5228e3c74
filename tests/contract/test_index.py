"""The index contract over every index, and over an index on disk while another process would read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from wardline import kernels, ports
from wardline.adapters.indexes import brute, hamming, merging
from wardline.adapters.indexes.generations import GenerationIndex, GenerationReader
from wardline.adapters.indexes.merging import Hashes, Ids
from wardline.testing.index_contract import IndexContract


class TestBruteIndex(IndexContract):
    @pytest.fixture
    def index(self) -> ports.Index:
        return brute.create()


class TestMemoryIndex(IndexContract):
    @pytest.fixture
    def index(self) -> ports.Index:
        return hamming.create()


class TestMemoryIndexThatMergesAllTheTime(IndexContract):
    @pytest.fixture
    def index(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[ports.Index]:
        monkeypatch.setattr(merging, "_FREE_CHANGES", 3)
        monkeypatch.setattr(merging, "_MOST_OUT_OF_ORDER", 3)
        index = hamming.MemoryIndex()
        yield index
        index.close()


class TestMemoryIndexWithTheReference(IndexContract):
    @pytest.fixture
    def index(self) -> Iterator[ports.Index]:
        kernels.select("reference")
        yield hamming.create()
        kernels.select("auto")


class TestGenerationIndex(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[ports.Index]:
        with closing(GenerationIndex(tmp_path / "index")) as index:
            yield index


class TestGenerationIndexThatMergesAllTheTime(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ports.Index]:
        monkeypatch.setattr(merging, "_FREE_CHANGES", 3)
        with closing(GenerationIndex(tmp_path / "index")) as index:
            yield index


class _Followed:
    """Changes through the writer, searches through a reader of the same folder, and now and then starts both anew."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._calls = folder, 0
        self._writer, self._reader = GenerationIndex(folder), GenerationReader(folder)

    def close(self) -> None:
        self._writer.close()
        self._reader.close()

    def add(self, hashes: Hashes, ids: Ids) -> None:
        self._writer.add(hashes, ids)
        self._calls += 1
        if self._calls % 7 == 3:
            self._writer.merge()
        if self._calls % 11 == 5:
            self._writer.close()
            self._writer = GenerationIndex(self._folder)

    def remove(self, ids: Ids) -> None:
        self._writer.remove(ids)

    def search(self, queries: Hashes, *, radius_bits: int) -> list[list[tuple[int, int]]]:
        return self._reader.search(queries, radius_bits=radius_bits)


class TestGenerationReader(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Iterator[ports.Index]:
        with closing(_Followed(tmp_path / "index")) as index:
            yield index


def test_an_index_in_memory_merges_in_the_background_what_a_search_finds_unmerged() -> None:
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 256, (30_000, 32), dtype=np.uint8)
    index = hamming.MemoryIndex()
    index.add(hashes, np.arange(30_000, dtype=np.int64))
    assert index.search(hashes[:2], radius_bits=31) == [[(0, 0)], [(1, 0)]]
    index.close()
    assert index.changes == 0
    assert index.search(hashes[-2:], radius_bits=31) == [[(29_998, 0)], [(29_999, 0)]]

"""The contract of those who keep list copies, and that of an index over the index that stands in a copy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from wardline import ports
from wardline.adapters.indexes import MappedCopies, MemoryIndex, copy_file
from wardline.adapters.indexes.hamming import Hashes, Ids
from wardline.kernels.hamming import HASH_BYTES, HammingIndex
from wardline.testing.copies_contract import CopiesContract, Maker
from wardline.testing.index_contract import IndexContract


def _fail(list_id: str, message: str) -> None:
    raise AssertionError(f"{list_id}: {message}")


class TestMappedCopies(CopiesContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Maker:
        def copies() -> tuple[Callable[[], ports.Index], ports.Copies]:
            return partial(MemoryIndex, merges=False), MappedCopies(
                tmp_path / "indexes", told=_fail, reached=lambda _: None, least_free_bytes=0, most_batches=1
            )  # fmt: skip

        return copies


class _Rewritten:
    """Is written to a copy after every third change, and goes on from that file."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._calls = folder, 0
        self._index = MemoryIndex(
            HammingIndex.build(np.empty((0, HASH_BYTES), np.uint8), np.empty(0, np.int64))
        )

    def add(self, hashes: Hashes, ids: Ids) -> None:
        self._index.add(hashes, ids)
        self._changed()

    def remove(self, ids: Ids) -> None:
        self._index.remove(ids)
        self._changed()

    def search(self, queries: Hashes, *, radius_bits: int) -> list[list[tuple[int, int]]]:
        return self._index.search(queries, radius_bits=radius_bits)

    def _changed(self) -> None:
        self._calls += 1
        if self._calls % 3:
            return
        path = copy_file.path_of(self._folder, "list", self._calls)
        copy_file.write(
            path, self._index.frozen(), {}, batch_id="batch", least_free_bytes=0, reached=lambda _: None
        )
        copy = copy_file.read(path)
        assert isinstance(copy.index, MemoryIndex)
        self._index = copy.index


class TestIndexInACopy(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> ports.Index:
        return _Rewritten(tmp_path)

"""An index in memory while it is merged: what is changed meanwhile is kept, and a merge that fails costs nothing."""

from __future__ import annotations

import numpy as np
import pytest

from wardline.adapters.indexes import MemoryIndex, hamming
from wardline.kernels.hamming import HammingIndex

HASHES = np.random.default_rng(1).integers(0, 256, (60, 32), dtype=np.uint8)


def ids(*numbers: int) -> hamming.Ids:
    return np.array(numbers, np.int64)


def found(index: MemoryIndex) -> list[int]:
    pairs = index.search(HASHES, radius_bits=0)
    assert all(each in ([], [(number, 0)]) for number, each in enumerate(pairs))
    return [number for number, each in enumerate(pairs) if each]


@pytest.fixture
def index() -> MemoryIndex:
    """0 to 9, merged but for 9."""
    index = MemoryIndex()
    index.add(HASHES[:9], np.arange(9, dtype=np.int64))
    index.merge()
    index.add(HASHES[9:10], ids(9))
    return index


def test_changes_during_a_merge_are_kept(index: MemoryIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    merged = HammingIndex.merged

    def slow(state: HammingIndex) -> HammingIndex:
        index.remove(ids(1, 9))
        index.add(HASHES[[20, 1]], ids(20, 1))
        index.merge()  # another thread is at it
        return merged(state)

    monkeypatch.setattr(HammingIndex, "merged", slow)
    index.merge()
    assert found(index) == [*range(9), 20]
    assert index.changes < 10


def test_a_merge_that_fails_changes_nothing_and_the_next_one_may_work(
    index: MemoryIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: HammingIndex) -> HammingIndex:
        index.add(HASHES[20:21], ids(20))
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(HammingIndex, "merged", fail)
        with pytest.raises(MemoryError):
            index.merge()
    index.remove(ids(2))
    assert found(index) == [0, 1, *range(3, 10), 20]
    index.merge()
    assert (found(index), index.changes) == ([0, 1, *range(3, 10), 20], 0)


def test_one_that_waits_for_a_copy_merges_by_itself_only_when_there_will_be_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hamming, "_FREE_CHANGES", 3)
    index = MemoryIndex(merges=False)
    index.add(HASHES[:20], np.arange(20, dtype=np.int64))
    assert found(index) == list(range(20))
    index.close()
    assert index.changes == 20
    index.merges = True
    assert found(index) == list(range(20))
    index.close()
    assert (found(index), index.changes) == (list(range(20)), 0)

"""Lists of hashes for the tests of the index: ordinary ones, and ones that are hard on an index of tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from wardline.kernels.hamming import HammingIndex, ReferenceIndex, layout

Hashes = NDArray[np.uint8]
Ids = NDArray[np.int64]

NARROW = (12,) * 20 + (16,)
CROSSING = (20,) * 12 + (16,)
"""Chunks that lie across the borders of words."""
SCHEMES = {"16x16": (16,) * 16, "13": (22,) + (20,) * 6 + (19,) * 6, "11": (24,) * 5 + (23,) * 5 + (21,)}


def random_hashes(count: int, seed: int) -> Hashes:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def at_distance(hashed: Hashes, bits: int, rng: np.random.Generator) -> Hashes:
    mask = np.zeros(256, np.uint8)
    mask[rng.permutation(256)[:bits]] = 1
    moved: Hashes = hashed ^ np.packbits(mask)
    return moved


def around(centres: Hashes, count: int, most_bits: int, seed: int) -> Hashes:
    """Make ``uint8[count, 32]``, each at a distance of 0 to ``most_bits`` from one of the centres."""
    rng = np.random.default_rng(seed)
    near = [
        at_distance(centres[n % len(centres)], int(rng.integers(0, most_bits + 1)), rng) for n in range(count)
    ]
    return np.array(near, np.uint8).reshape(-1, 32)


def hard_list(seed: int) -> tuple[Hashes, Ids, Hashes]:
    """Make a list with near ones, far ones, one hash 600 times and blank ones, ids in no order, and queries for all of these."""
    centres = np.concatenate(
        (random_hashes(12, seed), np.zeros((1, 32), np.uint8), np.full((1, 32), 255, np.uint8))
    )
    hashes = np.concatenate((
        around(centres, 700, 60, seed), np.repeat(centres[:1], 600, axis=0), around(centres[-2:], 400, 4, seed + 1),
        random_hashes(300, seed + 2),
    ))  # fmt: skip
    numbers = np.random.default_rng(seed).permutation(len(hashes)).astype(np.int64) * 7919 - 2**40
    return hashes, numbers, np.concatenate((centres, random_hashes(6, seed + 3)))


def assert_same(index: HammingIndex, reference: ReferenceIndex, queries: Hashes, radius_bits: int) -> None:
    """See that both answer alike, bit for bit."""
    got = index.search(queries, radius_bits)
    offsets, numbers, distances = reference.search(queries, radius_bits)
    assert got.offsets.tolist() == offsets.tolist()
    assert got.ids.tolist() == numbers.tolist()
    assert got.distances.tolist() == distances.tolist()
    assert [str(part.dtype) for part in (got.offsets, got.ids, got.distances)] == ["int64", "int64", "uint16"]


@contextmanager
def tables_always() -> Iterator[None]:
    """Use tables however few hashes there are: a scan seems to cost more than anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "_ROW_COST", 1e12)
        layout.flips_for.cache_clear()
        yield
    layout.flips_for.cache_clear()

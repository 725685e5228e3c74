"""The Hamming search against Python's own integers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from wardline.errors import InputError
from wardline.kernels import hamming
from wardline.kernels.hamming import reference

Hashes = NDArray[np.uint8]


def random_hashes(count: int, seed: int) -> Hashes:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def at_distance(hashed: Hashes, bits: int, rng: np.random.Generator) -> Hashes:
    mask = np.zeros(256, np.uint8)
    mask[rng.permutation(256)[:bits]] = 1
    moved: Hashes = hashed ^ np.packbits(mask)
    return moved


def bits_between(first: Hashes, second: Hashes) -> int:
    return (int.from_bytes(first.tobytes(), "big") ^ int.from_bytes(second.tobytes(), "big")).bit_count()


def naive(haystack: Hashes, queries: Hashes, radius_bits: int) -> list[list[tuple[int, int]]]:
    """For each query every distance and row within the radius, nearest first, then by row."""
    distances = [[(bits_between(row, query), at) for at, row in enumerate(haystack)] for query in queries]
    return [sorted(pair for pair in of_query if pair[0] <= radius_bits) for of_query in distances]


def found(result: hamming.CsrResult) -> list[list[tuple[int, int]]]:
    offsets = result.offsets.tolist()
    pairs = list(zip(result.distances.tolist(), result.rows.tolist(), strict=True))
    return [pairs[start:stop] for start, stop in pairwise(offsets)]


@given(
    hashes=st.integers(0, 40),
    queries=st.integers(0, 6),
    radius_bits=st.sampled_from([0, 1, 31, 32, 127, 255, 256]),
    seed=st.integers(0, 2**32),
)
def test_it_finds_what_a_naive_search_finds(hashes: int, queries: int, radius_bits: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    wanted = random_hashes(queries, seed)
    planted = (
        [at_distance(wanted[rng.integers(queries)], int(rng.integers(0, 60)), rng) for _ in range(hashes)]
        if queries
        else []
    )
    haystack = np.stack([*planted, *random_hashes(3, seed + 1)])
    assert found(hamming.search(haystack, wanted, radius_bits)) == naive(haystack, wanted, radius_bits)


@pytest.mark.parametrize("radius_bits", [0, 1, 30, 31, 32, 255])
def test_a_distance_at_the_radius_is_found_and_one_over_it_is_not(radius_bits: int) -> None:
    rng = np.random.default_rng(radius_bits)
    query = random_hashes(1, seed=radius_bits)
    haystack = np.stack(
        [at_distance(query[0], radius_bits, rng), at_distance(query[0], radius_bits + 1, rng)]
    )
    assert found(hamming.search(haystack, query, radius_bits)) == [[(radius_bits, 0)]]


def test_opposite_hashes_are_256_bits_apart() -> None:
    zeros, ones = np.zeros(32, np.uint8), np.full(32, 255, np.uint8)
    assert hamming.distance(zeros, ones) == 256
    assert found(hamming.search(zeros[None], ones[None], 256)) == [[(256, 0)]]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_distance_is_the_number_of_differing_bits(first: bytes, second: bytes) -> None:
    a, b = np.frombuffer(first, np.uint8), np.frombuffer(second, np.uint8)
    assert hamming.distance(a, b) == hamming.distance(b, a) == bits_between(a, b)


def test_results_are_the_same_however_the_work_is_cut_into_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    queries = random_hashes(7, seed=5)
    haystack = np.stack([at_distance(queries[n % 7], n % 50, rng) for n in range(300)])
    expected = naive(haystack, queries, 31)
    for pairs in (1, 2, 13, 299, 300, 301, 2099, 2100, 2101, 1 << 18):
        monkeypatch.setattr(reference, "_BLOCK_PAIRS", pairs)
        assert found(hamming.search(haystack, queries, 31)) == expected


def test_counting_by_table_agrees_with_counting_by_instruction() -> None:
    words = np.concatenate((
        np.array([0, 1, 2**63, 2**64 - 1], np.uint64),
        np.random.default_rng(6).integers(0, 2**64, 1000, dtype=np.uint64),
    )).reshape(4, -1)  # fmt: skip
    expected = [[word.bit_count() for word in row] for row in words.tolist()]
    assert reference.popcount_by_table(words).tolist() == expected
    assert reference.popcount(words).tolist() == expected


def test_searching_by_table_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    queries = random_hashes(3, seed=7)
    haystack = np.stack([at_distance(queries[n % 3], n % 40, rng) for n in range(100)])
    monkeypatch.setattr(reference, "popcount", reference.popcount_by_table)
    assert found(hamming.search(haystack, queries, 31)) == naive(haystack, queries, 31)


def test_arrays_that_are_not_contiguous_are_searched_as_well() -> None:
    wide = np.random.default_rng(8).integers(0, 256, (40, 64), dtype=np.uint8)
    haystack, queries = wide[::2, ::2], wide[::4, ::2]
    assert found(hamming.search(haystack, queries, 31)) == naive(haystack, queries, 31)


def test_the_result_has_the_types_that_it_promises() -> None:
    for result in (
        hamming.search(random_hashes(5, seed=9), random_hashes(2, seed=9), 256),
        hamming.search(random_hashes(0, seed=9), random_hashes(0, seed=9), 31),
    ):
        types = [str(part.dtype) for part in (result.offsets, result.rows, result.distances)]
        assert types == ["int64", "int64", "uint16"]


@pytest.mark.parametrize("radius_bits", [-1, 257])
def test_a_radius_out_of_range_is_refused(radius_bits: int) -> None:
    with pytest.raises(InputError):
        hamming.search(random_hashes(1, seed=1), random_hashes(1, seed=1), radius_bits)


@pytest.mark.parametrize("shape", [(32,), (2, 31), (2, 33), (1, 2, 32)])
def test_arrays_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError):
        hamming.search(np.zeros(shape, np.uint8), random_hashes(1, seed=1), 31)
    with pytest.raises(InputError):
        hamming.search(random_hashes(1, seed=1), np.zeros(shape, np.uint8), 31)


def test_numbers_of_another_type_are_refused() -> None:
    signed: NDArray[Any] = np.zeros((1, 32), np.int8)
    with pytest.raises(InputError):
        hamming.search(signed, random_hashes(1, seed=1), 31)

"""The contract of ``ports.Index``, as tests. Subclass ``IndexContract`` and give it an index.

::

    class TestMyIndex(IndexContract):
        @pytest.fixture
        def index(self) -> ports.Index:
            return MyIndex()
"""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from wardline import ports
from wardline.errors import AlreadyExistsError, InputError

RADIUS_BITS = 31

Hashes = NDArray[np.uint8]
Ids = NDArray[np.int64]


def random_hashes(count: int, seed: int) -> Hashes:
    """Make ``uint8[count, 32]``; two of them lie some 128 bits apart."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def with_flipped_bits(hashed: Hashes, bits: int, seed: int = 0) -> Hashes:
    """Give ``uint8[32]`` at exactly this distance from another."""
    mask = np.zeros(256, np.uint8)
    mask[np.random.default_rng(seed).permutation(256)[:bits]] = 1
    flipped: Hashes = hashed ^ np.packbits(mask)
    return flipped


def ids(*numbers: int) -> Ids:
    """Make ``int64[n]``."""
    return np.array(numbers, np.int64)


def naive_search(hashes: Hashes, numbers: Ids, query: Hashes, radius_bits: int) -> set[tuple[int, int]]:
    """Say what a search must find, one hash at a time, with Python's own integers."""
    wanted = int.from_bytes(query.tobytes(), "big")
    distances = [(int.from_bytes(row.tobytes(), "big") ^ wanted).bit_count() for row in hashes]
    return {
        (int(n), distance) for n, distance in zip(numbers, distances, strict=True) if distance <= radius_bits
    }


class IndexContract:
    """What every index does."""

    @pytest.fixture
    def index(self) -> ports.Index:
        """Give an empty index. Override it."""
        raise NotImplementedError

    def test_an_empty_index_finds_nothing_for_each_query(self, index: ports.Index) -> None:
        assert index.search(random_hashes(3, seed=1), radius_bits=RADIUS_BITS) == [[], [], []]

    def test_no_queries_have_no_answers(self, index: ports.Index) -> None:
        index.add(random_hashes(2, seed=1), ids(1, 2))
        assert index.search(random_hashes(0, seed=1), radius_bits=RADIUS_BITS) == []

    def test_a_list_of_one_hash_is_found(self, index: ports.Index) -> None:
        hashes = random_hashes(1, seed=2)
        index.add(hashes, ids(7))
        assert index.search(hashes, radius_bits=RADIUS_BITS) == [[(7, 0)]]
        assert index.search(hashes, radius_bits=0) == [[(7, 0)]]

    @pytest.mark.parametrize("seed", range(8))
    def test_the_radius_is_inclusive_and_exact(self, index: ports.Index, seed: int) -> None:
        hashes = random_hashes(1, seed)
        index.add(hashes, ids(1))
        at_the_radius = with_flipped_bits(hashes[0], RADIUS_BITS, seed)
        beyond_it = with_flipped_bits(hashes[0], RADIUS_BITS + 1, seed)
        found = index.search(np.stack((at_the_radius, beyond_it)), radius_bits=RADIUS_BITS)
        assert found == [[(1, RADIUS_BITS)], []]

    @pytest.mark.parametrize("radius_bits", [0, 32, 39, 100, 256])
    def test_the_radius_may_be_any(self, index: ports.Index, radius_bits: int) -> None:
        centres = random_hashes(3, seed=radius_bits)
        hashes = np.stack([with_flipped_bits(centres[n % 3], n % 120, n) for n in range(240)])
        index.add(hashes, np.arange(240, dtype=np.int64))
        for query, found in zip(centres, index.search(centres, radius_bits=radius_bits), strict=True):
            assert set(found) == naive_search(hashes, np.arange(240, dtype=np.int64), query, radius_bits)
            assert [distance for _, distance in found] == sorted(distance for _, distance in found)

    def test_a_long_list_that_comes_in_parts_is_found_whole(self, index: ports.Index) -> None:
        hashes = random_hashes(20_000, seed=14)
        for start in range(0, 20_000, 4096):
            numbers = np.arange(start, min(start + 4096, 20_000), dtype=np.int64)
            index.add(hashes[start : start + 4096], numbers)
        some = np.arange(0, 20_000, 997)
        for _ in range(3):
            found = index.search(hashes[some], radius_bits=RADIUS_BITS)
            assert found == [[(number, 0)] for number in some.tolist()]
        index.remove(some.astype(np.int64))
        assert index.search(hashes[some], radius_bits=RADIUS_BITS) == [[]] * len(some)

    def test_every_distance_within_the_radius_is_found_nearest_first(self, index: ports.Index) -> None:
        query = random_hashes(1, seed=3)
        order = np.random.default_rng(3).permutation(RADIUS_BITS + 5)
        index.add(
            np.stack([with_flipped_bits(query[0], int(bits), int(bits)) for bits in order]), ids(*order)
        )
        [found] = index.search(query, radius_bits=RADIUS_BITS)
        assert found == [(bits, bits) for bits in range(RADIUS_BITS + 1)]

    def test_the_same_hash_under_several_ids_is_found_under_each(self, index: ports.Index) -> None:
        hashes = random_hashes(1, seed=4)
        index.add(np.repeat(hashes, 3, axis=0), ids(1, 2, 3))
        [found] = index.search(hashes, radius_bits=RADIUS_BITS)
        assert sorted(found) == [(1, 0), (2, 0), (3, 0)]

    def test_ids_may_be_any_whole_numbers(self, index: ports.Index) -> None:
        hashes = random_hashes(3, seed=5)
        index.add(hashes, ids(0, -5, 2**62))
        assert index.search(hashes, radius_bits=0) == [[(0, 0)], [(-5, 0)], [(2**62, 0)]]

    def test_an_id_that_is_there_is_refused_and_nothing_of_the_call_is_added(
        self, index: ports.Index
    ) -> None:
        hashes = random_hashes(3, seed=6)
        index.add(hashes[:1], ids(1))
        with pytest.raises(AlreadyExistsError):
            index.add(hashes[1:], ids(2, 1))
        with pytest.raises(AlreadyExistsError):
            index.add(hashes[1:], ids(3, 3))
        assert index.search(hashes, radius_bits=0) == [[(1, 0)], [], []]

    def test_what_was_removed_is_not_found_and_the_rest_is(self, index: ports.Index) -> None:
        hashes = random_hashes(50, seed=7)
        index.add(hashes, np.arange(50, dtype=np.int64))
        index.remove(np.arange(0, 50, 2, dtype=np.int64))
        found = index.search(hashes, radius_bits=RADIUS_BITS)
        assert found == [[(number, 0)] if number % 2 else [] for number in range(50)]

    def test_removing_unknown_ids_changes_nothing(self, index: ports.Index) -> None:
        index.remove(ids(1, 2))
        hashes = random_hashes(1, seed=8)
        index.add(hashes, ids(3))
        index.remove(ids(1, 2, 2))
        assert index.search(hashes, radius_bits=0) == [[(3, 0)]]

    def test_a_removed_id_can_be_added_again_with_another_hash(self, index: ports.Index) -> None:
        hashes = random_hashes(2, seed=9)
        index.add(hashes[:1], ids(1))
        index.remove(ids(1))
        index.add(hashes[1:], ids(1))
        assert index.search(hashes, radius_bits=RADIUS_BITS) == [[], [(1, 0)]]

    def test_an_index_that_was_emptied_takes_hashes_again(self, index: ports.Index) -> None:
        hashes = random_hashes(100, seed=10)
        index.add(hashes, np.arange(100, dtype=np.int64))
        index.remove(np.arange(100, dtype=np.int64))
        assert index.search(hashes[:1], radius_bits=RADIUS_BITS) == [[]]
        index.add(hashes[:1], ids(5))
        assert index.search(hashes[:1], radius_bits=RADIUS_BITS) == [[(5, 0)]]

    def test_arrays_of_another_form_are_refused(self, index: ports.Index) -> None:
        with pytest.raises(InputError):
            index.add(random_hashes(2, seed=11), ids(1))
        with pytest.raises(InputError):
            index.add(np.zeros((1, 16), np.uint8), ids(1))
        with pytest.raises(InputError):
            index.search(np.zeros((1, 16), np.uint8), radius_bits=RADIUS_BITS)
        with pytest.raises(InputError):
            index.search(random_hashes(1, seed=11), radius_bits=-1)

    @pytest.mark.parametrize("seed", range(4))
    def test_it_agrees_with_a_naive_search_through_additions_and_removals(
        self, index: ports.Index, seed: int
    ) -> None:
        rng = np.random.default_rng(seed)
        centres = random_hashes(6, seed)
        held: dict[int, Hashes] = {}
        for step in range(20):
            count = int(rng.integers(1, 40))
            near = [
                with_flipped_bits(
                    centres[rng.integers(6)], int(rng.integers(0, 40)), int(rng.integers(10**6))
                )
                for _ in range(count)
            ]
            new = np.arange(step * 100, step * 100 + count, dtype=np.int64)
            index.add(np.stack(near), new)
            held.update(zip(new.tolist(), near, strict=True))
            gone = rng.choice(sorted(held), size=min(len(held), int(rng.integers(0, 25))), replace=False)
            index.remove(gone.astype(np.int64))
            for number in gone.tolist():
                del held[number]
            if not held:
                continue
            for query, found in zip(centres, index.search(centres, radius_bits=RADIUS_BITS), strict=True):
                assert [distance for _, distance in found] == sorted(distance for _, distance in found)
                assert set(found) == naive_search(
                    np.stack(list(held.values())), ids(*held), query, RADIUS_BITS
                )
                assert len(set(found)) == len(found)

    def test_searches_while_others_add_and_remove_see_every_hash_that_stays(self, index: ports.Index) -> None:
        staying = random_hashes(200, seed=12)
        index.add(staying, np.arange(200, dtype=np.int64))
        passing = random_hashes(4000, seed=13)
        done = threading.Event()

        def change() -> None:
            for start in range(0, 4000, 100):
                numbers = np.arange(1000 + start, 1100 + start, dtype=np.int64)
                index.add(passing[start : start + 100], numbers)
                index.remove(numbers[: 50 + start % 50])
            done.set()

        expected = [[(number, 0)] for number in range(0, 200, 10)]
        seen: list[bool] = []

        def watch() -> None:
            while True:
                last = done.is_set()
                seen.append(index.search(staying[::10], radius_bits=RADIUS_BITS) == expected)
                if last:
                    return

        threads = [threading.Thread(target=work) for work in (change, watch, watch)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done.is_set()
        assert len(seen) >= 2
        assert all(seen)

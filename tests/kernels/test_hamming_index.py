"""The index against its plain twin, on lists that are easy and lists that are not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernels.hamming_lists import (
    CROSSING,
    NARROW,
    SCHEMES,
    Hashes,
    around,
    assert_same,
    at_distance,
    hard_list,
    random_hashes,
    tables_always,
)
from wardline import kernels
from wardline.errors import AlreadyExistsError, InputError
from wardline.kernels.hamming import HammingIndex, ReferenceIndex, fast, layout

RADII = [0, 1, 7, 31, 32, 39, 60, 128, 255, 256]
WIDTHS = [(), NARROW, CROSSING]


@pytest.fixture(params=["auto", "reference"])
def twin(request: pytest.FixtureRequest) -> Iterator[str]:
    kernels.select(request.param)
    yield request.param
    kernels.select("auto")


@pytest.fixture
def forced() -> Iterator[None]:
    with tables_always():
        yield


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(0, 60),
    queries=st.integers(0, 5),
    radius_bits=st.sampled_from(RADII),
    widths=st.sampled_from(WIDTHS),
    choice=st.sampled_from(["auto", "reference"]),
    seed=st.integers(0, 2**32),
)
def test_it_finds_what_the_plain_twin_finds(
    count: int, queries: int, radius_bits: int, widths: tuple[int, ...], choice: str, seed: int
) -> None:
    wanted = random_hashes(queries, seed)
    hashes = around(wanted, count, 70, seed) if queries else random_hashes(count, seed)
    # Any int64 is an id, the least and the greatest too.
    numbers = np.random.default_rng(seed).permutation(count).astype(np.int64) - count // 2
    numbers[:2] = [2**63 - 1, -(2**63)][: len(numbers[:2])]
    kernels.select(choice)
    try:
        with tables_always():
            index = HammingIndex.build(hashes, numbers, _widths=widths)
            assert_same(index, ReferenceIndex(hashes, numbers), wanted, radius_bits)
            assert len(index) == count
    finally:
        kernels.select("auto")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_finds_the_same_in_a_hard_list(scheme: str, forced: None) -> None:
    hashes, numbers, queries = hard_list(seed=1)
    index = HammingIndex.build(hashes, numbers, _widths=SCHEMES[scheme])
    reference = ReferenceIndex(hashes, numbers)
    for radius_bits in RADII:
        assert_same(index, reference, queries, radius_bits)
    for query in queries:
        assert_same(index, reference, query[None], 31)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_distance_at_the_radius_is_found_by_every_scheme_and_one_over_it_is_not(
    scheme: str, forced: None
) -> None:
    rng = np.random.default_rng(2)
    hashes = random_hashes(40, seed=2)
    index = HammingIndex.build(hashes, np.arange(40, dtype=np.int64), _widths=SCHEMES[scheme])
    for radius_bits in (0, 15, 31, 32, 39):
        assert layout.flips_for(SCHEMES[scheme], 40, radius_bits) is not None
        at = np.stack([at_distance(row, radius_bits, rng) for row in hashes])
        over = np.stack([at_distance(row, radius_bits + 1, rng) for row in hashes])
        assert index.search(at, radius_bits).pairs() == [[(row, radius_bits)] for row in range(40)]
        assert index.search(over, radius_bits).pairs() == [[]] * 40


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_flips_of_a_scheme_leave_no_near_hash_out(scheme: str) -> None:
    assert sum(SCHEMES[scheme]) == 256
    for count in (10_001, 10**6, 10**8):
        for radius_bits in range(48):
            flips = layout.flips_for(SCHEMES[scheme], count, radius_bits)
            assert flips is None or sum(flip + 1 for flip in flips) == radius_bits + 1


def test_the_schemes_are_the_ones_that_are_chosen() -> None:
    chosen = {layout.widths_for(count) for count in (1, 10_000, 10_001, 10**6, 10**7, 10**8)}
    assert chosen == {(), *SCHEMES.values()}


def test_lists_of_one_hash_and_of_none_are_searched(twin: str) -> None:
    one, nothing = random_hashes(1, seed=3), random_hashes(0, seed=3)
    index = HammingIndex.build(one, np.array([-7], np.int64))
    assert index.search(one).pairs() == [[(-7, 0)]]
    assert index.search(nothing).pairs() == []
    empty = HammingIndex.build(nothing, np.empty(0, np.int64))
    assert empty.search(one).pairs() == [[]]
    empty.add(one, np.array([5], np.int64))
    assert empty.search(one, 0).pairs() == [[(5, 0)]]


def test_a_list_of_nothing_but_one_hash_is_found_whole(forced: None) -> None:
    hashes = np.repeat(random_hashes(1, seed=4), 1000, axis=0)
    index = HammingIndex.build(hashes, np.arange(1000, dtype=np.int64), _widths=NARROW)
    assert index.search(hashes[:1], 0).pairs() == [[(number, 0) for number in range(1000)]]


@pytest.mark.parametrize("most", [0, 1, 50, 400])
def test_a_query_with_too_many_candidates_is_scanned_for(
    most: int, forced: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "most_candidates", lambda count: most)
    hashes, numbers, queries = hard_list(seed=5)
    index = HammingIndex.build(hashes, numbers, _widths=CROSSING)
    assert_same(index, ReferenceIndex(hashes, numbers), queries, 31)


def test_a_bucket_of_blank_pictures_does_not_hold_up_a_search() -> None:
    hashes = np.concatenate((np.zeros((9000, 32), np.uint8), random_hashes(3000, seed=6)))
    index = HammingIndex.build(hashes, np.arange(12_000, dtype=np.int64))
    assert layout.flips_for(SCHEMES["16x16"], 12_000, 31) is not None
    assert len(index.search(np.zeros((1, 32), np.uint8)).ids) == 9000
    assert index.search(hashes[-1:]).pairs() == [[(11_999, 0)]]


def test_plain_instructions_find_the_same(forced: None) -> None:
    library = fast.available()
    if library is None:
        pytest.skip("the compiled twin was not built")
    hashes, numbers, queries = hard_list(seed=7)
    reference = ReferenceIndex(hashes, numbers)
    indexes = [HammingIndex.build(hashes, numbers, _widths=widths) for widths in WIDTHS]
    library.wardline_hamming_plain(1)
    try:
        for index in indexes:
            for radius_bits in (0, 31, 100, 256):
                assert_same(index, reference, queries, radius_bits)
    finally:
        library.wardline_hamming_plain(0)


def test_many_queries_at_once_are_answered_as_one_by_one(forced: None) -> None:
    hashes, numbers, queries = hard_list(seed=8)
    index = HammingIndex.build(hashes, numbers, _widths=CROSSING)
    many = np.repeat(queries, 9, axis=0)
    assert index.search(many).pairs() == [index.search(query[None]).pairs()[0] for query in many]


# --- what is refused --------------------------------------------------------------------------------------------------------------------
def test_arrays_of_another_form_are_refused(twin: str) -> None:
    hashes, numbers = random_hashes(2, seed=9), np.arange(2, dtype=np.int64)
    index = HammingIndex.build(hashes, numbers)
    wrong: Any
    for wrong in (hashes[:1], hashes.astype(np.int8), hashes[:, :16], hashes.reshape(1, 2, 32)):
        with pytest.raises(InputError):
            HammingIndex.build(wrong, numbers)
        with pytest.raises(InputError):
            index.add(wrong, numbers + 5)
    for wrong in (hashes[0], hashes.astype(np.int8), hashes[:, :16]):
        with pytest.raises(InputError):
            index.search(wrong)
    wrong_ids: Any
    for wrong_ids in (numbers.astype(np.int32), numbers.reshape(2, 1)):
        with pytest.raises(InputError):
            index.add(hashes, wrong_ids)
        with pytest.raises(InputError):
            index.remove(wrong_ids)
    for radius_bits in (-1, 257):
        with pytest.raises(InputError):
            index.search(hashes, radius_bits)
    assert index.search(hashes).pairs() == [[(0, 0)], [(1, 0)]]


def test_an_id_that_is_there_is_refused_wherever_it_lies(twin: str) -> None:
    hashes = random_hashes(6, seed=10)
    with pytest.raises(AlreadyExistsError):
        HammingIndex.build(hashes[:2], np.array([3, 3], np.int64))
    index = HammingIndex.build(hashes[:2], np.array([10, 20], np.int64))
    index.add(hashes[2:3], np.array([30], np.int64))  # above all
    index.add(hashes[3:4], np.array([15], np.int64))  # out of order
    for taken in (10, 15, 20, 30):
        with pytest.raises(AlreadyExistsError):
            index.add(hashes[4:], np.array([99, taken], np.int64))
        with pytest.raises(AlreadyExistsError):
            index.add(hashes[4:], np.array([taken, 99], np.int64))
    with pytest.raises(AlreadyExistsError):
        index.add(hashes[4:], np.array([99, 99], np.int64))
    assert len(index) == 4
    assert index.out_of_order == 1
    index.add(hashes[4:], np.array([99, 98], np.int64))
    assert index.search(hashes, 0).pairs() == [[(number, 0)] for number in (10, 20, 30, 15, 99, 98)]


def test_arrays_that_are_not_contiguous_are_taken(twin: str) -> None:
    wide = np.random.default_rng(11).integers(0, 256, (40, 64), dtype=np.uint8)
    hashes, numbers = wide[::2, ::2], np.arange(40, dtype=np.int64)[::2]
    index = HammingIndex.build(hashes, numbers)
    index.add(wide[1::2, 1::2], numbers + 1)
    assert index.search(wide[::4, ::2], 0).pairs() == [[(number, 0)] for number in range(0, 40, 4)]


def test_arrays_of_the_caller_may_change_afterwards(twin: str) -> None:
    hashes, numbers = random_hashes(3, seed=12), np.arange(3, dtype=np.int64)
    index, kept = HammingIndex.build(hashes, numbers), hashes.copy()
    added, more = random_hashes(2, seed=13), np.array([8, 9], np.int64)
    index.add(added, more)
    kept = np.concatenate((kept, added))
    hashes[:], numbers[:], added[:], more[:] = 0, 0, 0, 0
    assert index.search(kept, 0).pairs() == [[(number, 0)] for number in (0, 1, 2, 8, 9)]


# --- threads ----------------------------------------------------------------------------------------------------------------------------
def test_searches_in_threads_see_what_stays_while_another_adds_removes_and_merges(forced: None) -> None:
    staying, passing = random_hashes(300, seed=14), random_hashes(3000, seed=15)
    index = HammingIndex.build(staying, np.arange(300, dtype=np.int64), _widths=CROSSING)
    expected = [[(number, 0)] for number in range(300)]
    done, wrong = threading.Event(), []

    def watch() -> None:
        while not done.is_set():
            if index.search(staying).pairs() != expected:
                wrong.append(1)

    threads = [threading.Thread(target=watch) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(0, 3000, 50):
        numbers = np.arange(1000 + start, 1050 + start, dtype=np.int64)
        index.add(passing[start : start + 50], numbers)
        assert index.search(passing[start : start + 1]).pairs() == [[(1000 + start, 0)]]
        index.remove(numbers[:40])
        assert index.search(passing[start : start + 1]).pairs() == [[]]
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(index) == len(index.merged()) == 300 + 600


def add_to(index: HammingIndex, hashes: Hashes, *numbers: int) -> None:
    index.add(hashes, np.array(numbers, np.int64))


def test_an_addition_copies_nothing_that_is_large() -> None:
    index = HammingIndex.build(random_hashes(20_000, seed=16), np.arange(20_000, dtype=np.int64))
    rows, delta = index._rows, index._delta
    add_to(index, random_hashes(1, seed=17), 20_000)
    assert index._rows is rows
    assert index._delta.near is delta.near

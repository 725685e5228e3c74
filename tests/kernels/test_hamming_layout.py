"""What the compiled code writes is byte for byte what the plain one writes."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from tests.kernels.hamming_lists import hard_list, random_hashes
from wardline import kernels
from wardline.errors import ConfigurationError
from wardline.kernels import native
from wardline.kernels.hamming import fast, layout


@pytest.fixture
def library() -> ctypes.CDLL:
    found = fast.available()
    if found is None:
        pytest.skip("the compiled twin was not built")
    return found


def test_the_permutation_is_one_and_stays_as_it_is() -> None:
    # Files rest on it.
    order = layout.permutation().tolist()
    assert sorted(order) == list(range(256))
    assert order[:4] + order[-4:] == [219, 213, 56, 240, 48, 64, 18, 214]


def test_permuting_keeps_distances() -> None:
    hashes = random_hashes(20, seed=1)
    words = np.hstack(layout.permuted(hashes))
    between = [[(int.from_bytes(a) ^ int.from_bytes(b)).bit_count() for a in hashes] for b in hashes]
    after = [
        [(int.from_bytes(a.tobytes()) ^ int.from_bytes(b.tobytes())).bit_count() for a in words]
        for b in words
    ]
    assert after == between


def test_both_twins_permute_alike(library: ctypes.CDLL) -> None:
    hashes, numbers, _ = hard_list(seed=2)
    order = np.argsort(numbers)
    for mine, plain in zip(fast.permuted(library, hashes), layout.permuted(hashes), strict=True):
        assert np.array_equal(mine, plain)
    for mine, plain in zip(
        fast.permuted(library, hashes, order), layout.permuted(hashes[order]), strict=True
    ):
        assert np.array_equal(mine, plain)


@pytest.mark.parametrize(
    ("first_bit", "width"), [(0, 12), (48, 16), (52, 20), (116, 20), (235, 21), (240, 16), (1, 1)]
)
def test_both_twins_build_the_same_table(library: ctypes.CDLL, first_bit: int, width: int) -> None:
    hashes, _, _ = hard_list(seed=3)
    for some in (hashes, hashes[:0], hashes[700:956]):
        near, far = layout.permuted(some)
        mine, plain = (
            fast.table(library, near, far, first_bit, width),
            layout.table(near, far, first_bit, width),
        )
        assert np.array_equal(mine.blocks, plain.blocks)
        assert np.array_equal(mine.rows, plain.rows)
        assert np.array_equal(mine.overflow, plain.overflow)


def test_a_bucket_overflows_when_it_has_more_than_255_rows() -> None:
    hashes = np.repeat(random_hashes(1, seed=4), 256, axis=0)
    assert len(layout.table(*layout.permuted(hashes[:255]), 0, 16).overflow) == 0
    assert layout.table(*layout.permuted(hashes), 0, 16).overflow[:, 1:].tolist() == [[255, 1]]


@pytest.mark.parametrize("words", [0, 1, 2047, 2048, 2049, 5000])
def test_both_twins_sum_alike(library: ctypes.CDLL, words: int) -> None:
    content = np.random.default_rng(words).integers(0, 2**64, words, dtype=np.uint64)
    assert fast.sums(library, content).tolist() == layout.sums(content).tolist()


def test_every_single_flipped_bit_changes_a_sum() -> None:
    content = np.random.default_rng(5).integers(0, 2**64, 40, dtype=np.uint64)
    right = layout.sums(content)
    for bit in range(64 * len(content)):
        content[bit // 64] ^= np.uint64(1 << bit % 64)
        assert layout.sums(content) != right
        content[bit // 64] ^= np.uint64(1 << bit % 64)


def test_the_compiled_twin_is_of_this_source(library: ctypes.CDLL) -> None:
    import hashlib
    from importlib.resources import files

    source = files("wardline.kernels.hamming").joinpath("fast.c").read_bytes()
    assert library.wardline_source().decode() == hashlib.sha256(source).hexdigest(), (
        "run `python hatch_build.py`"
    )


def test_the_reference_serves_when_it_is_chosen() -> None:
    kernels.select("reference")
    try:
        assert fast.available() is None
    finally:
        kernels.select("auto")


def test_a_twin_that_is_asked_for_and_was_not_built_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "built", lambda room: None)
    assert fast.available() is None
    kernels.select("fast")
    try:
        with pytest.raises(ConfigurationError):
            fast.available()
    finally:
        kernels.select("auto")

"""PDQ against the package ``pdqhash``, and the twins against each other: hash and quality, bit for bit."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.kernels.drawing import KINDS, Pixels, draw
from wardline import kernels
from wardline.errors import InputError
from wardline.kernels import native, pdq
from wardline.kernels.pdq import fast, reference

Found = tuple[bytes, int]

ODD_SIZES = [
    (1, 1), (1, 700), (700, 1), (4, 4), (4, 900), (5, 4), (5, 5), (5, 900), (900, 5), (7, 63), (15, 16), (17, 33), (63, 64), (64, 63),
    (64, 64), (65, 64), (127, 129), (128, 128), (129, 128), (255, 257), (256, 256), (384, 385), (641, 639), (700, 700),
]  # fmt: skip
PICTURES = st.tuples(
    st.sampled_from(sorted(KINDS)), st.integers(1, 700), st.integers(1, 700), st.integers(0, 2**32)
)


def by_pdqhash(pixels: Pixels) -> Found:
    bits, quality = pdqhash.compute(pixels)
    return np.packbits(np.asarray(bits, np.uint8)).tobytes(), quality


def library() -> ctypes.CDLL:
    found = native.built("pdq")
    if found is None:
        pytest.skip("not built: no C compiler was there")
    return found


def everyone(pixels: Pixels) -> list[Found]:
    """By the compiled twin, with the machine's best instructions and with plain ones."""
    return [fast.run_exact(library(), pixels, plain=plain) for plain in (0, 1)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", ODD_SIZES)
def test_odd_sizes_have_the_hash_and_quality_of_pdqhash(kind: str, size: tuple[int, int]) -> None:
    pixels = draw(kind, *size, seed=size[0])
    expected = by_pdqhash(pixels)
    assert reference.exact(pixels) == expected
    assert everyone(pixels) == [expected] * 2


@given(PICTURES)
@settings(max_examples=60, deadline=None)
def test_the_reference_computes_what_pdqhash_computes(picture: tuple[str, int, int, int]) -> None:
    pixels = draw(*picture)
    assert reference.exact(pixels) == by_pdqhash(pixels)


@given(PICTURES)
@settings(max_examples=200, deadline=None)
def test_the_compiled_twin_computes_what_pdqhash_computes(picture: tuple[str, int, int, int]) -> None:
    pixels = draw(*picture)
    assert everyone(pixels) == [by_pdqhash(pixels)] * 2


@pytest.mark.parametrize("size", [(3000, 40), (40, 3000), (1500, 1100)])
def test_pictures_of_several_blocks_and_bands_have_the_hash_of_pdqhash(size: tuple[int, int]) -> None:
    pixels = draw("clouds", *size, seed=1) // 2 + draw("noise", *size, seed=2) // 2
    expected = by_pdqhash(pixels)
    assert reference.exact(pixels) == expected
    assert everyone(pixels) == [expected] * 2


def test_sums_do_not_depend_on_the_blocks_they_are_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = draw("noise", 301, 410, seed=3)
    expected = by_pdqhash(pixels)
    for block_pixels in (1, 301 * 3, 301 * 64, 301 * 410):
        monkeypatch.setattr(reference, "_BLOCK_PIXELS", block_pixels)
        assert reference.exact(pixels) == expected


def test_a_thousandth_of_a_whole_number_is_every_luma_there_is() -> None:
    """What ``fast.c`` relies on, for each of the 16 million colours."""
    channel = np.arange(256)
    for red in range(256):
        upstream = ((red * 0.299 + channel[:, None] * 0.587) + channel * 0.114).astype(np.float32)
        whole = (299 * red + 587 * channel[:, None] + 114 * channel).astype(np.float32)
        assert np.array_equal(upstream, whole / np.float32(1000))


def test_pixels_that_are_not_contiguous_are_hashed_as_well() -> None:
    wide = draw("shapes", 400, 300, seed=4)
    for view in (wide[::2, ::-1], wide[10:-10, 5:-5], wide[:, :, ::-1], wide.transpose(1, 0, 2)):
        assert pdq.exact(view) == by_pdqhash(np.ascontiguousarray(view))


@pytest.mark.parametrize("choice", ["auto", "reference"])
def test_what_are_no_rgb_pixels_is_refused(choice: str) -> None:
    signed: NDArray[Any] = np.zeros((8, 8, 3), np.int8)
    kernels.select(choice)
    try:
        for wrong in (
            np.zeros((8, 8), np.uint8),
            np.zeros((8, 8, 4), np.uint8),
            np.zeros((0, 8, 3), np.uint8),
        ):
            with pytest.raises(InputError):
                pdq.exact(wrong)
        with pytest.raises(InputError):
            pdq.exact(signed)
    finally:
        kernels.select("auto")


def test_the_choice_of_the_reference_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = draw("clouds", 200, 200, seed=5)
    monkeypatch.setattr(reference, "exact", lambda _: (b"asked", 1))
    kernels.select("reference")
    try:
        assert pdq.exact(pixels) == (b"asked", 1)
    finally:
        kernels.select("auto")
    if native.built("pdq") is not None:
        assert pdq.exact(pixels) == by_pdqhash(pixels)

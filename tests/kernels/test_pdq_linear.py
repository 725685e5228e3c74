"""The linear form of PDQ: the twins agree exactly, and on pictures it stays near the exact hash."""

from __future__ import annotations

import io
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.kernels.drawing import KINDS, Pixels, draw, jpeg
from tests.kernels.test_pdq import library
from wardline import matching
from wardline.errors import InputError
from wardline.kernels import jpeg as kernel
from wardline.kernels import pdq
from wardline.kernels.pdq import estimating, fast
from wardline.testing import pictures

PHOTOS = Path(__file__).parents[3] / "shared" / "data" / "pdq"
QUALITIES, SUBSAMPLINGS = (60, 75, 88, 95), ("4:4:4", "4:2:2", "4:2:0")
LEAST_QUALITY, MOST_DOUBT_BITS = 60, 8  # as the hasher has it


@given(
    st.sampled_from(sorted(KINDS)), st.integers(5, 1500), st.integers(5, 1500), st.sampled_from((1, 2, 4, 8)), st.integers(0, 2**32)
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_twins_agree_bit_for_bit(kind: str, width: int, height: int, factor: int, seed: int) -> None:
    luma = draw(kind, -(-width // factor), -(-height // factor), seed)[:, :, 1]
    expected = estimating.linear(luma, (width, height), factor)
    for plain in (0, 1):
        assert fast.run_linear(library(), luma, (width, height), factor, plain=plain) == expected


@pytest.mark.parametrize(
    ("size", "factor"),
    [
        ((128, 4000), None), ((129, 4000), 1), ((384, 384), 1), ((385, 4000), 2), ((640, 480), 2), ((1600, 1200), 4), ((1920, 897), 4),
        ((4000, 3000), 8), ((3000, 4000), 8), ((1921, 1921), 8), ((1920, 1920), 4), ((10_000, 10_000), 8),
    ],
)  # fmt: skip
def test_the_factor_leaves_two_decoded_pixels_to_a_window(size: tuple[int, int], factor: int | None) -> None:
    assert pdq.factor_for(size) == factor


def test_at_full_size_it_is_the_exact_hash_but_for_rounding() -> None:
    for seed, kind in product(range(4), ("clouds", "shapes", "noise")):
        grey = draw(kind, 300 + seed, 400, seed)[:, :, :1]
        exact, _ = pdq.exact(np.repeat(grey, 3, axis=2))
        near = pdq.linear(grey[:, :, 0], (300 + seed, 400), 1)
        assert distance(exact, near.digest) <= 2


def test_a_luma_of_another_size_than_the_pictures_is_refused() -> None:
    luma = np.zeros((60, 80), np.uint8)
    for size, factor in (((641, 480), 8), ((640, 481), 8), ((640, 480), 4), ((80, 60), 3), ((80, 60), 0)):
        with pytest.raises(InputError):
            pdq.linear(luma, size, factor)
    with pytest.raises(InputError):
        pdq.linear(np.zeros((60, 80, 1), np.uint8), (640, 480), 8)


@pytest.mark.parametrize("progressive", [False, True])
def test_drawn_pictures_decoded_small_have_a_near_hash(progressive: bool) -> None:
    distances = [
        away
        for seed, size in enumerate(((640, 480), (900, 1210), (1601, 1203)))
        for away in distances_of(
            np.asarray(pictures.scene(seed, size).convert("RGB")), progressive=progressive
        )
    ]
    assert_near(distances, least=24)


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the reference photographs of shared data are not here")
def test_photographs_decoded_small_have_a_near_hash() -> None:
    paths = sorted(path for path in PHOTOS.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    distances = []
    for path in paths:
        photo = Image.open(path).convert("RGB")
        photo.thumbnail((1300, 1300), Image.Resampling.BICUBIC)
        distances += distances_of(np.asarray(photo), progressive=False)
    assert_near(distances, least=100)


def distances_of(pixels: Pixels, *, progressive: bool) -> list[int]:
    """Encode in every way, and compare where the fast hash would be used."""
    size = pixels.shape[1], pixels.shape[0]
    factor = pdq.factor_for(size)
    found = []
    for quality, subsampling in product(QUALITIES, SUBSAMPLINGS):
        content = jpeg(pixels, quality=quality, subsampling=subsampling, progressive=progressive)
        exact, _ = pdq.exact(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))
        if factor is None:
            continue
        near = pdq.linear(drafted(content, factor), size, factor)
        if near.quality >= LEAST_QUALITY and near.doubt_bits <= MOST_DOUBT_BITS:
            found.append(distance(exact, near.digest))
    return found


def drafted(content: bytes, factor: int) -> Pixels:
    """Decode as the sandbox does: by the kernel what it knows, by Pillow the rest."""
    image = Image.open(io.BytesIO(content))
    quick = kernel.luma(content, image.size, factor)
    if quick is not None:
        return quick
    image.draft("L", (image.width // factor, image.height // factor))
    return np.asarray(image)


def assert_near(distances: list[int], *, least: int) -> None:
    assert len(distances) >= least
    assert max(distances) <= matching.FAST_ERROR_BITS
    assert sum(distances) / len(distances) < 1


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()

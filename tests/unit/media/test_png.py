"""The PNG writer against an independent reader."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from wardline.adapters.media import png


@pytest.mark.parametrize(("mode", "channels"), [("RGB", (3,)), ("L", ())])
@given(width=st.integers(1, 40), height=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_pillow_reads_back_every_pixel(
    mode: str, channels: tuple[int, ...], width: int, height: int, seed: int
) -> None:
    shape = (height, width, *channels)
    pixels: NDArray[np.uint8] = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    image = Image.open(io.BytesIO(png.encode(pixels)))
    assert image.mode == mode
    assert np.array_equal(np.asarray(image), pixels)


def test_pixels_that_are_a_window_of_a_larger_picture_are_written_too() -> None:
    pixels = np.arange(30 * 40 * 3, dtype=np.uint8).reshape(30, 40, 3)[5:20, 3:30]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png.encode(pixels)))), pixels)

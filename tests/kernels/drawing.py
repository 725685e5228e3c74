"""Pictures for the kernels, drawn from a seed: what a hash must tell apart, and what makes sums round."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def draw(kind: str, width: int, height: int, seed: int) -> Pixels:
    """Draw ``uint8[height, width, 3]``."""
    return KINDS[kind](width, height, np.random.default_rng(seed))


def jpeg(pixels: Pixels, **options: object) -> bytes:
    """Encode as JPEG."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", **options)
    return stream.getvalue()


def _flat(width: int, height: int, rng: np.random.Generator) -> Pixels:
    return np.broadcast_to(rng.integers(0, 256, 3, dtype=np.uint8), (height, width, 3)).copy()


def _noise(width: int, height: int, rng: np.random.Generator) -> Pixels:
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


def _black_and_white(width: int, height: int, rng: np.random.Generator) -> Pixels:
    return np.repeat(rng.integers(0, 2, (height, width, 1), dtype=np.uint8) * 255, 3, axis=2)


def _gradient(width: int, height: int, rng: np.random.Generator) -> Pixels:
    down, across = np.mgrid[0:height, 0:width]
    steps = rng.integers(1, 7, (3, 2))
    return np.stack([(a * down + b * across) // 2 % 256 for a, b in steps], axis=2).astype(np.uint8)


def _shapes(width: int, height: int, rng: np.random.Generator) -> Pixels:
    pixels = _flat(width, height, rng)
    for _ in range(12):
        left, right = sorted(rng.integers(0, width + 1, 2))
        top, bottom = sorted(rng.integers(0, height + 1, 2))
        pixels[top:bottom, left:right] = rng.integers(0, 256, 3)
    return pixels


def _clouds(width: int, height: int, rng: np.random.Generator) -> Pixels:
    grain = int(rng.integers(3, 14))
    small = rng.integers(0, 256, (grain, grain, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


KINDS = {
    "flat": _flat, "noise": _noise, "black and white": _black_and_white, "gradient": _gradient, "shapes": _shapes,
    "clouds": _clouds,
}  # fmt: skip

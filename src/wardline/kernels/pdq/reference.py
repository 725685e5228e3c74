"""The plain specification of PDQ at full resolution.

Every sum is made of 32-bit floats in the order of the original implementation, so that hash and quality are those of ``pdqhash.compute``.

Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019), section 6; the order of operations is
that of ThreatExchange, ``pdq/cpp/downscaling/downscaling.cpp`` and ``pdq/cpp/hashing/pdqhashing.cpp``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from wardline.errors import InputError

HASH_BYTES = 32
POINTS = 64
"""A picture is brought down to 64 x 64 points."""


_KEPT = 16  # of the cosine transform: frequencies 1 to 16 in each direction
LEAST_SIDE = 5  # smaller pictures have a hash of zeros
_BLOCK_PIXELS = 2**19

Floats = NDArray[np.float32]


def exact(pixels: NDArray[np.uint8]) -> tuple[bytes, int]:
    """Hash a picture from all of its pixels.

    Args:
        pixels: ``uint8[height, width, 3]``, RGB.

    Returns:
        32 bytes, and the quality: 0 (a flat picture) to 100.

    Raises:
        InputError: The array has another type or shape, or no pixels.
    """
    require_pixels(pixels)
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        return bytes(HASH_BYTES), 0
    if (height, width) == (POINTS, POINTS):
        points = _luma(pixels)
    else:
        points = _filtered(pixels)
    digest, quality, _ = finish(points)
    return digest, quality


def require_pixels(pixels: NDArray[np.uint8]) -> None:
    """Raise ``InputError`` for anything but RGB pixels."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise InputError(
            f"pixels: {pixels.dtype}{list(pixels.shape)}, expected uint8[height, width, 3], not empty"
        )


# --- both passes of the filter, as running sums ------------------------------------------------------------------------------------------
class _Box:
    """A box filter down the rows, fed block by block.

    A mean is of as many values as there are in its window, which is cut at both ends. The running sum first takes the next value in, then
    leaves the oldest out, and rounds at each.
    """

    def __init__(self, window: int, columns: int) -> None:
        self._window, self._half = window, half_of(window)
        self._sum = np.zeros(columns, np.float32)
        self._last = np.zeros((window, columns), np.float32)
        self._seen = 0

    def push(self, rows: Floats) -> Floats:
        """Take the next rows and give the means that are complete now."""
        before, self._seen = self._seen, self._seen + len(rows)
        counts = np.minimum(np.arange(before + 1, self._seen + 1), self._window)
        return self._run(rows, counts)[max(0, self._half - 1 - before) :]

    def finish(self) -> Floats:
        """Give the means at the lower end, whose windows get shorter."""
        left = self._half - 1
        nothing = np.zeros((left, len(self._sum)), np.float32)
        return self._run(nothing, self._window - np.arange(1, left + 1))

    def _run(self, rows: Floats, counts: NDArray[np.int_]) -> Floats:
        history = np.concatenate((self._last, rows))
        steps = np.empty((2 * len(rows) + 1, rows.shape[1]), np.float32)
        steps[0], steps[1::2], steps[2::2] = self._sum, rows, -history[: len(rows)]
        sums: Floats = np.add.accumulate(steps, axis=0)[::2]
        self._sum, self._last = sums[-1].copy(), history[len(rows) :]
        means: Floats = sums[1:] / counts.astype(np.float32)[:, None]
        return means


def _filtered(pixels: NDArray[np.uint8]) -> Floats:
    """Bring a picture down to ``float32[64, 64]``: along the rows, down the columns, and both once more. A block of rows at a time."""
    height, width = pixels.shape[:2]
    rows, window, across = max(1, _BLOCK_PIXELS // width), window_of(height), places_of(width)
    lumas = (_luma(pixels[top : top + rows]) for top in range(0, height, rows))
    first = _down_columns((_along_rows(luma) for luma in lumas), _Box(window, width))
    second = _down_columns((_along_rows(means)[:, across] for means in first), _Box(window, POINTS))
    return _chosen(second, places_of(height))


def _down_columns(blocks: Iterable[Floats], box: _Box) -> Iterator[Floats]:
    for block in blocks:
        yield box.push(block)
    yield box.finish()


def _chosen(blocks: Iterator[Floats], places: NDArray[np.int64]) -> Floats:
    """Keep some of the rows, some of them more than once when there are few."""
    seen, kept = 0, []
    for block in blocks:
        kept.append(block[places[(places >= seen) & (places < seen + len(block))] - seen])
        seen += len(block)
    return np.concatenate(kept)


def _along_rows(rows: Floats) -> Floats:
    box = _Box(window_of(rows.shape[1]), len(rows))
    means = box.push(rows.T)
    return np.concatenate((means, box.finish())).T


def _luma(pixels: NDArray[np.uint8]) -> Floats:
    red, green, blue = (pixels[:, :, channel].astype(np.float64) for channel in range(3))
    luma: Floats = ((red * 0.299 + green * 0.587) + blue * 0.114).astype(np.float32)
    return luma


def window_of(length: int) -> int:
    """Give the width of the filter for a line of pixels: two windows, one after the other, span the pixels that come down to one point."""
    return -(-length // (2 * POINTS))


def half_of(window: int) -> int:
    """Say how much of a window lies from its middle on: 7 gives 4, 8 gives 5."""
    return (window + 2) // 2


def places_of(length: int) -> NDArray[np.int64]:
    """Say which pixels of a line are its points: the one in the middle of each 64th, ``int64[64]``."""
    return ((np.arange(POINTS) + 0.5) * length / POINTS).astype(np.int64)


# --- from 64 x 64 points to the hash -----------------------------------------------------------------------------------------------------
def finish(points: Floats, *, margin: float = 0.0) -> tuple[bytes, int, int]:
    """Give the hash of 64 x 64 points, its quality, and how many bits hang on less than the margin."""
    values = _transformed(points).reshape(-1)
    lower_middle = values.size // 2 - 1
    median = np.partition(values, lower_middle)[lower_middle]
    close = int((np.abs(values - median) < np.float32(margin)).sum())
    return np.packbits((values > median)[::-1]).tobytes(), _quality(points), close


def _quality(points: Floats) -> int:
    """Count the steps from point to point, in hundredths of the whole range each, cut off to whole numbers."""
    steps = 0
    for axis in (0, 1):
        change = -np.diff(points, axis=axis) * np.float32(100) / np.float32(255)
        steps += int(np.abs(np.trunc(change)).sum(dtype=np.float64))
    return min(100, steps // 90)


def _transformed(points: Floats) -> Floats:
    """Give the lowest frequencies of the cosine transform, but for the mean: ``float32[16, 16]``. Summed in order, one after the other."""
    half = np.zeros((_KEPT, POINTS), np.float32)
    for k in range(POINTS):
        half += _COSINES[:, k, None] * points[k]
    values = np.zeros((_KEPT, _KEPT), np.float32)
    for k in range(POINTS):
        values += half[:, k, None] * _COSINES[:, k]
    return values


_COSINES: Floats = np.array([
    [float(np.float32(math.sqrt(2 / POINTS))) * math.cos(math.pi / 2 / POINTS * (i + 1) * (2 * k + 1)) for k in range(POINTS)]
    for i in range(_KEPT)
], np.float64).astype(np.float32)  # fmt: skip

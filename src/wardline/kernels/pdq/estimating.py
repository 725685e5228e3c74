"""The plain specification of PDQ's linear form, for pictures that were decoded small: near the exact hash, and able to say how near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardline.errors import InputError
from wardline.kernels.pdq.reference import LEAST_SIDE, POINTS, Floats, finish, half_of, places_of, window_of

_FACTORS = (8, 4, 2, 1)
MARGIN = 0.15
"""Levels of grey in a frequency: what decoding luma without colours, which are cut off at black and white, may change. Measured."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A hash from less than all pixels."""

    digest: bytes
    """32 bytes."""
    quality: int
    """0 to 100."""
    doubt_bits: int
    """How many bits may differ from the exact hash, by its own judgement: the more of those that change when the picture is taken as decoded
    at half the size, and of those that hang on less than ``MARGIN``. High for noise and for hardly any picture; 2 on average for photographs."""


def linear(luma: NDArray[np.uint8], size: tuple[int, int], factor: int) -> Estimate:
    """Hash a picture from its luma, decoded at a fraction of its size.

    Both passes of the filter and the choice of points are linear, so they can be one matrix for the rows and one for the columns; made for
    the whole picture and added up over the squares of ``factor`` x ``factor`` pixels that were decoded to one, these keep the places of the
    points right. The result is near the exact one and not equal to it.

    Args:
        luma: ``uint8[ceil(height / factor), ceil(width / factor)]``.
        size: Width and height of the whole picture, pixels.
        factor: 1, 2, 4 or 8; see ``factor_for``.

    Raises:
        InputError: The array has another type or shape than that.
    """
    require_luma(luma, size, factor)
    width, height = size
    down, across = _mixture(height, factor), _mixture(width, factor)
    coarse, _, _ = finish(_mixed(luma, _blurred(down), _blurred(across)))
    digest, quality, close = finish(_mixed(luma, down, across), margin=MARGIN)
    differing = (int.from_bytes(digest, "big") ^ int.from_bytes(coarse, "big")).bit_count()
    return Estimate(digest, quality, max(differing, close))


def factor_for(size: tuple[int, int]) -> int | None:
    """Say at which fraction of its size a picture of this width and height may be decoded for the linear form.

    The windows of the filter must span at least two decoded pixels: with one, hashes were up to 30 bits from the exact ones.

    Returns:
        8, 4, 2 or 1; None when the picture is too small, which ``exact`` hashes quickly.
    """
    window = window_of(min(size))
    return next((factor for factor in _FACTORS if window >= 2 * factor), None)


def require_luma(luma: NDArray[np.uint8], size: tuple[int, int], factor: int) -> None:
    """Raise ``InputError`` for anything but the luma of a picture of this size, decoded at this fraction of it."""
    expected = [-(-side // factor) for side in reversed(size)] if factor in _FACTORS else None
    if luma.dtype != np.uint8 or list(luma.shape) != expected or min(size) < LEAST_SIDE:
        raise InputError(
            f"luma: {luma.dtype}{list(luma.shape)}, expected uint8 of {size[0]} x {size[1]} pixels at 1 : {factor}"
        )


# --- the same as matrices ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Mixture:
    """How much the decoded pixels of a line count in each of the 64 points."""

    places: NDArray[np.int64]
    """``int64[64, most]``, in order; the first and ``most`` are even, and places past the line are its last."""
    weights: Floats
    """``float32[64, most]``; 0 for places that do not count."""
    length: int


def _mixture(length: int, factor: int) -> _Mixture:
    weights = _weights(length)
    decoded = -(-length // factor)
    folded = np.zeros((POINTS, decoded))
    for step in range(factor):
        column = weights[:, step::factor]
        folded[:, : column.shape[1]] += column
    counted = folded > 0
    first = counted.argmax(axis=1) // 2 * 2
    most = int((decoded - counted[:, ::-1].argmax(axis=1) - first).max() + 1) // 2 * 2
    places = first[:, None] + np.arange(most)
    folded = np.pad(folded, ((0, 0), (0, most)))
    return _Mixture(
        np.minimum(places, decoded - 1),
        np.take_along_axis(folded, places, axis=1).astype(np.float32),
        decoded,
    )


def _weights(length: int) -> NDArray[np.float64]:
    """Say how much each pixel of a line counts in each point after both passes: ``float64[64, length]``."""
    window, last = window_of(length), length - 1
    right = half_of(window) - 1
    left = window - 1 - right
    start, end = np.maximum(places_of(length) - left, 0), np.minimum(places_of(length) + right, last)
    changes = np.zeros((POINTS, length + 1))
    for step in range(window):
        points = np.flatnonzero(start + step <= end)  # the second pass takes the means around these pixels
        middle = (start + step)[points]
        begin, finish = np.maximum(middle - left, 0), np.minimum(middle + right, last)
        weight = 1.0 / ((end - start + 1.0)[points] * (finish - begin + 1.0))
        changes[points, begin] += weight
        changes[points, finish + 1] -= weight
    weights = np.cumsum(changes, axis=1)[:, :length]
    places = np.arange(length)
    counts = (places >= np.maximum(start - left, 0)[:, None]) & (
        places <= np.minimum(end + right, last)[:, None]
    )
    return np.where(counts, weights, 0.0)


def _blurred(mixture: _Mixture) -> _Mixture:
    """Take each pixel and its neighbour for one. The last of an odd line has none."""
    most, last = mixture.weights.shape[1], mixture.length - 1
    pairs = (mixture.weights[:, 0::2] + mixture.weights[:, 1::2]) * np.float32(0.5)
    places = mixture.places[:, :1] + np.arange(most)
    alone = (places == last) & (places % 2 == 0)
    weights = np.where(alone, mixture.weights, np.where(places <= last, np.repeat(pairs, 2, axis=1), 0))
    return _Mixture(mixture.places, weights.astype(np.float32), mixture.length)


def _mixed(luma: NDArray[np.uint8], down: _Mixture, across: _Mixture) -> Floats:
    lines = np.zeros((POINTS, luma.shape[1]), np.float32)
    for step in range(down.places.shape[1]):
        lines += down.weights[:, step, None] * luma[down.places[:, step]].astype(np.float32)
    points = np.zeros((POINTS, POINTS), np.float32)
    for step in range(across.places.shape[1]):
        points += across.weights[None, :, step] * lines[:, across.places[:, step]]
    return points

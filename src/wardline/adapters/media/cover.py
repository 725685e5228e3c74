"""The stand-in that is shown before a reveal: a few grey points, blurred into each other.

The sandbox sends the points and nothing else, so that a decoder that a hostile picture has taken over cannot send more either. The parent
paints the cover from them; no sharper picture exists on its side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_COLUMNS = 32
MOST_ROWS = 20
LONGEST_SIDE = 480
"""Pixels of a painted cover."""
_BLUR_POINTS = 1.2  # standard deviation of the Gaussian


def limits(longest_side: int) -> tuple[int, int]:
    """Give how many columns and rows of points a cover of this size may have."""
    return min(MOST_COLUMNS, longest_side), min(MOST_ROWS, longest_side)


def grid(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """Give the columns and rows for a picture: as many as the limits allow in its shape, never more than it has pixels.

    A picture that is too thin for its shape to be kept gets one column, or one row.
    """
    most_columns, most_rows = limits(longest_side)
    scale = min(most_columns / width, most_rows / height, 1.0)
    return max(1, round(width * scale)), max(1, round(height * scale))


def paint(points: NDArray[np.uint8], longest_side: int) -> NDArray[np.uint8]:
    """Blur the points and scale them up, both in one: each pixel is the mean of all points, weighted by a Gaussian of their distance.

    Args:
        points: ``uint8[rows, columns]``, grey.
        longest_side: Pixels; a cover's longest side is this or 480, whichever is less.

    Returns:
        ``uint8[height, width]``, in the shape of the points and within their range of greys.
    """
    rows, columns = points.shape
    scale = min(LONGEST_SIDE, longest_side) / max(rows, columns)
    down = _weights(rows, max(1, round(rows * scale)))
    across = _weights(columns, max(1, round(columns * scale)))
    return np.rint(down @ points.astype(np.float64) @ across.T).astype(np.uint8)


def _weights(points: int, pixels: int) -> NDArray[np.float64]:
    """Give ``float64[pixels, points]``, how much each point counts in each pixel of a line; each row adds up to 1."""
    places = (np.arange(pixels) + 0.5) * (points / pixels) - 0.5
    distances = places[:, np.newaxis] - np.arange(points)
    weights: NDArray[np.float64] = np.exp(-0.5 * (distances / _BLUR_POINTS) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights

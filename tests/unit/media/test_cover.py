"""The cover's painter: from few points to a soft picture, and nothing that was not in them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from wardline.adapters.media import cover

_points = arrays.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 32)))
_sides = st.integers(1, 16_384)


@given(_sides, _sides, _sides)
def test_a_grid_has_at_most_640_points_and_never_more_than_the_picture(
    width: int, height: int, longest_side: int
) -> None:
    columns, rows = cover.grid(width, height, longest_side)
    assert 1 <= columns <= min(32, width, longest_side)
    assert 1 <= rows <= min(20, height, longest_side)


@given(st.integers(32, 4000), st.integers(32, 4000))
def test_a_grid_has_the_shape_of_its_picture(width: int, height: int) -> None:
    columns, rows = cover.grid(width, height, 480)
    assert abs(columns - rows * width / height) <= max(1.0, width / height)


@given(_points, st.integers(1, 2000))
def test_a_cover_is_as_large_as_asked_for_up_to_480_pixels(
    points: NDArray[np.uint8], longest_side: int
) -> None:
    assert max(cover.paint(points, longest_side).shape) == min(480, longest_side)


@given(_points, st.integers(1, 480))
def test_a_cover_is_never_lighter_or_darker_than_its_points(
    points: NDArray[np.uint8], longest_side: int
) -> None:
    painted = cover.paint(points, longest_side)
    assert points.min() <= painted.min()
    assert painted.max() <= points.max()


@given(_points, st.integers(32, 480))
def test_a_mirrored_grid_gives_a_mirrored_cover(points: NDArray[np.uint8], longest_side: int) -> None:
    there = cover.paint(points, longest_side).astype(int)
    back = cover.paint(points[::-1, ::-1], longest_side)[::-1, ::-1].astype(int)
    assert np.abs(there - back).max() <= 1  # a half may be rounded either way


def test_a_single_light_point_becomes_a_soft_spot_of_the_stated_width() -> None:
    points = np.zeros((19, 19), np.uint8)
    points[9, 9] = 255
    line = cover.paint(points, 475)[237].astype(float)
    places = (np.arange(475) - 237) / 25
    assert abs(np.sqrt((line * places**2).sum() / line.sum()) - 1.2) < 0.1
    assert 20 < line.max() < 40

from __future__ import annotations

import io
import warnings

import pytest
from PIL import Image, UnidentifiedImageError

from wardline.testing import pictures
from wardline.testing.pictures import Damage, damaged


def _open(kind: Damage) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(io.BytesIO(damaged(kind).content))


def test_a_truncated_picture_begins_well_and_cannot_be_decoded() -> None:
    with _open(Damage.TRUNCATED) as picture, pytest.raises(OSError, match="truncated"):
        picture.load()


def test_an_empty_file_and_text_are_no_pictures() -> None:
    assert damaged(Damage.EMPTY).content == b""
    for kind in (Damage.EMPTY, Damage.LYING):
        with pytest.raises(UnidentifiedImageError):
            _open(kind)
    assert damaged(Damage.LYING).file_name.endswith(".png")


def test_a_bomb_is_a_small_file_of_900_million_pixels() -> None:
    assert len(damaged(Damage.BOMB).content) < 200_000
    with pytest.raises(Image.DecompressionBombError):
        _open(Damage.BOMB)


def test_a_picture_of_too_many_pixels_is_whole() -> None:
    with _open(Damage.TOO_MANY_PIXELS) as picture:
        assert picture.width * picture.height > 100_000_000
        picture.load()
        assert picture.getextrema() == (0, 0)


def test_a_long_animation_has_1001_frames_that_can_all_be_decoded() -> None:
    with _open(Damage.MANY_FRAMES) as picture:
        assert getattr(picture, "n_frames", 1) == 1001
        picture.seek(1000)
        picture.load()


def test_the_same_kind_gives_the_same_file_and_its_word_is_enough() -> None:
    for kind in Damage:
        assert pictures.damaged(kind.value) == damaged(kind)
    with pytest.raises(ValueError, match="unheard"):
        damaged("unheard")

from __future__ import annotations

import io
import itertools
from functools import cache

import numpy as np
import pdqhash
import pytest
from numpy.typing import NDArray
from PIL import Image

from wardline.testing import pictures

SCENES = 330
RADIUS_BITS = 31


@cache
def _hashed(seed: int) -> tuple[NDArray[np.uint8], int]:
    bits, quality = pdqhash.compute(np.asarray(pictures.scene(seed)))
    return bits, quality


def _bits_of(content: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(content)) as picture:
        bits, _ = pdqhash.compute(np.asarray(picture.convert("RGB")))
    return np.asarray(bits, np.uint8)


def _distance(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> int:
    return int((first != second).sum())


@pytest.mark.long
def test_any_two_scenes_differ_by_more_than_45_bits_and_can_be_hashed_well() -> None:
    hashes = np.stack([_hashed(seed)[0] for seed in range(SCENES)]).astype(np.int16)
    assert min(_hashed(seed)[1] for seed in range(SCENES)) >= 60
    nearest = min(int((hashes[seed] != hashes[seed + 1 :]).sum(axis=1).min()) for seed in range(SCENES - 1))
    assert nearest > 45


def test_the_same_seed_gives_the_same_picture() -> None:
    for seed in range(20):
        assert pictures.scene(seed, (200, 150)).tobytes() == pictures.scene(seed, (200, 150)).tobytes()


def test_scenes_are_of_many_kinds() -> None:
    assert len({pictures.scene_kind(seed) for seed in range(60)}) >= 12


@pytest.mark.parametrize("size", [(16, 16), (640, 480), (480, 640), (1000, 100), (33, 257)])
def test_every_kind_of_scene_can_be_drawn_in_any_size(size: tuple[int, int]) -> None:
    for seed in range(15):
        picture = pictures.scene(seed, size)
        assert picture.size == size
        assert picture.mode == "RGB"


def test_a_seed_or_size_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        pictures.scene(-1)
    with pytest.raises(ValueError, match="at least 16"):
        pictures.scene(1, (15, 100))


def test_copies_come_in_every_kind_and_formats_vary() -> None:
    made = [list(pictures.copies(pictures.scene(seed, (160, 120)), seed)) for seed in range(25)]
    assert all([copy.kind for copy in one] == list(pictures.CopyKind) for one in made)
    assert {copy.format for one in made for copy in one} == {"jpeg", "png", "webp", "gif", "tiff", "bmp"}


def test_copies_but_crops_stay_within_31_bits_and_most_slight_crops_do() -> None:
    crops: list[int] = []
    for seed in range(30):
        for copy in pictures.copies(pictures.scene(seed), seed):
            distance = _distance(_hashed(seed)[0], _bits_of(copy.content))
            if copy.kind is pictures.CopyKind.CROPPED:
                crops.append(distance)
            else:
                assert distance <= RADIUS_BITS, (seed, copy.kind)
    assert sum(distance <= RADIUS_BITS for distance in crops) >= len(crops) / 2


def test_copies_are_made_one_by_one() -> None:
    (first,) = itertools.islice(pictures.copies(pictures.scene(3), 3), 1)
    assert first.kind is pictures.CopyKind.RESIZED


@pytest.mark.parametrize("written", pictures.FORMATS)
def test_a_picture_can_be_written_in_every_format_without_metadata(written: str) -> None:
    content = pictures.encode(pictures.scene(1, (160, 120)), written, 80)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format is not None
        assert picture.format.lower() == written
        assert picture.size == (160, 120)
        assert written == "tiff" or not picture.getexif()


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format"):
        pictures.encode(pictures.scene(1), "exe")


def test_a_lower_quality_makes_a_smaller_file() -> None:
    picture = pictures.scene(1)
    for lossy in ("jpeg", "webp", "avif"):
        assert len(pictures.encode(picture, lossy, 30)) < len(pictures.encode(picture, lossy, 90))

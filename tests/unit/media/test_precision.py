"""Fast and exact hashes through the sealed workers, and what a picture must be for having either."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from wardline import kernels, records
from wardline.adapters.media import Caps, SandboxMedia
from wardline.adapters.media.frame import LazyFrame
from wardline.adapters.media.reasons import RejectedError
from wardline.kernels import pdq
from wardline.records import HashKind, MediaFormat, Precision
from wardline.testing import pictures

_CAPS = Caps(seconds=60.0)
_FORMATS = frozenset({MediaFormat.JPEG, MediaFormat.PNG, MediaFormat.WEBP})
_SIZE = (960, 720)
_FAST_ERROR_BITS = 8


@pytest.fixture(scope="module")
def deaths() -> list[str]:
    return []


@pytest.fixture(scope="module")
def media(deaths: list[str]) -> Iterator[SandboxMedia]:
    sandbox = SandboxMedia(
        ("wardline.adapters.hashers:default",), caps=_CAPS, workers=1, on_worker_death=deaths.append
    )
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def digests_only() -> Iterator[SandboxMedia]:
    sandbox = SandboxMedia(("wardline.adapters.hashers:sha256",), caps=_CAPS, workers=1)
    yield sandbox
    sandbox.close()


def encoded(image: Image.Image, plugin: str = "JPEG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, plugin, **options)
    return stream.getvalue()


def scene(seed: int = 1) -> Image.Image:
    return pictures.scene(seed, _SIZE)


def pdq_of(media: SandboxMedia, content: bytes, precision: Precision) -> records.Hash:
    found = media.hash(content, precision=precision)
    assert isinstance(found, records.Examination), found
    (one,) = (each for each in found.hashes if each.kind is HashKind.PDQ)
    return one


def exactly(content: bytes) -> str:
    return pdq.exact(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))[0].hex()


def from_luma(content: bytes) -> str:
    image = Image.open(io.BytesIO(content))
    factor = pdq.factor_for(image.size)
    assert factor is not None
    size = image.size
    image.draft("L", (size[0] // factor, size[1] // factor))
    return pdq.linear(np.asarray(image), size, factor).digest.hex()


WAYS: dict[str, dict[str, Any]] = {
    "4:4:4": {"subsampling": 0}, "4:2:2": {"subsampling": 1}, "4:2:0": {"subsampling": 2}, "progressive": {"progressive": True},
    "quality 60": {"quality": 60}, "quality 95": {"quality": 95}, "restarts": {"restart_marker_rows": 1},
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_jpeg_is_hashed_from_its_luma_unless_exactness_is_asked_for(
    media: SandboxMedia, deaths: list[str], way: str
) -> None:
    content = encoded(scene(), **WAYS[way])
    fast = pdq_of(media, content, Precision.FAST)
    exact = pdq_of(media, content, Precision.EXACT)
    assert (fast.value, exact.value) == (from_luma(content), exactly(content))
    assert (int(fast.value, 16) ^ int(exact.value, 16)).bit_count() <= _FAST_ERROR_BITS
    assert media.hash(content) == media.hash(content, precision=Precision.EXACT)
    assert deaths == []


def test_a_grey_jpeg_and_one_of_two_pictures_are_hashed_from_their_luma(media: SandboxMedia) -> None:
    grey = encoded(scene(2).convert("L"))
    both = encoded(scene(2), "MPO", save_all=True, append_images=[scene(3)])
    for content in (grey, both):
        assert pdq_of(media, content, Precision.FAST).value == from_luma(content)
        assert pdq_of(media, content, Precision.EXACT).value == exactly(content)


def test_a_jpeg_whose_colours_are_stored_as_rgb_has_a_near_hash(media: SandboxMedia) -> None:
    content = encoded(scene(2), keep_rgb=True)
    fast = pdq_of(media, content, Precision.FAST)
    assert (int(fast.value, 16) ^ int(exactly(content), 16)).bit_count() <= _FAST_ERROR_BITS


@pytest.mark.parametrize(
    "content",
    [
        encoded(scene(4).convert("CMYK")),
        encoded(scene(4), "PNG"),
        encoded(scene(4), "WEBP"),
        encoded(scene(4).resize((128, 700))),
        encoded(Image.linear_gradient("L").resize((300, 300)).convert("RGB")),
        encoded(Image.fromarray(np.random.default_rng(4).integers(0, 256, (480, 640, 3), np.uint8))),
    ],
    ids=["CMYK", "PNG", "WebP", "small", "of low quality", "of noise"],
)
def test_what_cannot_be_hashed_well_from_its_luma_is_hashed_exactly_at_once(
    media: SandboxMedia, content: bytes
) -> None:
    assert pdq_of(media, content, Precision.FAST) == pdq_of(media, content, Precision.EXACT)
    assert pdq_of(media, content, Precision.FAST).value == exactly(content)


def _ruined() -> dict[str, bytes]:
    whole, progressive = encoded(scene(5)), encoded(scene(5), progressive=True)
    grey, inks = encoded(scene(5).convert("L")), encoded(scene(5).convert("CMYK"))
    png = encoded(scene(5), "PNG")
    ruined = {
        f"{name} cut at {part}": content[: int(len(content) * part)]
        for name, content in {"whole": whole, "progressive": progressive, "grey": grey, "four inks": inks, "PNG": png}.items()
        for part in (0.02, 0.5, 0.99)
    }  # fmt: skip
    head = whole.index(b"\xff\xda")
    return ruined | {
        "no data": whole[: head + 14],
        "no end": whole[: head + 200],
        "zeros": whole[:head] + bytes(5000),
    }


@pytest.mark.parametrize("name", _ruined())
def test_a_file_whose_pixels_cannot_be_decoded_has_no_hash_of_any_kind(
    media: SandboxMedia, digests_only: SandboxMedia, name: str
) -> None:
    content = _ruined()[name]
    expected = records.Unscannable(source="media", reason="truncated or damaged")
    for each in (media, digests_only):
        for precision in Precision:
            assert each.hash(content, precision=precision) == expected


def test_files_ruined_in_their_middle_are_judged_alike_at_both_precisions(media: SandboxMedia) -> None:
    rng = np.random.default_rng(6)
    for progressive in (False, True):
        whole = encoded(scene(6).resize((400, 300)), progressive=progressive)
        for _ in range(60):
            ruined = bytearray(whole)
            for place in rng.integers(len(whole) // 40, len(whole), 8):
                ruined[place] = rng.integers(256)
            found = [media.hash(bytes(ruined), precision=precision) for precision in Precision]
            assert len({_judged(each) for each in found}) == 1


def _judged(found: records.Examination | records.Unscannable) -> object:
    return found if isinstance(found, records.Unscannable) else found.picture


def test_the_choice_of_the_reference_reaches_the_workers() -> None:
    content = encoded(scene(7))
    kernels.select("reference")
    try:
        sandbox = SandboxMedia(("wardline.adapters.hashers:pdq",), caps=_CAPS, workers=1)
    finally:
        kernels.select("auto")
    try:
        assert pdq_of(sandbox, content, Precision.FAST).value == from_luma(content)
        assert pdq_of(sandbox, content, Precision.EXACT).value == exactly(content)
    finally:
        sandbox.close()


# --- the frame, outside the sandbox ------------------------------------------------------------------------------------------------------
def test_a_frame_decodes_once_for_all_who_ask() -> None:
    frame = LazyFrame(encoded(scene(8)), _CAPS, _FORMATS, Precision.FAST)
    assert frame.size == _SIZE
    assert frame.pixels() is frame.pixels()
    luma = frame.scaled_luma(4)
    assert luma is not None
    assert luma is frame.scaled_luma(4)
    assert luma.shape == (180, 240)


@pytest.mark.parametrize("size", [(961, 722), (967, 721), (8, 9), (8, 900)])
def test_a_luma_has_a_part_of_a_pixel_for_each_begun_square(size: tuple[int, int]) -> None:
    for factor in (1, 2, 4, 8):
        frame = LazyFrame(encoded(scene().resize(size)), _CAPS, _FORMATS, Precision.FAST)
        luma = frame.scaled_luma(factor)
        assert luma is not None
        assert luma.shape == (-(-size[1] // factor), -(-size[0] // factor))


def test_a_frame_for_exact_hashes_has_no_luma_and_nor_has_another_format_or_too_small_a_picture() -> None:
    assert LazyFrame(encoded(scene()), _CAPS, _FORMATS, Precision.EXACT).scaled_luma(4) is None
    assert LazyFrame(encoded(scene(), "PNG"), _CAPS, _FORMATS, Precision.FAST).scaled_luma(4) is None
    assert LazyFrame(encoded(scene().resize((7, 40))), _CAPS, _FORMATS, Precision.FAST).scaled_luma(8) is None


def test_a_frame_that_nobody_looked_at_is_decoded_all_the_same() -> None:
    for plugin in ("JPEG", "PNG", "WEBP"):
        content = encoded(scene(), plugin)
        for precision in Precision:
            LazyFrame(content, _CAPS, _FORMATS, precision).require_decodable()
            frame = LazyFrame(content[:-3000], _CAPS, _FORMATS, precision) if plugin != "WEBP" else None
            if frame is not None:
                with pytest.raises(RejectedError, match="truncated or damaged"):
                    frame.require_decodable()

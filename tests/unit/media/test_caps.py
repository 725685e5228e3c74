"""What the caps refuse, what they let through, and that both are told apart."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from wardline import records
from wardline.adapters.media import Caps, SandboxMedia
from wardline.errors import ConfigurationError
from wardline.records import Rendition
from wardline.testing import pictures
from wardline.testing.media_contract import animation, flat_frames

_HASHERS = ("wardline.adapters.hashers:default",)
_PATIENCE = 300.0


def _reason(found: object) -> str:
    assert isinstance(found, records.Unscannable), found
    assert found.source == "media"
    return found.reason


@pytest.mark.parametrize("media_format", pictures.FORMATS)
def test_a_picture_at_the_pixel_cap_passes_and_one_row_more_does_not(media_format: str) -> None:
    media = SandboxMedia(_HASHERS, caps=Caps(pixels=100 * 80, seconds=_PATIENCE), workers=1)
    try:
        at_cap, over = (pictures.encode(pictures.scene(1, (100, rows)), media_format) for rows in (80, 81))
        assert isinstance(media.hash(at_cap), records.Examination)
        assert isinstance(media.render(at_cap), bytes)
        assert [_reason(call(over)) for call in (media.probe, media.hash, media.render)] == [
            "too many pixels"
        ] * 3
        assert isinstance(media.render(at_cap, rendition=Rendition.COVER), bytes)
        assert _reason(media.render(over, rendition=Rendition.COVER)) == "too many pixels"
    finally:
        media.close()


@pytest.mark.parametrize("media_format", ["gif", "webp", "png", "tiff", "avif"])
def test_a_file_at_the_frame_cap_passes_and_one_frame_more_does_not(media_format: str) -> None:
    media = SandboxMedia(_HASHERS, caps=Caps(frames=3, seconds=_PATIENCE), workers=1)
    try:
        found = media.probe(flat_frames(media_format, (10, 90, 170)))
        assert isinstance(found, records.Picture)
        assert found.frames == 3
        assert _reason(media.hash(flat_frames(media_format, (10, 90, 170, 250)))) == "too many frames"
    finally:
        media.close()


def test_a_file_at_the_byte_cap_passes_and_one_byte_more_does_not() -> None:
    content = pictures.encode(pictures.scene(1, (60, 40)))
    media = SandboxMedia(_HASHERS, caps=Caps(bytes=len(content), seconds=_PATIENCE), workers=1)
    try:
        assert isinstance(media.hash(content), records.Examination)
        assert _reason(media.hash(content + b"\0")) == "too many bytes"
    finally:
        media.close()


def test_a_frame_larger_than_its_file_says_is_seen_through() -> None:
    small = animation(2)
    large = bytearray(small)
    second = small.rindex(b"\x2c\0\0\0\0\1\0\1\0")
    struct.pack_into("<HH", large, second + 5, 60_000, 60_000)
    media = SandboxMedia(_HASHERS, caps=Caps(seconds=_PATIENCE), workers=1)
    try:
        for form in Rendition:
            assert _reason(media.render(bytes(large), frame=1, rendition=form)) == "too many pixels"
    finally:
        media.close()


def test_a_hundred_million_pixels_are_hashed_and_shown_within_the_default_memory() -> None:
    content = _large(Image.linear_gradient("L").resize((10_000, 10_000)).convert("RGB"), "JPEG")
    media = SandboxMedia(_HASHERS, caps=Caps(seconds=_PATIENCE), workers=1)
    try:
        found = media.hash(content)
        assert isinstance(found, records.Examination)
        assert found.picture.width * found.picture.height == Caps().pixels
        for form in Rendition:
            assert isinstance(media.render(content, rendition=form), bytes)
    finally:
        media.close()


def test_the_largest_picture_that_is_hashed_at_full_resolution_fits_a_cap_of_its_size() -> None:
    content = _large(Image.linear_gradient("L").resize((4_000, 4_000)).convert("RGB"), "JPEG")
    media = SandboxMedia(_HASHERS, caps=Caps(pixels=16_000_000, seconds=_PATIENCE), workers=1)
    try:
        assert isinstance(media.hash(content), records.Examination)
    finally:
        media.close()


@pytest.mark.faults
@pytest.mark.parametrize(
    ("plugin", "mode", "side", "options"),
    [
        ("JPEG", "RGB", 10_000, {"progressive": True, "subsampling": 0}),
        ("JPEG", "CMYK", 10_000, {}),
        ("PNG", "RGB", 10_000, {"compress_level": 1}),
        ("PNG", "RGBA", 10_000, {"compress_level": 1}),
        ("PNG", "I;16", 10_000, {"compress_level": 1}),
        ("GIF", "L", 10_000, {}),
        ("TIFF", "RGB", 10_000, {"compression": "tiff_adobe_deflate"}),
        ("AVIF", "RGB", 10_000, {"speed": 10}),
        ("WEBP", "RGB", 8_600, {"method": 0}),
    ],
)
def test_the_largest_picture_of_each_format_fits_into_the_default_memory(
    plugin: str, mode: str, side: int, options: dict[str, object]
) -> None:
    content = _large(Image.linear_gradient("L").resize((side, side)).convert(mode), plugin, **options)
    media = SandboxMedia(_HASHERS, caps=Caps(seconds=_PATIENCE), workers=1)
    try:
        assert isinstance(media.hash(content), records.Examination)
        for form in Rendition:
            assert isinstance(media.render(content, rendition=form), bytes)
    finally:
        media.close()


def test_a_webp_too_large_for_its_decoder_is_too_much_memory_and_not_damaged() -> None:
    content = _large(Image.new("L", (2000, 2000)).convert("RGB"), "WEBP", method=0)
    media = SandboxMedia(
        _HASHERS, caps=Caps(seconds=_PATIENCE, bytes=10**6, memory_bytes=40_000_000), workers=1
    )
    try:
        assert _reason(media.hash(content)) == "too much memory"
    finally:
        media.close()


def _large(image: Image.Image, plugin: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, plugin, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    "wrong",
    [
        {"pixels": 0},
        {"frames": 0},
        {"bytes": 0},
        {"seconds": 0.0},
        {"seconds": float("nan")},
        {"memory_bytes": 99_999_999},
    ],
)
def test_caps_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match=f"media cap {next(iter(wrong))}"):
        Caps(**wrong)  # type: ignore[arg-type]  # wrong on purpose

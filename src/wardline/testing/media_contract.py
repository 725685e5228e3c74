"""The contract of the ``Media`` port, as a suite to subclass.

The module gives a ``media`` fixture with the default caps (100 million pixels, 1,000 frames, 50 MB) and the built-in hashers; it may be
shared between tests::

    @pytest.fixture(scope="module")
    def media() -> Iterator[ports.Media]: ...

    class TestMyMedia(MediaContract): ...
"""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import hashlib
import io
import struct
import threading
import zlib

import numpy as np
import pytest
from PIL import Image

from wardline import ports, records
from wardline.records import HashKind, MediaFormat
from wardline.testing import pictures

_SIGNATURE_BYTES = 8
_NEAR_BITS = 31


class MediaContract:
    """What every ``Media`` does."""

    @pytest.mark.parametrize("media_format", pictures.FORMATS)
    def test_a_picture_of_each_format_is_probed_hashed_and_rendered(
        self, media: ports.Media, media_format: str
    ) -> None:
        content = pictures.encode(pictures.scene(3, (320, 200)), media_format)
        picture = records.Picture(format=MediaFormat(media_format), width=320, height=200, frames=1)
        assert media.probe(content) == picture
        assert _examined(media, content).picture == picture
        assert _opened(media.render(content)).size == (320, 200)

    def test_cryptographic_hashes_are_of_the_bytes_as_uploaded(self, media: ports.Media) -> None:
        content = pictures.encode(pictures.scene(4, (64, 64)))
        values = {one.kind: one.value for one in _examined(media, content).hashes}
        assert values[HashKind.MD5] == hashlib.md5(content, usedforsecurity=False).hexdigest()
        assert values[HashKind.SHA1] == hashlib.sha1(content, usedforsecurity=False).hexdigest()
        assert values[HashKind.SHA256] == hashlib.sha256(content).hexdigest()

    @pytest.mark.parametrize("media_format", pictures.FORMATS)
    def test_the_same_scene_in_another_format_has_a_near_hash(
        self, media: ports.Media, media_format: str
    ) -> None:
        scene = pictures.scene(5, (512, 384))
        original, copy = (_pdq(media, pictures.encode(scene, name)) for name in ("png", media_format))
        assert (int(original, 16) ^ int(copy, 16)).bit_count() <= _NEAR_BITS

    def test_a_flat_picture_has_a_hash_of_low_quality_and_not_no_hash(self, media: ports.Media) -> None:
        content = pictures.encode(Image.new("RGB", (200, 200), "grey"), "png")
        found = [one for one in _examined(media, content).hashes if one.kind is HashKind.PDQ]
        assert [one.quality for one in found] == [0]

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            (pictures.Damage.EMPTY, "empty file"),
            (pictures.Damage.LYING, "unknown format"),
            (pictures.Damage.BOMB, "too many pixels"),
            (pictures.Damage.TOO_MANY_PIXELS, "too many pixels"),
            (pictures.Damage.MANY_FRAMES, "too many frames"),
        ],
    )
    def test_a_bad_file_is_unscannable_in_every_call(
        self, media: ports.Media, kind: str, reason: str
    ) -> None:
        content = pictures.damaged(kind).content
        expected = records.Unscannable(source="media", reason=reason)
        assert [media.probe(content), media.hash(content), media.render(content)] == [expected] * 3

    @pytest.mark.parametrize("media_format", pictures.FORMATS)
    def test_a_picture_cut_short_is_unscannable(self, media: ports.Media, media_format: str) -> None:
        whole = pictures.encode(pictures.scene(6, (320, 240)), media_format)
        expected = records.Unscannable(source="media", reason="truncated or damaged")
        for size in (len(whole) // 2, len(whole) * 9 // 10, 16):
            assert media.hash(whole[:size]) == expected
            assert media.render(whole[:size]) == expected

    def test_a_file_over_the_byte_cap_is_unscannable(self, media: ports.Media) -> None:
        content = pictures.encode(pictures.scene(7, (64, 64)), "png") + bytes(50_000_000)
        assert media.hash(content) == records.Unscannable(source="media", reason="too many bytes")

    def test_a_thousand_frames_are_allowed(self, media: ports.Media) -> None:
        found = media.probe(animation(1000))
        assert isinstance(found, records.Picture)
        assert found.frames == 1000

    @pytest.mark.parametrize("media_format", ["gif", "webp", "png", "tiff", "avif"])
    def test_each_frame_can_be_rendered_and_only_those(self, media: ports.Media, media_format: str) -> None:
        shades = (20, 120, 230)
        content = flat_frames(media_format, shades)
        for frame, shade in enumerate(shades):
            red, green, blue = (
                np.asarray(_opened(media.render(content, frame=frame))).reshape(-1, 3).mean(axis=0)
            )
            assert max(abs(red - shade), abs(green - shade), abs(blue - shade)) <= 3
        for frame in (3, 10**6, -1):
            assert media.render(content, frame=frame) == records.Unscannable(
                source="media", reason="no such frame"
            )

    @pytest.mark.parametrize("size", [(900, 300), (300, 900), (257, 256), (3000, 1)])
    def test_a_rendition_fits_and_keeps_its_shape(self, media: ports.Media, size: tuple[int, int]) -> None:
        content = pictures.encode(Image.linear_gradient("L").resize(size), "png")
        width, height = _opened(media.render(content, longest_side=256)).size
        assert max(width, height) == min(256, max(size))
        assert abs(width * size[1] - height * size[0]) <= max(size)

    def test_a_small_picture_is_not_blown_up(self, media: ports.Media) -> None:
        content = pictures.encode(pictures.scene(8, (40, 30)), "png")
        assert _opened(media.render(content, longest_side=4000)).size == (40, 30)

    def test_a_rendition_holds_pixels_and_nothing_else(self, media: ports.Media) -> None:
        exif = Image.Exif()
        exif[0x010E] = "a description"
        stream = io.BytesIO()
        pictures.scene(9, (64, 48)).save(stream, "JPEG", exif=exif.tobytes(), comment=b"a comment")
        rendition = media.render(stream.getvalue())
        assert isinstance(rendition, bytes)
        assert set(_chunk_names(rendition)) == {b"IHDR", b"IDAT", b"IEND"}

    def test_many_threads_get_their_own_answers(self, media: ports.Media) -> None:
        contents = [pictures.encode(pictures.scene(seed, (96, 64))) for seed in range(12)]
        expected = [media.hash(content) for content in contents]
        found: list[list[object]] = [[] for _ in range(4)]

        def work(mine: list[object]) -> None:
            mine.extend(media.hash(content) for content in contents)

        threads = [threading.Thread(target=work, args=(mine,)) for mine in found]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [expected] * len(found)


def flat_frames(media_format: str, shades: tuple[int, ...]) -> bytes:
    """Encode an animation, or a file of several pages, of grey frames.

    Args:
        media_format: ``"gif"``, ``"webp"``, ``"png"``, ``"tiff"`` or ``"avif"``.
        shades: The grey of each frame, 0 to 255.
    """
    frames = [Image.new("RGB", (48, 32), (shade, shade, shade)) for shade in shades]
    stream = io.BytesIO()
    frames[0].save(stream, media_format.upper(), save_all=True, append_images=frames[1:])
    return stream.getvalue()


def animation(frames: int) -> bytes:
    """Write a GIF of as many one-pixel frames. Source: GIF89a specification, sections 18 to 23."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return screen + frame * frames + b"\x3b"


def _examined(media: ports.Media, content: bytes) -> records.Examination:
    found = media.hash(content)
    assert isinstance(found, records.Examination), found
    return found


def _pdq(media: ports.Media, content: bytes) -> str:
    (found,) = (one.value for one in _examined(media, content).hashes if one.kind is HashKind.PDQ)
    return found


def _opened(rendition: bytes | records.Unscannable) -> Image.Image:
    assert isinstance(rendition, bytes), rendition
    image = Image.open(io.BytesIO(rendition), formats=("PNG",))
    image.load()
    assert image.mode == "RGB"
    return image


def _chunk_names(png: bytes) -> list[bytes]:
    names, position = [], _SIGNATURE_BYTES
    while position < len(png):
        (size,) = struct.unpack_from("!I", png, position)
        name, body = png[position + 4 : position + 8], png[position + 8 : position + 8 + size]
        assert png[position + 8 + size : position + 12 + size] == struct.pack("!I", zlib.crc32(name + body))
        names.append(name)
        position += 12 + size
    return names

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
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from wardline import ports, records
from wardline.records import HashKind, MediaFormat, Precision, Rendition
from wardline.testing import pictures

_SIGNATURE_BYTES = 8
_NEAR_BITS = 31
_FAST_ERROR_BITS = 8
_COVER_POINTS = (32, 20)
_COVER_SIDE = 480


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

    @pytest.mark.parametrize("media_format", pictures.FORMATS)
    @pytest.mark.parametrize("size", [(640, 480), (300, 500), (90, 70)])
    def test_a_fast_hash_is_near_the_exact_one_and_the_rest_is_the_same(
        self, media: ports.Media, media_format: str, size: tuple[int, int]
    ) -> None:
        content = pictures.encode(pictures.scene(10, size), media_format)
        exact, fast = (
            _examined(media, content, precision) for precision in (Precision.EXACT, Precision.FAST)
        )
        assert media.hash(content) == exact
        assert fast.picture == exact.picture
        for one, other in zip(fast.hashes, exact.hashes, strict=True):
            apart = (int(one.value, 16) ^ int(other.value, 16)).bit_count()
            assert one.kind is other.kind
            assert apart <= (_FAST_ERROR_BITS if one.kind is HashKind.PDQ else 0)

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
        assert [media.probe(content), media.hash(content)] == [expected] * 2
        assert [media.render(content, rendition=form) for form in Rendition] == [expected] * 3

    @pytest.mark.parametrize("media_format", pictures.FORMATS)
    def test_a_picture_cut_short_is_unscannable(self, media: ports.Media, media_format: str) -> None:
        whole = pictures.encode(pictures.scene(6, (320, 240)), media_format)
        expected = records.Unscannable(source="media", reason="truncated or damaged")
        for size in (len(whole) // 2, len(whole) * 9 // 10, 16):
            assert [media.hash(whole[:size], precision=each) for each in Precision] == [expected] * 2
            assert [media.render(whole[:size], rendition=form) for form in Rendition] == [expected] * 3

    def test_a_file_over_the_byte_cap_is_unscannable(self, media: ports.Media) -> None:
        content = pictures.encode(pictures.scene(7, (64, 64)), "png") + bytes(50_000_000)
        assert media.hash(content) == records.Unscannable(source="media", reason="too many bytes")

    def test_a_thousand_frames_are_allowed(self, media: ports.Media) -> None:
        found = media.probe(animation(1000))
        assert isinstance(found, records.Picture)
        assert found.frames == 1000

    @pytest.mark.parametrize("media_format", ["gif", "webp", "png", "tiff", "avif"])
    @pytest.mark.parametrize("form", Rendition)
    def test_each_frame_can_be_rendered_and_only_those(
        self, media: ports.Media, media_format: str, form: Rendition
    ) -> None:
        shades = (20, 120, 230)
        content = flat_frames(media_format, shades)
        for frame, shade in enumerate(shades):
            pixels = _pixels(media.render(content, frame=frame, rendition=form), form)
            assert np.abs(pixels - shade).max() <= 3
        for frame in (3, 10**6, -1):
            assert media.render(content, frame=frame, rendition=form) == records.Unscannable(
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

    @pytest.mark.parametrize("form", Rendition)
    def test_a_rendition_holds_pixels_and_nothing_else(self, media: ports.Media, form: Rendition) -> None:
        exif = Image.Exif()
        exif[0x010E] = "a description"
        stream = io.BytesIO()
        pictures.scene(9, (64, 48)).save(stream, "JPEG", exif=exif.tobytes(), comment=b"a comment")
        rendition = media.render(stream.getvalue(), rendition=form)
        assert isinstance(rendition, bytes)
        assert set(_chunk_names(rendition)) == {b"IHDR", b"IDAT", b"IEND"}

    @pytest.mark.parametrize("media_format", pictures.FORMATS)
    @pytest.mark.parametrize("longest_side", [1600, 100])
    def test_grey_is_the_luma_of_full(self, media: ports.Media, media_format: str, longest_side: int) -> None:
        content = pictures.encode(pictures.scene(9, (320, 200)), media_format)
        full = _opened(media.render(content, longest_side=longest_side))
        grey = media.render(content, longest_side=longest_side, rendition=Rendition.GREY)
        luma = np.asarray(full.convert("L"), np.float64)
        assert np.abs(_pixels(grey, Rendition.GREY) - luma).max() <= 1

    @pytest.mark.parametrize(
        "size", [(900, 300), (300, 900), (3000, 2000), (257, 256), (16, 17), (1, 1), (1, 5000), (5000, 1)]
    )
    def test_a_cover_is_small_whatever_the_shape(self, media: ports.Media, size: tuple[int, int]) -> None:
        content = pictures.encode(Image.linear_gradient("L").resize(size).convert("RGB"), "png")
        for longest_side in (1600, 480, 100, 1):
            cover = media.render(content, longest_side=longest_side, rendition=Rendition.COVER)
            height, width = _pixels(cover, Rendition.COVER).shape
            assert 1 <= max(width, height) <= min(_COVER_SIDE, longest_side)
            assert (width - height) * (size[0] - size[1]) >= 0

    def test_a_cover_is_light_where_the_picture_is_light(self, media: ports.Media) -> None:
        halves = Image.new("RGB", (640, 400), "navy")
        halves.paste("yellow", (320, 0, 640, 400))
        cover = _pixels(
            media.render(pictures.encode(halves, "png"), rendition=Rendition.COVER), Rendition.COVER
        )
        third = cover.shape[1] // 3
        assert cover[:, :third].mean() < 60 < 190 < cover[:, -third:].mean()

    @pytest.mark.parametrize("seed", range(3))
    def test_detail_finer_than_a_point_leaves_no_trace_in_a_cover(
        self, media: ports.Media, seed: int
    ) -> None:
        plain = Image.linear_gradient("L").resize((1280, 800)).point(lambda value: 64 + value // 2)
        contents = [
            pictures.encode(Image.fromarray(array).convert("RGB"), "png")
            for array in (np.asarray(plain), np.asarray(plain) + _fine_detail(plain.size, seed))
        ]
        plain_full, detailed_full = (_pixels(media.render(one), Rendition.FULL) for one in contents)
        assert np.abs(plain_full - detailed_full).mean() > 40
        plain_cover, detailed_cover = (
            _pixels(media.render(one, rendition=Rendition.COVER), Rendition.COVER) for one in contents
        )
        assert np.abs(plain_cover - detailed_cover).max() <= 2

    def test_writing_cannot_be_told_from_other_writing_in_a_cover(self, media: ports.Media) -> None:
        pages = [pictures.encode(_page(seed), "png") for seed in range(2)]
        full, other = (_pixels(media.render(page), Rendition.FULL) for page in pages)
        assert np.abs(full - other).max() == 255
        cover, other_cover = (
            _pixels(media.render(page, rendition=Rendition.COVER), Rendition.COVER) for page in pages
        )
        assert np.abs(cover - other_cover).max() <= 16

    @pytest.mark.parametrize("seed", range(3))
    def test_a_cover_says_no_more_than_its_points(self, media: ports.Media, seed: int) -> None:
        for picture in (pictures.scene(seed, (1280, 800)), _coarse_noise((1280, 800), seed)):
            content = pictures.encode(picture, "png")
            assert _lost_in_points(media.render(content, rendition=Rendition.COVER), Rendition.COVER) <= 3
            assert _lost_in_points(media.render(content), Rendition.FULL) > 6

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


def _examined(
    media: ports.Media, content: bytes, precision: Precision = Precision.EXACT
) -> records.Examination:
    found = media.hash(content, precision=precision)
    assert isinstance(found, records.Examination), found
    return found


def _pdq(media: ports.Media, content: bytes) -> str:
    (found,) = (one.value for one in _examined(media, content).hashes if one.kind is HashKind.PDQ)
    return found


def _opened(rendition: bytes | records.Unscannable, form: Rendition = Rendition.FULL) -> Image.Image:
    assert isinstance(rendition, bytes), rendition
    image = Image.open(io.BytesIO(rendition), formats=("PNG",))
    image.load()
    assert image.mode == ("RGB" if form is Rendition.FULL else "L")
    return image


def _pixels(rendition: bytes | records.Unscannable, form: Rendition) -> NDArray[np.float64]:
    return np.asarray(_opened(rendition, form), np.float64)


def _fine_detail(size: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """Draw ``uint8[height, width]`` of noise, to be added modulo 256, that is 0 on average over each 32 x 20th of the picture."""
    columns, rows = _COVER_POINTS
    cell = np.repeat(np.array([-50, 50], np.int16), size[0] * size[1] // (2 * columns * rows))
    cells = np.random.default_rng(seed).permuted(np.tile(cell, (rows * columns, 1)), axis=1)
    shaped = cells.reshape(rows, columns, size[1] // rows, size[0] // columns).transpose(0, 2, 1, 3)
    return shaped.reshape(size[1], size[0]).astype(np.uint8)


def _coarse_noise(size: tuple[int, int], seed: int) -> Image.Image:
    """Draw black and white squares of the size of a point."""
    columns, rows = _COVER_POINTS
    squares = np.random.default_rng(seed).integers(0, 2, (rows, columns), np.uint8) * 255
    return Image.fromarray(squares).resize(size, Image.Resampling.NEAREST).convert("RGB")


def _page(seed: int) -> Image.Image:
    """Write lines of random letters, black on white."""
    letters = np.random.default_rng(seed).choice(list("abcdefghijklmnopqrstuvwxyz"), (32, 100))
    page = Image.new("L", (1280, 800), "white")
    ImageDraw.Draw(page).multiline_text(
        (20, 10), "\n".join("".join(line) for line in letters), fill="black", font_size=20
    )
    return page.convert("RGB")


def _lost_in_points(rendition: bytes | records.Unscannable, form: Rendition) -> float:
    """Give the mean difference, in levels of grey, that scaling down to the points of a cover and up again makes."""
    image = _opened(rendition, form).convert("L")
    points = image.resize(_COVER_POINTS, Image.Resampling.BOX)
    again = points.resize(image.size, Image.Resampling.LANCZOS)
    return float(np.abs(np.asarray(again, np.float64) - np.asarray(image, np.float64)).mean())


def _chunk_names(png: bytes) -> list[bytes]:
    names, position = [], _SIGNATURE_BYTES
    while position < len(png):
        (size,) = struct.unpack_from("!I", png, position)
        name, body = png[position + 4 : position + 8], png[position + 8 : position + 8 + size]
        assert png[position + 8 + size : position + 12 + size] == struct.pack("!I", zlib.crc32(name + body))
        names.append(name)
        position += 12 + size
    return names

"""What comes out of odd but honest pictures, seen through the sandbox."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from wardline import records
from wardline.adapters.media import Caps, SandboxMedia
from wardline.errors import SandboxUnavailableError
from wardline.testing import pictures

_SIZE = (700, 500)  # more than one strip
_TURN = 0x0112


@pytest.fixture(scope="module")
def media() -> Iterator[SandboxMedia]:
    sandbox = SandboxMedia(("wardline.adapters.hashers:default",), caps=Caps(seconds=60.0))
    yield sandbox
    sandbox.close()


def _encoded(image: Image.Image, plugin: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, plugin, **options)
    return stream.getvalue()


def _seen(media: SandboxMedia, content: bytes, *, longest_side: int = 4000) -> NDArray[np.uint8]:
    rendition = media.render(content, longest_side=longest_side)
    assert isinstance(rendition, bytes), rendition
    return np.asarray(Image.open(io.BytesIO(rendition)))


def _scene() -> Image.Image:
    return pictures.scene(2, _SIZE)


def _see_through(mode: str) -> Image.Image:
    image = _scene().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(_SIZE))
    return image.convert(mode)


def _with_transparent_colour() -> Image.Image:
    image = _scene().quantize(64)
    image.info["transparency"] = 0
    return image


_ODD: dict[str, tuple[Callable[[], Image.Image], str]] = {
    "1-bit PNG": (lambda: _scene().convert("1"), "PNG"),
    "grey JPEG": (lambda: _scene().convert("L"), "JPEG"),
    "CMYK JPEG": (lambda: _scene().convert("CMYK"), "JPEG"),
    "CMYK TIFF": (lambda: _scene().convert("CMYK"), "TIFF"),
    "LAB TIFF": (lambda: Image.merge("LAB", [_scene().getchannel(band) for band in "RGB"]), "TIFF"),
    "grey and alpha PNG": (lambda: _see_through("LA"), "PNG"),
    "RGBA PNG": (lambda: _see_through("RGBA"), "PNG"),
    "RGBA WebP": (lambda: _see_through("RGBA"), "WEBP"),
    "RGBA AVIF": (lambda: _see_through("RGBA"), "AVIF"),
    "RGBA TIFF": (lambda: _see_through("RGBA"), "TIFF"),
    "palette PNG": (lambda: _scene().quantize(64), "PNG"),
    "palette PNG with a transparent colour": (_with_transparent_colour, "PNG"),
    "palette PNG with alphas": (lambda: _see_through("RGBA").quantize(64), "PNG"),
    "palette BMP": (lambda: _scene().quantize(64), "BMP"),
    "GIF": (lambda: _scene().quantize(64), "GIF"),
    "GIF with a transparent colour": (_with_transparent_colour, "GIF"),
}


@pytest.mark.parametrize("name", _ODD)
@pytest.mark.filterwarnings("ignore:Palette images with Transparency:UserWarning")
def test_an_odd_mode_is_seen_and_hashed_as_its_plain_rgb(media: SandboxMedia, name: str) -> None:
    make, plugin = _ODD[name]
    content = _encoded(make(), plugin)
    expected = Image.open(io.BytesIO(content)).convert("RGB")
    assert np.array_equal(_seen(media, content), np.asarray(expected))
    assert _pdq(media, content) == _pdq(media, _encoded(expected, "PNG"))


def _pdq(media: SandboxMedia, content: bytes) -> records.Hash:
    found = media.hash(content)
    assert isinstance(found, records.Examination), found
    return found.hashes[-1]


def test_a_ycck_jpeg_is_decoded(media: SandboxMedia) -> None:
    plain = _encoded(_scene().convert("CMYK"), "JPEG")
    ycck = plain.replace(b"Adobe\x00\x64\x00\x00\x00\x00\x00", b"Adobe\x00\x64\x00\x00\x00\x00\x02", 1)
    assert ycck != plain
    assert np.array_equal(_seen(media, ycck), np.asarray(Image.open(io.BytesIO(ycck)).convert("RGB")))


@pytest.mark.parametrize("plugin", ["PNG", "TIFF"])
def test_sixteen_bit_greys_keep_their_shades(media: SandboxMedia, plugin: str) -> None:
    ramp = np.linspace(0, 65_535, _SIZE[0] * _SIZE[1]).astype(np.uint16).reshape(_SIZE[1], _SIZE[0])
    seen = _seen(media, _encoded(Image.fromarray(ramp), plugin))
    assert np.array_equal(seen, np.repeat(np.rint(ramp / 257).astype(np.uint8)[:, :, None], 3, axis=2))


def test_big_endian_sixteen_bit_greys_keep_their_shades(media: SandboxMedia) -> None:
    ramp = np.linspace(0, 65_535, 600).astype(">u2").reshape(20, 30)
    little = _encoded(Image.fromarray(ramp.astype("<u2")), "TIFF")
    big = bytearray(_encoded(Image.frombytes("I;16B", (30, 20), ramp.tobytes()), "TIFF"))
    assert np.array_equal(_seen(media, bytes(big)), _seen(media, little))


@pytest.mark.parametrize("kind", [np.int32, np.float32])
@pytest.mark.parametrize("top", [1.0, 200.0, 5_000_000.0])
def test_files_that_do_not_say_what_white_is_use_their_own_range(
    media: SandboxMedia, kind: type, top: float
) -> None:
    ramp: NDArray[np.generic] = (
        np.linspace(0, 255 if top == 1.0 and kind is np.int32 else top, 600).astype(kind).reshape(20, 30)
    )
    seen = _seen(media, _encoded(Image.fromarray(ramp), "TIFF"))
    assert (seen.min(), seen.max()) == (0, 255)
    assert np.all(np.diff(seen[:, :, 0].reshape(-1).astype(int)) >= 0)


def test_floating_point_files_without_numbers_in_them_do_no_harm(media: SandboxMedia) -> None:
    values = np.full((20, 30), np.nan, np.float32)
    values[0] = np.inf
    assert _seen(media, _encoded(Image.fromarray(values), "TIFF")).shape == (20, 30, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("plugin", ["JPEG", "PNG", "WEBP"])
def test_renditions_are_upright_and_hashes_are_of_what_is_stored(
    media: SandboxMedia, plugin: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[_TURN] = orientation
    content = _encoded(pictures.scene(3, (120, 80)), plugin, exif=exif.tobytes())
    stored = Image.open(io.BytesIO(content))
    assert np.array_equal(_seen(media, content), np.asarray(ImageOps.exif_transpose(stored).convert("RGB")))
    assert _pdq(media, content) == _pdq(media, _encoded(stored.convert("RGB"), "BMP"))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("plugin", ["JPEG", "PNG", "WEBP"])
def test_covers_are_upright(media: SandboxMedia, plugin: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[_TURN] = orientation
    content = _encoded(pictures.scene(3, (192, 120)), plugin, exif=exif.tobytes())
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    assert _distance(_cover(media, content), _cover(media, _encoded(upright, "PNG"))) <= 3


@pytest.mark.parametrize("name", _ODD)
@pytest.mark.filterwarnings("ignore:Palette images with Transparency:UserWarning")
def test_an_odd_mode_has_the_cover_of_its_plain_rgb(media: SandboxMedia, name: str) -> None:
    make, plugin = _ODD[name]
    content = _encoded(make(), plugin)
    plain = Image.open(io.BytesIO(content)).convert("RGB")
    assert _distance(_cover(media, content), _cover(media, _encoded(plain, "PNG"))) <= 1


def test_a_large_jpeg_decoded_small_has_the_cover_of_the_whole(media: SandboxMedia) -> None:
    content = _encoded(pictures.scene(6, (2560, 1600)), "JPEG", quality=95)
    whole = Image.open(io.BytesIO(content)).convert("RGB")
    assert _distance(_cover(media, content), _cover(media, _encoded(whole, "PNG"))) <= 3


def _cover(media: SandboxMedia, content: bytes) -> NDArray[np.uint8]:
    cover = media.render(content, rendition=records.Rendition.COVER)
    assert isinstance(cover, bytes), cover
    return np.asarray(Image.open(io.BytesIO(cover)))


def _distance(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    assert one.shape == other.shape
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def test_a_lying_extension_is_not_even_asked_for(media: SandboxMedia) -> None:
    for media_format in pictures.FORMATS:
        found = media.probe(pictures.encode(pictures.scene(1, (40, 30)), media_format))
        assert isinstance(found, records.Picture)
        assert found.format == media_format


def test_a_jpeg_that_holds_a_second_picture_shows_both(media: SandboxMedia) -> None:
    first, second = (Image.new("RGB", (64, 48), (shade,) * 3) for shade in (10, 200))
    content = _encoded(first, "MPO", save_all=True, append_images=[second])
    found = media.probe(content)
    assert isinstance(found, records.Picture)
    assert (found.format, found.frames) == (records.MediaFormat.JPEG, 2)
    for frame, shade in enumerate((10, 200)):
        rendition = media.render(content, frame=frame)
        assert isinstance(rendition, bytes)
        assert abs(np.asarray(Image.open(io.BytesIO(rendition))).mean() - shade) < 3


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"<svg/>", b"\x00" * 100, b"P6 1 1 255 aaa", b"\x00\x00\x00\x18ftypmp42mp42"]
)
def test_formats_that_are_not_on_the_list_are_unknown(media: SandboxMedia, content: bytes) -> None:
    assert media.probe(content) == records.Unscannable(source="media", reason="unknown format")


def test_heic_is_unknown_unless_it_was_switched_on(media: SandboxMedia) -> None:
    content = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)
    assert media.hash(content) == records.Unscannable(source="media", reason="unknown format")


def test_heic_is_decoded_where_it_was_switched_on() -> None:
    heif = pytest.importorskip("pillow_heif", reason="the extra wardline[heif] is not installed")
    heif.register_heif_opener()
    content = _encoded(pictures.scene(4, (320, 240)), "HEIF")
    deaths: list[str] = []
    media = SandboxMedia(
        ("wardline.adapters.hashers:default",),
        caps=Caps(seconds=60.0),
        workers=1,
        heic=True,
        on_worker_death=deaths.append,
    )
    try:
        expected = records.Picture(format=records.MediaFormat.HEIC, width=320, height=240, frames=1)
        assert media.probe(content) == expected
        assert _pdq(media, content).quality == 100
        assert _seen(media, content).shape == (240, 320, 3)
        assert media.hash(content[: len(content) // 2]) == records.Unscannable(
            source="media", reason="truncated or damaged"
        )
        assert deaths == []
    finally:
        media.close()


@pytest.mark.skipif(
    importlib.util.find_spec("pillow_heif") is not None, reason="the extra wardline[heif] is installed"
)
def test_heic_switched_on_without_its_extra_is_named_at_the_start() -> None:
    with pytest.raises(SandboxUnavailableError, match="pillow_heif"):
        SandboxMedia(("wardline.adapters.hashers:default",), heic=True)


@pytest.mark.parametrize("seed", range(3))
def test_the_hash_is_the_one_of_pdqhash_at_full_resolution(media: SandboxMedia, seed: int) -> None:
    import pdqhash

    content = pictures.encode(pictures.scene(seed, (640, 480)), "png")
    bits, quality = pdqhash.compute(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))
    value = f"{int(''.join(map(str, bits)), 2):064x}"
    assert _pdq(media, content) == records.Hash(kind=records.HashKind.PDQ, value=value, quality=quality)

"""Decode one small picture of every kind before the doors close.

Plugins import modules and libraries set themselves up on first use; in a sealed worker that would be its death. Everything that is
touched here once, in the zygote, is there in every worker.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, ImageCms

from wardline.adapters.media import wire, worker
from wardline.records import MediaFormat

_SIDE = 16
_LARGE = (640, 520)  # large enough to be decoded at a scale by hashers that ask for it
_MODES = {
    "JPEG": ("RGB", "L", "CMYK"),
    "PNG": ("RGB", "RGBA", "L", "LA", "P", "1", "I;16"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("P", "L"),
    "AVIF": ("RGB", "RGBA"),
    "TIFF": ("RGB", "RGBA", "L", "P", "1", "CMYK", "LAB", "I;16", "I", "F"),
    "BMP": ("RGB", "L", "P", "1"),
}
_TIFF_COMPRESSIONS = ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")
_ANIMATED = ("PNG", "WEBP", "GIF", "AVIF", "TIFF", "MPO")


def warm(bench: worker.Bench) -> None:
    """Run every verb over every format and mode, whole and cut short."""
    ImageCms.createProfile("LAB")
    for content in samples(bench.formats):
        for version in (content, content[: len(content) // 2], content[:12]):
            for verb in wire.Verb:
                worker.answer(verb, version, bench, frame=0, longest_side=_SIDE // 2)
            for verb in (wire.Verb.RENDER, wire.Verb.COVER):
                worker.answer(verb, version, bench, frame=1, longest_side=_SIDE // 2)
    for verb in (wire.Verb.HASH, wire.Verb.HASH_FAST):
        worker.answer(verb, _encode("JPEG", "RGB", size=_LARGE), bench)


def samples(formats: frozenset[MediaFormat]) -> Iterator[bytes]:
    """Encode one small picture of each format, mode and way of packing that is worth telling apart."""
    for plugin, modes in _MODES.items():
        if MediaFormat(plugin.lower()) in formats:
            for mode in modes:
                yield _encode(plugin, mode)
    for plugin in _ANIMATED:
        if plugin == "MPO" or MediaFormat(plugin.lower()) in formats:
            yield _encode(plugin, "RGB", frames=2)
    for compression in _TIFF_COMPRESSIONS:
        yield _encode("TIFF", "RGB", compression=compression)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield _encode("JPEG", "RGB", exif=exif.tobytes(), progressive=True)
    yield _encode("PNG", "RGB", exif=exif.tobytes())
    if MediaFormat.HEIC in formats:
        yield _encode("HEIF", "RGB")


def _encode(
    plugin: str, mode: str, *, frames: int = 1, size: tuple[int, int] = (_SIDE, _SIDE), **options: object
) -> bytes:
    pictures = [_picture(mode, shade, size) for shade in range(frames)]
    if frames > 1:
        options.update(save_all=True, append_images=pictures[1:])
    stream = io.BytesIO()
    pictures[0].save(stream, plugin, **options)
    return stream.getvalue()


def _picture(mode: str, shade: int, size: tuple[int, int]) -> Image.Image:
    image = Image.linear_gradient("L").resize(size).point(lambda value: (value + 90 * shade) % 256)
    if mode == "LAB":
        return Image.merge("LAB", (image, image, image))
    if mode in ("LA", "CMYK", "RGBA"):
        return image.convert("RGB" if mode == "CMYK" else "LA").convert(mode)
    return image.convert(mode)

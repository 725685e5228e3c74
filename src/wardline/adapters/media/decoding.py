"""Turn hostile bytes into pixels, with Pillow. Runs in the sandbox; importing it loads the decoders.

Each function raises ``RejectedError`` with a fixed reason, or ``MemoryError``; nothing else comes out, whatever the bytes are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image, ImageFile, features

from wardline import records
from wardline.adapters.media import cover
from wardline.adapters.media.caps import Caps
from wardline.adapters.media.reasons import Reason, RejectedError
from wardline.adapters.media.sniffing import declared_size, sniff
from wardline.records import MediaFormat

_PLUGINS = {
    MediaFormat.JPEG: "JPEG", MediaFormat.PNG: "PNG", MediaFormat.WEBP: "WEBP", MediaFormat.GIF: "GIF", MediaFormat.AVIF: "AVIF",
    MediaFormat.TIFF: "TIFF", MediaFormat.BMP: "BMP", MediaFormat.HEIC: "HEIF",
}  # fmt: skip
_STRIP_PIXELS = 250_000  # a strip and its copies stay in the processor's cache
_WEBP_BYTES_PER_PIXEL = 16  # two canvases in the library, the frame handed over, and Pillow's own
_ORIENTATION_TAG = 0x0112  # Exif 3.0, 4.6.5.1
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_SIDEWAYS = (5, 6, 7, 8)
_ENOUGH_FOR_POINTS = (8 * cover.MOST_COLUMNS, 8 * cover.MOST_COLUMNS)  # either way up, 8 pixels to a point


def configure(caps: Caps, *, heic: bool = False) -> frozenset[MediaFormat]:
    """Set up Pillow for this process and say which formats it can decode.

    Pillow's own bomb check is moved to our cap, where it also sees the frames inside a file.
    """
    Image.MAX_IMAGE_PIXELS = -(-caps.pixels // 2)  # Pillow refuses at twice this figure
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    formats = set(_PLUGINS) - {MediaFormat.HEIC}
    if heic:
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener()
        formats.add(MediaFormat.HEIC)
    for optional in (MediaFormat.WEBP, MediaFormat.AVIF):
        if not features.check(optional.value):
            formats.remove(optional)
    Image.init()
    return frozenset(formats)


def probe(content: bytes, caps: Caps, formats: frozenset[MediaFormat]) -> records.Picture:
    """Read the headers only."""
    with as_damage():
        return open_picture(content, caps, formats)[1]


def rendition(
    content: bytes, caps: Caps, formats: frozenset[MediaFormat], *, frame: int, longest_side: int
) -> NDArray[np.uint8]:
    """Decode one frame, scaled down to fit and turned upright, as ``uint8[height, width, 3]``."""
    with as_damage():
        return np.asarray(_fitted(content, caps, formats, frame, longest_side).convert("RGB"))


def greys(
    content: bytes, caps: Caps, formats: frozenset[MediaFormat], *, frame: int, longest_side: int
) -> NDArray[np.uint8]:
    """Do as ``rendition`` and keep the luma only, as ``uint8[height, width]``."""
    with as_damage():
        return np.asarray(_fitted(content, caps, formats, frame, longest_side).convert("L"))


def points(
    content: bytes, caps: Caps, formats: frozenset[MediaFormat], *, frame: int, longest_side: int
) -> NDArray[np.uint8]:
    """Decode one frame, turned upright, down to the points of a cover, each the mean luma of its part: ``uint8[rows, columns]``."""
    with as_damage():
        shown, orientation = _frame(content, caps, formats, frame, enough=_ENOUGH_FOR_POINTS)
        shown.load()
        require_size(shown, caps)
        if orientation in _SIDEWAYS:
            rows, columns = cover.grid(shown.height, shown.width, longest_side)
        else:
            columns, rows = cover.grid(shown.width, shown.height, longest_side)
        shown = shown.resize((columns, rows), Image.Resampling.BOX)
        return np.asarray(_upright(shown, orientation).convert("L"))


def _fitted(
    content: bytes, caps: Caps, formats: frozenset[MediaFormat], frame: int, longest_side: int
) -> Image.Image:
    shown, orientation = _frame(content, caps, formats, frame, enough=(longest_side, longest_side))
    shown.thumbnail((longest_side, longest_side), Image.Resampling.BICUBIC, reducing_gap=2.0)
    require_size(shown, caps)
    return _upright(shown, orientation)


def _frame(
    content: bytes, caps: Caps, formats: frozenset[MediaFormat], frame: int, *, enough: tuple[int, int]
) -> tuple[Image.Image, int]:
    """Find one frame, in RGB or grey and perhaps not yet loaded, with its Exif orientation. No larger than it need be, where it can be."""
    image, picture = open_picture(content, caps, formats)
    if not 0 <= frame < picture.frames:
        raise RejectedError(Reason.NO_FRAME)
    if frame:
        image.seek(frame)
    elif picture.format is MediaFormat.JPEG:
        image.draft(None, enough)  # decode at a half, a quarter or an eighth
    orientation = _orientation(image)
    if image.mode in ("RGB", "L"):
        return image, orientation
    return Image.fromarray(pixels_of(image, caps)), orientation


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


@contextmanager
def as_damage() -> Iterator[None]:
    """Let nothing out but ``RejectedError`` and ``MemoryError``."""
    try:
        yield
    except (RejectedError, MemoryError):
        raise
    except Image.DecompressionBombError as problem:
        raise RejectedError(Reason.PIXELS) from problem
    except Exception as problem:  # decoders raise almost anything on hostile bytes: the file is at fault
        out_of_memory = isinstance(problem, OSError) and "memory" in str(problem)
        raise RejectedError(Reason.MEMORY if out_of_memory else Reason.DAMAGED) from problem


def open_picture(
    content: bytes, caps: Caps, formats: frozenset[MediaFormat]
) -> tuple[ImageFile.ImageFile, records.Picture]:
    """Read the headers, and hold them against the caps."""
    media_format = sniff(content)
    if media_format is None or media_format not in formats:
        raise RejectedError(Reason.UNKNOWN_FORMAT)
    size = declared_size(content, media_format)
    if size is not None:
        _require_declared(size, media_format, caps)
    image = Image.open(io.BytesIO(content), formats=(_PLUGINS[media_format],))
    require_size(image, caps)
    if media_format is MediaFormat.JPEG:
        # All at once: it is in memory already, and each further piece would be joined to what is left of the one before.
        image.decodermaxblock = max(image.decodermaxblock, len(content))
    frames = _count_frames(image, caps.frames)
    picture = records.Picture(format=media_format, width=image.width, height=image.height, frames=frames)
    return image, picture


def _require_declared(size: tuple[int, int], media_format: MediaFormat, caps: Caps) -> None:
    pixels = size[0] * size[1]
    if pixels > caps.pixels:
        raise RejectedError(Reason.PIXELS)
    if media_format is MediaFormat.WEBP and _WEBP_BYTES_PER_PIXEL * pixels > caps.address_space_bytes:
        raise RejectedError(Reason.MEMORY)


def require_size(image: Image.Image, caps: Caps) -> None:
    """Hold a frame against the cap on pixels: it may be larger than the header said."""
    if image.width * image.height > caps.pixels:
        raise RejectedError(Reason.PIXELS)


def _count_frames(image: ImageFile.ImageFile, most: int) -> int:
    frames = _count_pages(image, most) if image.format == "TIFF" else int(getattr(image, "n_frames", 1))
    if frames > most:
        raise RejectedError(Reason.FRAMES)
    return max(1, frames)


def _count_pages(image: ImageFile.ImageFile, most: int) -> int:
    """Follow a TIFF's chain of pages one by one, just far enough to know that there are too many."""
    for page in range(1, most + 1):
        try:
            image.seek(page)
        except EOFError:
            image.seek(0)
            return page
    return most + 1


def _orientation(image: Image.Image) -> int:
    with suppress(Exception):  # broken Exif is no reason to hide a picture that can be decoded
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    return 1


def pixels_of(image: Image.Image, caps: Caps) -> NDArray[np.uint8]:
    """Decode to ``uint8[height, width, 3]``: RGB, alpha dropped, orientation as stored.

    Converts strip by strip, so that a large picture is never held in two whole copies beside the result.
    """
    image.load()
    require_size(image, caps)
    image.info.pop("transparency", None)  # has no effect on plain RGB but to fail in odd ways
    width, height = image.size
    stretch = _darkest_to_brightest(image) if image.mode in ("I", "F") else None
    rows = max(1, _STRIP_PIXELS // width)
    if rows >= height:
        return _strip(image, stretch)
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        pixels[top:bottom] = _strip(image.crop((0, top, width, bottom)), stretch)
    return pixels


def _strip(image: Image.Image, stretch: tuple[float, float] | None) -> NDArray[np.uint8]:
    if image.mode.startswith("I;16"):
        grey = (np.asarray(image).astype(np.uint32) * 255 + 32_767) // 65_535
        return _as_rgb(grey.astype(np.uint8))
    if stretch is not None:
        low, high = stretch
        values = (np.asarray(image).astype(np.float64) - low) * (255 / (high - low))
        return _as_rgb(np.clip(np.rint(np.nan_to_num(values)), 0, 255).astype(np.uint8))
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _darkest_to_brightest(image: Image.Image) -> tuple[float, float]:
    """Find the range to show: files of 32-bit integers or floating-point numbers do not say what white is."""
    low, high = (float(value) for value in image.getextrema() if isinstance(value, int | float))
    return (low, high) if low < high and np.isfinite(high - low) else (0.0, 255.0)


def _as_rgb(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)

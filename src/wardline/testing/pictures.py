"""Harmless pictures drawn by code: landscapes, towns, patterns, their copies, and broken files.

Nobody is ever drawn. The same seed and size give the same picture, with the same versions of Pillow and NumPy.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from wardline.testing.pictures_canvas import Canvas
from wardline.testing.pictures_damaged import Damage, Damaged, damaged
from wardline.testing.pictures_outdoors import OUTDOORS
from wardline.testing.pictures_patterns import PATTERNS

__all__ = [
    "FORMATS",
    "Copy",
    "CopyKind",
    "Damage",
    "Damaged",
    "copies",
    "damaged",
    "encode",
    "scene",
    "scene_kind",
]

FORMATS = ("jpeg", "png", "webp", "gif", "tiff", "bmp", "avif")
"""What ``encode`` writes; the same words as ``records.MediaFormat``."""

_PAINTERS: tuple[Callable[[Canvas], None], ...] = (*OUTDOORS, *PATTERNS)
_TEXTURE_STRENGTH = (
    0.7  # enough that any two scenes differ by far more than 45 bits of PDQ, little enough to look at
)
_GRAIN_LEVELS = 9  # gives files of the size that cameras make
_SMALLEST_SIDE = 16
_LOSSY = {"jpeg", "webp", "avif"}


class CopyKind(StrEnum):
    """What was done to a picture. All but a crop stay within 31 bits of the original's PDQ; of the crops about three in four do."""

    RESIZED = "resized"
    """Scaled to 45 to 85 per cent."""
    RECOMPRESSED = "recompressed"
    """Saved again as JPEG of quality 35 to 60."""
    CROPPED = "cropped"
    """Half to two per cent cut off each edge."""
    REENCODED = "reencoded"
    """Saved in another format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A changed copy of a picture, as a file."""

    kind: CopyKind
    format: str
    """One of ``FORMATS``."""
    content: bytes


def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Draw a scene.

    Args:
        seed: 0 and up. Neighbouring seeds are scenes of different kinds; any two differ clearly.
        size: Width and height, pixels, each 16 and up.

    Returns:
        An RGB picture.
    """
    if seed < 0:
        raise ValueError("scene: negative seed, expected 0 and up")
    if min(size) < _SMALLEST_SIDE:
        raise ValueError(
            f"scene {seed}: {size[0]} x {size[1]} pixels, expected sides of at least {_SMALLEST_SIDE}"
        )
    canvas = Canvas(seed, *size)
    _PAINTERS[seed % len(_PAINTERS)](canvas)
    canvas.texture(_TEXTURE_STRENGTH)
    canvas.grain(_GRAIN_LEVELS)
    return canvas.image


def scene_kind(seed: int) -> str:
    """Name what ``scene`` draws for a seed: ``"hills"``, ``"sea"``, ``"tiles"`` ..."""
    return _PAINTERS[seed % len(_PAINTERS)].__name__


def encode(picture: Image.Image, format: str = "jpeg", quality: int = 85) -> bytes:  # noqa: A002 - the word of the contract
    """Write a picture as a file, without metadata, in memory.

    Args:
        picture: RGB.
        format: One of ``FORMATS``.
        quality: 1 to 100; used by JPEG, WebP and AVIF.
    """
    if format not in FORMATS:
        raise ValueError(f"encode: unknown format, expected one of {', '.join(FORMATS)}")
    file = io.BytesIO()
    match format:
        case "png":
            picture.save(file, "PNG", compress_level=1)
        case "webp":
            picture.save(file, "WEBP", quality=quality, method=0)
        case "avif":
            picture.save(file, "AVIF", quality=quality, speed=10)
        case _ if format in _LOSSY:
            picture.save(file, "JPEG", quality=quality)
        case _:
            picture.save(file, format.upper())
    return file.getvalue()


def copies(picture: Image.Image, seed: int) -> Iterator[Copy]:
    """Make one copy of each kind, as a re-upload would have it. Lazy: a copy costs nothing until it is asked for.

    Args:
        picture: RGB.
        seed: Chooses the scale, the quality, the cut and the format.
    """
    chance = random.Random(seed)
    scale, quality = chance.uniform(0.45, 0.85), chance.randint(35, 60)
    cuts = [chance.uniform(0.005, 0.02) for _ in range(4)]
    other = chance.choice(("png", "webp", "gif", "tiff", "bmp"))
    width, height = picture.size
    smaller = picture.resize(
        (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.LANCZOS
    )
    yield Copy(kind=CopyKind.RESIZED, format="jpeg", content=encode(smaller))
    yield Copy(kind=CopyKind.RECOMPRESSED, format="jpeg", content=encode(picture, quality=quality))
    left, top, right, bottom = (
        round(cut * side) for cut, side in zip(cuts, (width, height) * 2, strict=True)
    )
    cropped = picture.crop((left, top, width - right, height - bottom))
    yield Copy(kind=CopyKind.CROPPED, format="jpeg", content=encode(cropped))
    yield Copy(kind=CopyKind.REENCODED, format=other, content=encode(picture, other))

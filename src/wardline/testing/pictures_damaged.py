"""Files that a decoder must survive: cut short, empty, lying, bombs, endless animations. All of one colour."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum

from wardline.testing.pictures_canvas import Canvas
from wardline.testing.pictures_outdoors import hills

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GIF_FRAMES = 1001
_BOMB_SIDE = 30_000
_LARGE_SIDE = 10_001


class Damage(StrEnum):
    """What is wrong with a file."""

    TRUNCATED = "truncated"
    """A JPEG of which only the first half arrived."""
    EMPTY = "empty"
    """Zero bytes."""
    LYING = "lying"
    """Text under the name of a picture."""
    BOMB = "bomb"
    """A PNG of 30,000 x 30,000 pixels of one colour: about 110 kB that decode to 900 million pixels."""
    MANY_FRAMES = "many-frames"
    """A GIF of 1,001 frames."""
    TOO_MANY_PIXELS = "too-many-pixels"
    """A PNG of 10,001 x 10,001 pixels: a little over 100 million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """One bad file, as an account would upload it."""

    kind: Damage
    file_name: str
    """With the extension it claims."""
    content: bytes


def damaged(kind: Damage | str) -> Damaged:
    """Make a bad file. The same kind gives the same bytes.

    Args:
        kind: A ``Damage`` or its text; anything else is ``ValueError``.
    """
    kind = Damage(kind)
    match kind:
        case Damage.TRUNCATED:
            return Damaged(kind=kind, file_name="cut.jpg", content=_truncated())
        case Damage.EMPTY:
            return Damaged(kind=kind, file_name="empty.jpg", content=b"")
        case Damage.LYING:
            return Damaged(
                kind=kind, file_name="notes.png", content=b"This is a line of text, not a picture.\n" * 40
            )
        case Damage.BOMB:
            return Damaged(kind=kind, file_name="bomb.png", content=_flat_png(_BOMB_SIDE))
        case Damage.MANY_FRAMES:
            return Damaged(kind=kind, file_name="frames.gif", content=_blinking_gif(_GIF_FRAMES))
        case Damage.TOO_MANY_PIXELS:
            return Damaged(kind=kind, file_name="large.png", content=_flat_png(_LARGE_SIDE))


def _truncated() -> bytes:
    canvas, file = Canvas(0, 320, 240), io.BytesIO()
    hills(canvas)
    canvas.image.save(file, "JPEG", quality=85)
    whole = file.getvalue()
    return whole[: len(whole) // 2]


def _flat_png(side: int) -> bytes:
    """Write a black square of one bit a pixel, row by row, so that making it needs little memory."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    row = bytes(1 + (side + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return _PNG_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _blinking_gif(frames: int) -> bytes:
    """Write frames of one pixel each, by turns black and white. Source: GIF89a specification, sections 18 to 23 and appendix F."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 16, 16, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    control = b"\x21\xf9\x04\x00\x02\x00\x00\x00"
    place = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0)
    pixels = (b"\x02\x02\x44\x01\x00", b"\x02\x02\x4c\x01\x00")  # clear code, colour 0 or 1, end code
    return screen + b"".join(control + place + pixels[number % 2] for number in range(frames)) + b"\x3b"

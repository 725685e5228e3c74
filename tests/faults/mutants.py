"""Damaged pictures, from drawn ones, by seed: some damaged anywhere, some where their format's own parts are.

Whoever damages bytes anywhere is mostly stopped by the first check sum or length. So a file is also taken apart as its format is built (PNG's
chunks, JPEG's segments, RIFF's and TIFF's and AVIF's boxes, GIF's and BMP's headers), its parts are dropped, doubled, moved, exchanged with
another file's or changed within, and it is put together with sums and lengths that mostly fit again.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zlib
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from wardline.adapters.media import warming
from wardline.records import MediaFormat
from wardline.testing import pictures

_EXTREMES = (
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\xff\xff",
    b"\x80\0\0\0",
)
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_PNG_HEAD = 8
_RIFF_HEAD = 12
_SMALLEST_BOX = 8


@cache
def originals() -> tuple[bytes, ...]:
    """Give harmless pictures of every format that is decoded by default, in every way of packing."""
    drawn = (
        pictures.encode(pictures.scene(seed, (160, 120)), name) for seed, name in enumerate(pictures.FORMATS)
    )
    return (*drawn, *warming.samples(frozenset(MediaFormat) - {MediaFormat.HEIC}), *large_jpegs())


@cache
def large_jpegs() -> tuple[bytes, ...]:
    """Give JPEGs that are large enough for a glance (``pdq.factor_for``), as cameras, phones and servers write them.

    They have many rows of blocks, sides that no block fits, and all that decides which decoder reads them: the kernel of our own, or Pillow's.
    """
    ways: tuple[tuple[tuple[int, int], str, dict[str, Any]], ...] = (
        ((704, 544), "RGB", {"quality": 85}),
        ((641, 523), "RGB", {"quality": 60, "subsampling": 0}),
        ((704, 560), "RGB", {"quality": 92, "subsampling": 1, "optimize": True}),
        ((655, 529), "L", {"quality": 75}),
        ((704, 544), "RGB", {"quality": 80, "restart_marker_blocks": 7}),
        ((688, 536), "RGB", {"quality": 80, "restart_marker_rows": 1}),
        ((641, 523), "RGB", {"quality": 80, "progressive": True}),
        ((1296, 816), "RGB", {"quality": 70, "restart_marker_rows": 4}),
        ((1283, 811), "RGB", {"quality": 60, "progressive": True, "subsampling": 1}),
    )
    return tuple(_jpeg(seed, *way) for seed, way in enumerate(ways, start=20))


def _jpeg(seed: int, size: tuple[int, int], mode: str, how: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    pictures.scene(seed, size).convert(mode).save(file, "JPEG", **how)
    return file.getvalue()


def mutant(seed: int) -> bytes:
    """Give the damaged picture of a seed: the same on every machine that encodes the originals alike."""
    chance = random.Random(seed)
    return mutant_of(chance.choice(originals()), chance)


def mutant_of(original: bytes, chance: random.Random) -> bytes:
    """Damage a picture."""
    if chance.random() < 0.5:
        return damaged(original, chance) or b"\0"
    take_apart, put_together = _format_of(original)
    parts = take_apart(original)
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change_parts(parts, take_apart, chance)
    made = put_together(parts, chance)
    return (damaged(made, chance) if chance.random() < 0.1 else made) or b"\0"


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Change bytes anywhere, most often near the beginning."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 4, 16))):
        if not changed:
            break
        place = chance.randrange(len(changed) if chance.random() < 0.5 else min(len(changed), 200))
        match chance.randrange(6):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                changed[place] ^= 1 << chance.randrange(8)
            case 2:
                del changed[place : place + chance.randrange(1, 64)]
            case 3:
                changed[place:place] = changed[place : place + chance.randrange(1, 32)]
            case 4:
                del changed[place:]
            case _:
                changed[place : place + 4] = chance.choice(_EXTREMES)
    return bytes(changed)


TakeApart = Callable[[bytes], list[bytes]]
PutTogether = Callable[[list[bytes], random.Random], bytes]


def _change_parts(parts: list[bytes], take_apart: TakeApart, chance: random.Random) -> None:
    place = chance.randrange(len(parts))
    match chance.randrange(7):
        case 0 if len(parts) > 1:
            del parts[place]
        case 1:
            parts.insert(chance.randrange(len(parts) + 1), parts[place])
        case 2:
            other = chance.randrange(len(parts))
            parts[place], parts[other] = parts[other], parts[place]
        case 3:
            strange = take_apart(chance.choice(originals()))
            parts[place] = chance.choice(strange)
        case 4:
            parts[place : place + 1] = [parts[place]] * chance.choice((2, 50, 500))
        case _:
            parts[place] = _within(parts[place], chance)


def _within(part: bytes, chance: random.Random) -> bytes:
    """Set a field of a part to something extreme, or damage it anywhere."""
    if len(part) < _SMALLEST_BOX or chance.random() < 0.4:
        return damaged(part, chance)
    width = chance.choice((1, 2, 4))
    at = chance.randrange(min(len(part) - width, 64))
    return part[:at] + chance.choice(_EXTREMES)[-width:] + part[at + width :]


def _format_of(content: bytes) -> tuple[TakeApart, PutTogether]:
    if content.startswith(b"\x89PNG"):
        return _png_chunks, _png
    if content.startswith(b"\xff\xd8"):
        return _jpeg_segments, _joined
    if content.startswith(b"RIFF"):
        return _riff_chunks, _riff
    if content[4:8] == b"ftyp":
        return _boxes, _boxed
    return _blocks, _joined


def _joined(parts: list[bytes], _: random.Random) -> bytes:
    return b"".join(parts)


def _png_chunks(content: bytes) -> list[bytes]:
    """Give kind and content of each chunk, without length and sum."""
    parts, at = [], _PNG_HEAD
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        parts.append(content[at + 4 : at + 8 + length])
        at += 12 + length
    return parts or [content]


def _png(parts: list[bytes], chance: random.Random) -> bytes:
    made = b"\x89PNG\r\n\x1a\n"
    for part in parts:
        checked = zlib.crc32(part) if chance.random() < 0.98 else chance.getrandbits(32)
        made += struct.pack(">I", max(len(part) - 4, 0)) + part + struct.pack(">I", checked)
    return made


def _jpeg_segments(content: bytes) -> list[bytes]:
    """Give the segments, and what is coded after them cut at its restart markers, or in eight where it has none."""
    parts, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        parts.append(content[at:end])
        at = end
    coded = content[at:]
    cuts = [found.start() for found in _RESTART.finditer(coded)]
    cuts = cuts or list(range(len(coded) // 8, len(coded), max(1, len(coded) // 8)))
    ends = pairwise([0, *cuts, len(coded)])
    return [*parts, *(coded[start:end] for start, end in ends)]


def _riff_chunks(content: bytes) -> list[bytes]:
    parts, at = [], _RIFF_HEAD
    while at + 8 <= len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        parts.append(content[at : at + 8 + length + length % 2])
        at += 8 + length + length % 2
    return parts or [content]


def _riff(parts: list[bytes], chance: random.Random) -> bytes:
    body = b"WEBP" + b"".join(parts)
    length = len(body) if chance.random() < 0.9 else chance.getrandbits(32)
    return b"RIFF" + struct.pack("<I", length) + body


def _boxes(content: bytes) -> list[bytes]:
    """Give kind and content of each box, without its length; those of ``meta`` stay together."""
    parts, at = [], 0
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if length < _SMALLEST_BOX:
            break
        parts.append(content[at + 4 : at + length])
        at += length
    return parts or [content]


def _boxed(parts: list[bytes], chance: random.Random) -> bytes:
    fits = chance.random() < 0.9
    return b"".join(
        struct.pack(">I", len(part) + 4 if fits or chance.random() < 0.5 else chance.getrandbits(32)) + part
        for part in parts
    )


def _blocks(content: bytes) -> list[bytes]:
    """Cut a file whose parts point at one another (TIFF, BMP, GIF) into a head and pieces of a size that directories and tables have."""
    head = 64
    return [content[:head], *(content[at : at + 96] for at in range(head, len(content), 96))]

"""What parent and worker say to each other, in fixed binary forms.

After its first picture a worker is not trusted: every answer has a bounded length, and reading one either gives a valid record or raises
``MalformedAnswerError``. Nothing is unpickled. Integers are big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from wardline import records
from wardline.adapters.media import cover
from wardline.adapters.media.caps import Caps
from wardline.adapters.media.reasons import Reason
from wardline.errors import InputError

REQUEST = struct.Struct("!BIIQ")
"""Verb, frame, longest side in pixels, size of the content that follows."""
ANSWER = struct.Struct("!BQ")
"""0 and the size of what follows, or 1 + the position of the reason and 0."""
_PICTURE = struct.Struct("!BIII")
_SIZE = struct.Struct("!II")
_HASH = struct.Struct("!BB")
_NO_QUALITY = 255
_LONGEST_DIGEST_BYTES = 64

_FORMATS = tuple(records.MediaFormat)
_REASONS = tuple(Reason)
_WORKER_REASONS = frozenset(_REASONS) - {
    Reason.EMPTY,
    Reason.BYTES,
    Reason.LATE,
    Reason.DIED,
    Reason.UNAVAILABLE,
}


class Verb(IntEnum):
    """What a worker can be asked for."""

    PROBE = 1
    HASH = 2
    RENDER = 3
    GREY = 4
    COVER = 5
    HASH_FAST = 6


class MalformedAnswerError(Exception):
    """A worker's answer is not of the agreed form. Never leaves the adapter."""


# --- written by the worker ------------------------------------------------------------------------------------------------------------
def refuse(reason: Reason) -> bytes:
    """Write the answer of a call that has no result."""
    return ANSWER.pack(1 + _REASONS.index(reason), 0)


def write_picture(picture: records.Picture) -> bytes:
    """Write what a probe found."""
    return _PICTURE.pack(_FORMATS.index(picture.format), picture.width, picture.height, picture.frames)


def write_examination(picture: records.Picture, hashes: Sequence[records.Hash]) -> bytes:
    """Write a picture and its hashes, in the order of the configured hashers."""
    parts = [write_picture(picture)]
    for one in hashes:
        digest = bytes.fromhex(one.value)
        parts += [_HASH.pack(_NO_QUALITY if one.quality is None else one.quality, len(digest)), digest]
    return b"".join(parts)


def write_pixels(pixels: NDArray[np.uint8]) -> bytes:
    """Write ``uint8[height, width, 3]``, or ``uint8[height, width]`` for greys."""
    height, width = pixels.shape[:2]
    return _SIZE.pack(width, height) + pixels.tobytes()


# --- read by the parent ---------------------------------------------------------------------------------------------------------------
def most_bytes(verb: Verb, *, kinds: int, longest_side: int) -> int:
    """Give the longest answer that a worker may send to a request."""
    match verb:
        case Verb.PROBE:
            return _PICTURE.size
        case Verb.HASH | Verb.HASH_FAST:
            return _PICTURE.size + kinds * (_HASH.size + _LONGEST_DIGEST_BYTES)
        case Verb.RENDER:
            return _SIZE.size + 3 * longest_side**2
        case Verb.GREY:
            return _SIZE.size + longest_side**2
        case Verb.COVER:
            columns, rows = cover.limits(longest_side)
            return _SIZE.size + columns * rows


def read_header(header: bytes, *, most: int) -> Reason | int:
    """Read the head of an answer: why there is none, or how many bytes follow."""
    status, size = ANSWER.unpack(header)
    if status == 0 and size <= most:
        return int(size)
    if 1 <= status <= len(_REASONS) and size == 0:
        reason: Reason = _REASONS[status - 1]
        if reason in _WORKER_REASONS:
            return reason
    raise MalformedAnswerError("answer: unknown status or over-long")


def read_picture(payload: bytes, caps: Caps) -> records.Picture:
    """Read what a probe found; it must be one that the caps allow."""
    if len(payload) != _PICTURE.size:
        raise MalformedAnswerError("picture: wrong length")
    code, width, height, frames = _PICTURE.unpack(payload)
    if code >= len(_FORMATS) or width * height > caps.pixels or frames > caps.frames:
        raise MalformedAnswerError("picture: outside the caps")
    try:
        return records.Picture(format=_FORMATS[code], width=width, height=height, frames=frames)
    except InputError as problem:
        raise MalformedAnswerError("picture: no record") from problem


def read_examination(payload: bytes, caps: Caps, kinds: Sequence[records.HashKind]) -> records.Examination:
    """Read a picture and exactly one hash of each kind, in order."""
    picture = read_picture(payload[: _PICTURE.size], caps)
    hashes, position = [], _PICTURE.size
    for kind in kinds:
        if len(payload) < position + _HASH.size:
            raise MalformedAnswerError("hashes: too few")
        quality, size = _HASH.unpack_from(payload, position)
        position += _HASH.size
        digest = payload[position : position + size]
        position += size
        try:
            hashes.append(
                records.Hash(
                    kind=kind, value=digest.hex(), quality=None if quality == _NO_QUALITY else quality
                )
            )
        except InputError as problem:
            raise MalformedAnswerError("hashes: no record") from problem
    if position != len(payload):
        raise MalformedAnswerError("hashes: trailing bytes")
    return records.Examination(picture=picture, hashes=tuple(hashes))


def read_pixels(payload: bytes, longest_side: int) -> NDArray[np.uint8]:
    """Read ``uint8[height, width, 3]``, no side longer than asked for."""
    width, height = _read_size(payload, (longest_side, longest_side), channels=3)
    return np.frombuffer(payload, np.uint8, offset=_SIZE.size).reshape(height, width, 3)


def read_greys(payload: bytes, longest_side: int) -> NDArray[np.uint8]:
    """Read ``uint8[height, width]``, no side longer than asked for."""
    width, height = _read_size(payload, (longest_side, longest_side), channels=1)
    return np.frombuffer(payload, np.uint8, offset=_SIZE.size).reshape(height, width)


def read_points(payload: bytes, longest_side: int) -> NDArray[np.uint8]:
    """Read the points of a cover, ``uint8[rows, columns]``, at most 20 rows of 32."""
    columns, rows = _read_size(payload, cover.limits(longest_side), channels=1)
    return np.frombuffer(payload, np.uint8, offset=_SIZE.size).reshape(rows, columns)


def _read_size(payload: bytes, most: tuple[int, int], *, channels: int) -> tuple[int, int]:
    if len(payload) < _SIZE.size:
        raise MalformedAnswerError("pixels: too short")
    width, height = _SIZE.unpack_from(payload)
    fits = 1 <= width <= most[0] and 1 <= height <= most[1]
    if not fits or len(payload) != _SIZE.size + channels * width * height:
        raise MalformedAnswerError("pixels: wrong size")
    return width, height

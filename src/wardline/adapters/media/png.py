"""Write a PNG from bare pixels, outside the sandbox.

Pixels cross the border, never a file: what reaches a moderator's browser was written by this code and not by a decoder that a hostile
picture may have taken over.

Source: W3C PNG Specification (Third Edition), sections 5 and 9.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_GREY = bytes([8, 0, 0, 0, 0])
_EIGHT_BIT_RGB = bytes([8, 2, 0, 0, 0])
_FILTER_UP = 2
_FASTEST = 1


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """Encode ``uint8[height, width, 3]``, RGB, or ``uint8[height, width]``, grey, with no chunk but the three that a PNG must have."""
    height, width = pixels.shape[:2]
    flat = pixels.reshape(height, -1)
    rows = np.empty((height, 1 + flat.shape[1]), np.uint8)
    rows[:, 0] = _FILTER_UP
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])  # modulo 256, as the filter wants
    header = struct.pack("!II", width, height) + (_EIGHT_BIT_GREY if pixels.ndim == 2 else _EIGHT_BIT_RGB)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows.data, _FASTEST)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(body, zlib.crc32(name)))

"""A detector that knows nothing: it measures how much of a picture is of one colour. For tests, the demo and a first try of the settings.

It is useless for anything real, and says so by its version. It reads the renderings that Wardline's own sandbox makes, and no other file.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wardline import records
from wardline.adapters.media import png
from wardline.errors import ConfigurationError

VERSION = "reference-1"
COLOUR = (230, 120, 20)
"""What it looks for, unless an option says otherwise: an orange, as RGB."""
_HEAD = b"\x89PNG\r\n\x1a\n"
_RGB = bytes([8, 2, 0, 0, 0])
_IHDR_END = 33
_REACH = 60.0
"""So far from the colour, in steps of 0 to 255, a point counts half."""


class ReferenceDetector:
    """A ``ports.Classifier``. The score is the share of points that look like the colour, softly counted."""

    def __init__(self, name: str, version: str = VERSION, *, colour: tuple[int, int, int] = COLOUR) -> None:
        self._name, self._version, self._colour = name, version, colour

    @property
    def name(self) -> str:
        """What the settings call it."""
        return self._name

    @property
    def version(self) -> str:
        """As the settings froze it, with the colour."""
        return f"{self._version} {'-'.join(map(str, self._colour))}"

    def score(self, content: bytes) -> float | records.Unscannable:
        """Say how much of a picture is of the colour, 0 to 1."""
        pixels = _pixels(content)
        if pixels is None:
            return records.Unscannable(
                source=self._name, reason="is given something else than a rendering of the sandbox"
            )
        away = np.sqrt(((pixels.astype(np.float64) - self._colour) ** 2).sum(axis=1))
        return float(np.exp2(-((away / _REACH) ** 2)).mean())


def rendering(share: float = 0.5, *, side: int = 64, colour: tuple[int, int, int] = COLOUR) -> bytes:
    """Draw a grey field with a block of a colour over a share of it, as the sandbox would render it."""
    pixels = np.full((side, side, 3), 128, np.uint8)
    pixels[: round(share * side)] = colour
    return png.encode(pixels)


def create(name: str, version: str, options: Mapping[str, str], secret: bytes) -> ReferenceDetector:
    """Make it from the settings; the option ``colour`` is three numbers with spaces between."""
    if secret or set(options) - {"colour"}:
        raise ConfigurationError(f"detector {name}: takes no secret and only the option colour")
    words = options.get("colour", " ".join(map(str, COLOUR))).split()
    if len(words) != 3 or not all(each.isascii() and each.isdigit() and int(each) < 256 for each in words):
        raise ConfigurationError(
            f"detector {name}: option colour is malformed, expected three numbers from 0 to 255"
        )
    red, green, blue = map(int, words)
    return ReferenceDetector(name, version, colour=(red, green, blue))


def _pixels(content: bytes) -> NDArray[np.uint8] | None:
    """Read a PNG that the sandbox wrote: one header, one block of data, rows that hold the difference from the row above."""
    if not content.startswith(_HEAD) or content[24:29] != _RGB:
        return None
    width, height = struct.unpack("!II", content[16:24])
    size = struct.unpack("!I", content[_IHDR_END : _IHDR_END + 4])[0]
    try:
        rows = np.frombuffer(zlib.decompress(content[_IHDR_END + 8 : _IHDR_END + 8 + size]), np.uint8)
        rows = rows.reshape(height, 1 + 3 * width)
    except (zlib.error, ValueError):
        return None
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(-1, 3)

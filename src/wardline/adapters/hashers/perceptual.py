"""PDQ: a hash of what a picture looks like, for finding near copies."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wardline import records

_EXACT_PIXELS = 16_000_000
_STRIP_PIXELS = 250_000  # a strip and its copies stay in the processor's cache


class PdqHasher:
    """PDQ by the ``pdqhash`` package, at full resolution up to 16 million pixels.

    Beyond that the package needs over 24 bytes of memory and 20 ns and more per pixel, so the picture is first averaged over squares of
    2 x 2, 3 x 3 ... pixels until it has at most 16 million. PDQ begins with averages over much larger squares itself: the result stays
    within a few bits of the full one, against a matching radius of 31.

    Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019), section 6.
    """

    @property
    def kind(self) -> records.HashKind:
        """PDQ."""
        return records.HashKind.PDQ

    def hash(self, content: bytes, pixels: NDArray[np.uint8]) -> records.Hash:  # noqa: ARG002 - the port's signature
        """Hash ``uint8[height, width, 3]``, RGB. Flat pictures have a hash too, of quality 0."""
        import pdqhash

        bits, quality = pdqhash.compute(_averaged(pixels, _EXACT_PIXELS))
        value = np.packbits(np.asarray(bits, np.uint8)).tobytes().hex()
        return records.Hash(kind=records.HashKind.PDQ, value=value, quality=min(100, max(0, int(quality))))


def _averaged(pixels: NDArray[np.uint8], most_pixels: int) -> NDArray[np.uint8]:
    """Shrink by the smallest whole factor that brings a picture under ``most_pixels``; strip by strip, to bound memory."""
    from PIL import Image

    height, width = pixels.shape[:2]
    factor = math.ceil(math.sqrt(height * width / most_pixels))
    if factor <= 1:
        return pixels
    rows = max(1, _STRIP_PIXELS // (width * factor)) * factor
    small = np.empty((math.ceil(height / factor), math.ceil(width / factor), 3), np.uint8)
    for top in range(0, height, rows):
        strip = np.asarray(Image.fromarray(pixels[top : top + rows]).reduce(factor))
        small[top // factor : top // factor + strip.shape[0]] = strip
    return small

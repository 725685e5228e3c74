"""PDQ: a hash of what a picture looks like, for finding near copies."""

from __future__ import annotations

from wardline import records
from wardline.kernels import pdq
from wardline.ports import Frame

_LEAST_FAST_QUALITY = 60
"""A fast quality differs from the exact one by 6 at most, so none crosses 50, the line that counts, unseen. Source: docs/adr/0009, measured."""
_MOST_DOUBT_BITS = 8
"""With it no fast hash was more than 8 bits from the exact one, of photographs 4; without it, of noise, up to 32. It lets nearly every
photograph through. Source: docs/adr/0009, measured."""


class PdqHasher:
    """PDQ at full resolution, whatever the size; from a JPEG decoded small where a fast hash will do.

    Source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019), section 6.
    """

    @property
    def kind(self) -> records.HashKind:
        """PDQ."""
        return records.HashKind.PDQ

    def hash(self, frame: Frame) -> records.Hash:
        """Hash the first frame. Flat pictures have a hash too, of quality 0."""
        factor = pdq.factor_for(frame.size)
        luma = frame.scaled_luma(factor) if factor is not None else None
        if factor is not None and luma is not None:
            found = pdq.linear(luma, frame.size, factor)
            if found.quality >= _LEAST_FAST_QUALITY and found.doubt_bits <= _MOST_DOUBT_BITS:
                return _record(found.digest, found.quality)
        return _record(*pdq.exact(frame.pixels()))


def _record(digest: bytes, quality: int) -> records.Hash:
    return records.Hash(kind=records.HashKind.PDQ, value=digest.hex(), quality=quality)

"""What hashers get to see of an upload: its bytes, and as much of its first frame as they ask for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from wardline.adapters.media import decoding
from wardline.adapters.media.caps import Caps
from wardline.kernels import jpeg
from wardline.records import MediaFormat, Precision

_SMALLEST = 8  # the decoder's largest step down: all of the file is read, little of it is transformed


class LazyFrame:
    """A ``ports.Frame`` over Pillow. Reads the headers at once, and raises what ``decoding`` raises."""

    def __init__(
        self, content: bytes, caps: Caps, formats: frozenset[MediaFormat], precision: Precision
    ) -> None:
        self.content = content
        self._caps, self._formats, self._precision = caps, formats, precision
        self._image: ImageFile.ImageFile | None = None
        with decoding.as_damage():
            self._image, self.picture = decoding.open_picture(content, caps, formats)
        self._pixels: NDArray[np.uint8] | None = None
        self._lumas: dict[int, NDArray[np.uint8] | None] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.picture.width, self.picture.height

    def pixels(self) -> NDArray[np.uint8]:
        """See ``ports.Frame``."""
        if self._pixels is None:
            with decoding.as_damage():
                self._pixels = decoding.pixels_of(self._fresh(), self._caps)
        return self._pixels

    def scaled_luma(self, factor: int) -> NDArray[np.uint8] | None:
        """See ``ports.Frame``. Only JPEG is decoded quicker when it is decoded smaller."""
        if self._precision is Precision.EXACT or self.picture.format is not MediaFormat.JPEG:
            return None
        if factor not in self._lumas:
            with decoding.as_damage():
                self._lumas[factor] = self._drafted(factor)
        return self._lumas[factor]

    def require_decodable(self) -> None:
        """Decode it if nobody has: a file is not good because nobody looked."""
        decoded = self._pixels is not None or any(luma is not None for luma in self._lumas.values())
        if not decoded and self.scaled_luma(_SMALLEST) is None:
            self.pixels()

    def _drafted(self, factor: int) -> NDArray[np.uint8] | None:
        width, height = self.size
        if min(width, height) < factor:
            return None
        # What our kernel cannot read, or finds any fault with, the whole decoder reads, and says what is the matter with it.
        quick = jpeg.luma(self.content, self.size, factor)
        return quick if quick is not None else self._drafted_by_pillow(factor)

    def _drafted_by_pillow(self, factor: int) -> NDArray[np.uint8] | None:
        width, height = self.size
        image = self._fresh()
        if image.mode not in ("RGB", "L"):  # the decoder makes no luma from four inks
            return None
        image.draft("L", (width // factor, height // factor))
        image.load()
        decoding.require_size(image, self._caps)
        scaled = (-(-width // factor), -(-height // factor))
        return np.asarray(image) if (image.mode, image.size) == ("L", scaled) else None

    def _fresh(self) -> Image.Image:
        """Give the picture as it was opened; a decoder decodes once."""
        image, self._image = self._image, None
        return (
            image if image is not None else decoding.open_picture(self.content, self._caps, self._formats)[0]
        )

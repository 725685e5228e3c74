"""A picture that is decoded already, for trying a hasher without a sandbox."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Still:
    """A ``ports.Frame`` of given pixels.

    Args:
        pixels: ``uint8[height, width, 3]``, RGB.
        content: The file that they are from, for hashers that read it.
        lumas: What decoding its luma at a fraction gives, by factor; others give None, as for an exact hash.
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        *,
        content: bytes = b"",
        lumas: dict[int, NDArray[np.uint8]] | None = None,
    ) -> None:
        self.content = content
        self._pixels = pixels
        self._lumas = lumas or {}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self._pixels.shape[:2]
        return width, height

    def pixels(self) -> NDArray[np.uint8]:
        """Give the pixels."""
        return self._pixels

    def scaled_luma(self, factor: int) -> NDArray[np.uint8] | None:
        """Give what was given for this factor."""
        return self._lumas.get(factor)

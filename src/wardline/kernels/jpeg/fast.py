"""The compiled twin, for the JPEGs that it knows how to read. Where it was not built another decoder serves, and no kernel."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from wardline.kernels import native
from wardline.kernels.jpeg import reference

_ROOM = "jpeg"
_NO_MEMORY, _DONE = -1, 1


def luma(content: bytes, size: tuple[int, int], factor: int) -> NDArray[np.uint8] | None:
    """Decode a JPEG's luma at a fraction of its size; see ``reference.luma``.

    The reference never serves: it takes a hundred times as long as any other decoder.

    Args:
        content: The file.
        size: Width and height that its header says, pixels.
        factor: 1, 2, 4 or 8.

    Returns:
        ``uint8[ceil(height / factor), ceil(width / factor)]``; None for what it cannot read or is not without fault, and where it was not built
        or not chosen: then another decoder is to be asked.

    Raises:
        MemoryError: There is not enough.
    """
    library = native.library(_ROOM)
    if library is None or factor not in reference.FACTORS:
        return None
    return run(library, content, size, factor)


def run(
    library: ctypes.CDLL, content: bytes, size: tuple[int, int], factor: int, *, plain: int = 0
) -> NDArray[np.uint8] | None:
    """Call the compiled twin; with ``plain`` 1 it keeps to instructions that every machine of its kind has."""
    if not all(1 <= side <= reference.MOST_SIDE for side in size):
        return None
    found = np.empty([-(-side // factor) for side in reversed(size)], np.uint8)
    outcome = library.wardline_jpeg_luma(
        content,
        *map(ctypes.c_int64, (len(content), *size, factor)),
        ctypes.c_int32(plain),
        ctypes.c_void_p(found.ctypes.data),
    )
    if outcome == _NO_MEMORY:
        raise MemoryError("jpeg: not enough memory for the picture")
    return found if outcome == _DONE else None

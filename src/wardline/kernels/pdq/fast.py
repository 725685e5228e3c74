"""The compiled twin where it was built and chosen, otherwise the reference."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from wardline.kernels import native
from wardline.kernels.pdq import estimating, reference

_ROOM = "pdq"
_NO_MEMORY = -1
_Digest = ctypes.c_uint8 * reference.HASH_BYTES


def exact(pixels: NDArray[np.uint8]) -> tuple[bytes, int]:
    """Hash a picture from all of its pixels, ``uint8[height, width, 3]``; see ``reference.exact``.

    Takes 4 bytes for each 128th of the pixels and each of a row, and a little.

    Raises:
        InputError: The array has another type or shape, or no pixels.
        MemoryError: There is not enough.
    """
    library = native.library(_ROOM)
    if library is None:
        return reference.exact(pixels)
    reference.require_pixels(pixels)
    return run_exact(library, pixels)


def linear(luma: NDArray[np.uint8], size: tuple[int, int], factor: int) -> estimating.Estimate:
    """Hash a picture from its luma, decoded at a fraction of its size; see ``estimating.linear``.

    Raises:
        InputError: The array has another type or shape than such a picture's.
        MemoryError: There is not enough.
    """
    library = native.library(_ROOM)
    if library is None:
        return estimating.linear(luma, size, factor)
    estimating.require_luma(luma, size, factor)
    return run_linear(library, luma, size, factor)


def run_exact(library: ctypes.CDLL, pixels: NDArray[np.uint8], *, plain: int = 0) -> tuple[bytes, int]:
    """Call the compiled twin; with ``plain`` 1 it keeps to instructions that every machine of its kind has."""
    rows = np.ascontiguousarray(pixels)
    digest = _Digest()
    quality = library.wardline_pdq_exact(
        ctypes.c_void_p(rows.ctypes.data), *map(ctypes.c_int64, rows.shape[:2]), ctypes.c_int32(plain), digest
    )
    return bytes(digest), _checked(quality)


def run_linear(
    library: ctypes.CDLL, luma: NDArray[np.uint8], size: tuple[int, int], factor: int, *, plain: int = 0
) -> estimating.Estimate:
    """Do as ``run_exact``."""
    rows = np.ascontiguousarray(luma)
    digest, doubt_bits = _Digest(), ctypes.c_int32()
    quality = library.wardline_pdq_linear(
        ctypes.c_void_p(rows.ctypes.data),
        *map(ctypes.c_int64, (size[1], size[0], factor)),
        ctypes.c_float(estimating.MARGIN),
        ctypes.c_int32(plain),
        digest,
        ctypes.byref(doubt_bits),
    )
    return estimating.Estimate(bytes(digest), _checked(quality), doubt_bits.value)


def _checked(quality: int) -> int:
    if quality == _NO_MEMORY:
        raise MemoryError("pdq: not enough memory for the sums")
    return quality

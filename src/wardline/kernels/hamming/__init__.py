"""Exact search for 256-bit hashes within a Hamming distance."""

from wardline.kernels.hamming.index import HammingIndex, Neighbours
from wardline.kernels.hamming.reference import (
    HASH_BITS,
    HASH_BYTES,
    CsrResult,
    ReferenceIndex,
    distance,
    search,
)

__all__ = [
    "HASH_BITS",
    "HASH_BYTES",
    "CsrResult",
    "HammingIndex",
    "Neighbours",
    "ReferenceIndex",
    "distance",
    "search",
]

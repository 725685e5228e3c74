"""Exact search for 256-bit hashes within a Hamming distance."""

from wardline.kernels.hamming.reference import HASH_BITS, HASH_BYTES, CsrResult, distance, search

__all__ = ["HASH_BITS", "HASH_BYTES", "CsrResult", "distance", "search"]

"""The plain specification of the search: compare every query with every hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardline.errors import InputError

HASH_BITS = 256
HASH_BYTES = HASH_BITS // 8

_WORDS = HASH_BITS // 64
_BLOCK_PAIRS = 1 << 18
"""Pairs compared at a time: each array of a block is at most 2 MiB and stays in the cache."""
_BITS_OF_16 = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)


@dataclass(frozen=True, slots=True)
class CsrResult:
    """What each query found, as compressed rows: query ``q`` has ``rows[offsets[q]:offsets[q + 1]]``."""

    offsets: NDArray[np.int64]
    """``int64[q + 1]``, from 0 up."""
    rows: NDArray[np.int64]
    """``int64[m]``: rows of the haystack; within a query nearest first, then by row."""
    distances: NDArray[np.uint16]
    """``uint16[m]``: bits, 0 to 256."""


def search(haystack: NDArray[np.uint8], queries: NDArray[np.uint8], radius_bits: int) -> CsrResult:
    """Find every hash within the radius, inclusive, of every query.

    Needs a few MiB beside the arrays and the result, which in the worst case holds every pair.

    Args:
        haystack: ``uint8[n, 32]``; rows are hashes.
        queries: ``uint8[q, 32]``; rows are hashes.
        radius_bits: 0 to 256.

    Raises:
        InputError: An array has another type or shape, or the radius is out of range.
    """
    if not 0 <= radius_bits <= HASH_BITS:
        raise InputError(f"radius: {radius_bits} bits, expected 0 to {HASH_BITS}")
    words, wanted = _as_words(haystack, "haystack"), _as_words(queries, "queries")
    queries_at_once = max(1, _BLOCK_PAIRS // max(1, len(words)))
    of_query = [np.empty(0, np.int64)]
    rows = [np.empty(0, np.int64)]
    distances = [np.empty(0, np.uint16)]
    for first in range(0, len(wanted), queries_at_once):
        block = wanted[first : first + queries_at_once]
        rows_at_once = max(1, _BLOCK_PAIRS // len(block))
        for start in range(0, len(words), rows_at_once):
            bits = _distances(block, words[start : start + rows_at_once])
            query, row = np.nonzero(bits <= radius_bits)
            of_query.append(query + first)
            rows.append(row + start)
            distances.append(bits[query, row])
    return _compressed(np.concatenate(of_query), np.concatenate(rows), np.concatenate(distances), len(wanted))


def distance(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> int:
    """Count the bits in which two hashes, ``uint8[32]`` each, differ: 0 to 256."""
    words = _as_words(first.reshape(1, -1), "hash"), _as_words(second.reshape(1, -1), "hash")
    return int(_distances(*words)[0, 0])


def popcount_by_table(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Count the set bits of each word, 16 bits at a time: for NumPy 1, which has no ``bitwise_count``."""
    pieces = np.ascontiguousarray(words).view(np.uint16).reshape(*words.shape, 4)
    counts: NDArray[np.uint8] = _BITS_OF_16[pieces].sum(axis=-1, dtype=np.uint8)
    return counts


popcount: Callable[[NDArray[np.uint64]], NDArray[np.uint8]] = getattr(np, "bitwise_count", popcount_by_table)


def _as_words(hashes: NDArray[np.uint8], name: str) -> NDArray[np.uint64]:
    """View ``uint8[n, 32]`` as ``uint64[n, 4]``."""
    if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != HASH_BYTES:
        raise InputError(f"{name}: {hashes.dtype}{list(hashes.shape)}, expected uint8[n, {HASH_BYTES}]")
    return np.ascontiguousarray(hashes).view(np.uint64).reshape(-1, _WORDS)


def _distances(queries: NDArray[np.uint64], words: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Give the distances of all pairs, ``uint16[q, n]``."""
    bits = np.zeros((len(queries), len(words)), np.uint16)
    for word in range(_WORDS):
        bits += popcount(queries[:, word, None] ^ words[None, :, word])
    return bits


def _compressed(
    of_query: NDArray[np.int64], rows: NDArray[np.int64], distances: NDArray[np.uint16], queries: int
) -> CsrResult:
    """Order the pairs found by query, distance and row, and say where each query's begin."""
    order = np.lexsort((rows, distances, of_query))
    offsets = np.zeros(queries + 1, np.int64)
    np.cumsum(np.bincount(of_query, minlength=queries), out=offsets[1:])
    return CsrResult(offsets, rows[order], distances[order])

"""The plain specification of the search: compare every query with every hash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardline.errors import AlreadyExistsError, InputError

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
    return scan(columns(as_words(haystack, "haystack")), as_words(queries, "queries"), radius_bits)


def columns(words: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], ...]:
    """Give the columns of ``uint64[n, k]``, ``uint64[n]`` each."""
    return tuple(words[:, word] for word in range(words.shape[1]))


def scan(words: Sequence[NDArray[np.uint64]], wanted: NDArray[np.uint64], radius_bits: int) -> CsrResult:
    """Do what ``search`` does, for hashes as four columns of words, ``uint64[n]``, and queries as words, ``uint64[q, 4]``."""
    count = len(words[0])
    queries_at_once = max(1, _BLOCK_PAIRS // max(1, count))
    of_query = [np.empty(0, np.int64)]
    rows = [np.empty(0, np.int64)]
    distances = [np.empty(0, np.uint16)]
    for first in range(0, len(wanted), queries_at_once):
        block = wanted[first : first + queries_at_once]
        rows_at_once = max(1, _BLOCK_PAIRS // len(block))
        for start in range(0, count, rows_at_once):
            bits = _distances(block, [column[start : start + rows_at_once] for column in words])
            query, row = np.nonzero(bits <= radius_bits)
            of_query.append(query + first)
            rows.append(row + start)
            distances.append(bits[query, row])
    return _compressed(np.concatenate(of_query), np.concatenate(rows), np.concatenate(distances), len(wanted))


def distance(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> int:
    """Count the bits in which two hashes, ``uint8[32]`` each, differ: 0 to 256."""
    other = columns(as_words(second.reshape(1, -1), "hash"))
    return int(_distances(as_words(first.reshape(1, -1), "hash"), other)[0, 0])


def popcount_by_table(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Count the set bits of each word, 16 bits at a time: for NumPy 1, which has no ``bitwise_count``."""
    pieces = np.ascontiguousarray(words).view(np.uint16).reshape(*words.shape, 4)
    counts: NDArray[np.uint8] = _BITS_OF_16[pieces].sum(axis=-1, dtype=np.uint8)
    return counts


popcount: Callable[[NDArray[np.uint64]], NDArray[np.uint8]] = getattr(np, "bitwise_count", popcount_by_table)


def as_words(hashes: NDArray[np.uint8], name: str) -> NDArray[np.uint64]:
    """View ``uint8[n, 32]`` as ``uint64[n, 4]``."""
    check(hashes, name)
    return np.ascontiguousarray(hashes).view(np.uint64).reshape(-1, _WORDS)


def check(hashes: NDArray[np.uint8], name: str) -> None:
    """Refuse (``InputError``) what is not ``uint8[n, 32]``."""
    if hashes.dtype != np.uint8 or hashes.ndim != 2 or hashes.shape[1] != HASH_BYTES:
        raise InputError(f"{name}: {hashes.dtype}{list(hashes.shape)}, expected uint8[n, {HASH_BYTES}]")


def _distances(queries: NDArray[np.uint64], words: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint16]:
    """Give the distances of all pairs, ``uint16[q, n]``."""
    bits = np.zeros((len(queries), len(words[0])), np.uint16)
    for wanted, word in zip(columns(queries), words, strict=True):
        bits += popcount(wanted[:, None] ^ word[None, :])
    return bits


def _compressed(
    of_query: NDArray[np.int64], rows: NDArray[np.int64], distances: NDArray[np.uint16], queries: int
) -> CsrResult:
    """Order the pairs found by query, distance and row, and say where each query's begin."""
    order = np.lexsort((rows, distances, of_query))
    offsets = np.zeros(queries + 1, np.int64)
    np.cumsum(np.bincount(of_query, minlength=queries), out=offsets[1:])
    return CsrResult(offsets, rows[order], distances[order])


class ReferenceIndex:
    """What ``HammingIndex`` does, said plainly: a dictionary, and a search through all of it. It has no file and no threads."""

    def __init__(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        self._held: dict[int, bytes] = {}
        self.add(hashes, ids)

    def search(
        self, queries: NDArray[np.uint8], radius_bits: int = 31
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
        """Give offsets, ids and distances of every hash within the radius of each query: nearest first, then by id."""
        ids = np.array(sorted(self._held), np.int64)
        held = np.frombuffer(b"".join(self._held[number] for number in ids.tolist()), np.uint8)
        result = search(held.reshape(-1, HASH_BYTES), queries, radius_bits)
        return result.offsets, ids[result.rows], result.distances

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Hold hashes: all of them or, when an id is taken, none."""
        numbers = ids.tolist()
        if len(set(numbers)) < len(numbers) or not self._held.keys().isdisjoint(numbers):
            raise AlreadyExistsError("index addition: an id is there already, expected new ids")
        self._held.update(zip(numbers, (row.tobytes() for row in hashes), strict=True))

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Drop hashes; unknown ids are ignored."""
        for number in ids.tolist():
            self._held.pop(number, None)

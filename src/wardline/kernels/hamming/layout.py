"""How hashes lie in memory and in files, written plainly: permuted words, tables of chunks, and checksums.

``fast.c`` makes the same bytes. The pigeonhole behind the tables: cut the 256 bits into chunks, and give each chunk ``i`` a number
``r_i`` of bits that are flipped in it. If two hashes differ in more than ``r_i`` bits of every chunk, they differ in at least
``sum(r_i + 1)`` bits. So when that sum exceeds the radius, a near hash shares at least one chunk up to ``r_i`` flipped bits, and it is
enough to look at those buckets.

Source: Norouzi, Punjani, Fleet: Fast Exact Search in Hamming Space with Multi-Index Hashing (2014), sections 3 and 3.1; the unequal
chunks and numbers of flips are the generalised pigeonhole of Qin et al.: GPH: Similarity Search in Hamming Space (2018), section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import heapify, heapreplace
from math import comb

import numpy as np
from numpy.typing import NDArray

from wardline.kernels.hamming.reference import HASH_BITS, HASH_BYTES, as_words

BLOCK_BYTES = 16
BLOCK_BUCKETS = 12
FULL = 255
"""Rows of a bucket that its block can count; the others are in the overflow."""
MOST_FLIPS = 4
CHECKED_WORDS = 2048
"""64-bit words under one sum of a checksum."""

Words = NDArray[np.uint64]

# What the parts of a search cost, in units of one probe of a table. Measured with `wardline bench match`.
_CANDIDATE_COST = 1.0
_ROW_COST = 0.04
"""One row of a scan."""

_BRUTE: tuple[int, ...] = ()
_WIDTHS: tuple[tuple[int, tuple[int, ...]], ...] = (
    (10_000, _BRUTE),
    (400_000, (16,) * 16),
    (2_000_000, (22,) + (20,) * 6 + (19,) * 6),
    (2**32, (24,) * 5 + (23,) * 5 + (21,)),
)
"""Up to so many hashes: the widths of the chunks, wider where more bits are flipped. The bounds are where measured times cross.
Those of a million are chosen for 39 bits, which every upload is looked up within, and are as quick at 31."""


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, sorted by one chunk of their bits."""

    blocks: NDArray[np.uint8]
    """``uint8[b, 16]``: for 12 buckets each, the first row's place in ``rows`` as ``uint32``, then how many rows each bucket has."""
    rows: NDArray[np.uint32]
    """``uint32[n]``: bucket by bucket, at most 255 of each, rising; then what is left of those that have more."""
    overflow: NDArray[np.uint32]
    """``uint32[o, 3]``: bucket, place in ``rows``, and how many are left; by bucket."""


@cache
def permutation() -> NDArray[np.int64]:
    """Give the fixed permutation, ``int64[256]``: which bit of a hash each bit of the words is.

    Neighbouring bits of a PDQ hash go together, so that chunks of neighbours fill some buckets far more than others: 42 % more
    candidates than with random hashes. Source: Wardline's own measurement on 25,859 crops of photographs, November 2026.
    """
    order, state = list(range(HASH_BITS)), 1
    for last in range(HASH_BITS - 1, 0, -1):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64  # Knuth's MMIX generator
        other = (state >> 33) % (last + 1)
        order[last], order[other] = order[other], order[last]
    return np.array(order, np.int64)


def permuted(hashes: NDArray[np.uint8]) -> tuple[Words, Words]:
    """Permute the bits of ``uint8[n, 32]``; give the first and the last two words of each, ``uint64[n, 2]`` twice."""
    bits = np.unpackbits(as_words(hashes, "hashes").view(np.uint8), axis=1, bitorder="little")
    words = np.ascontiguousarray(np.packbits(bits[:, permutation()], axis=1, bitorder="little")).view("<u8")
    return np.ascontiguousarray(words[:, :2], np.uint64), np.ascontiguousarray(words[:, 2:], np.uint64)


@cache
def places() -> Words:
    """Give what each value of each byte of a hash contributes to its permuted words: ``uint64[32, 256, 4]``."""
    hashes = np.zeros((HASH_BYTES, 256, HASH_BYTES), np.uint8)
    for byte in range(HASH_BYTES):
        hashes[byte, :, byte] = np.arange(256)
    near, far = permuted(hashes.reshape(-1, HASH_BYTES))
    return np.ascontiguousarray(np.hstack((near, far)).reshape(HASH_BYTES, 256, 4))


def widths_for(count: int) -> tuple[int, ...]:
    """Choose the widths of the chunks for so many hashes; none: every hash is compared."""
    return next(widths for most, widths in _WIDTHS if count <= most)


@lru_cache(maxsize=1024)
def flips_for(widths: tuple[int, ...], count: int, radius_bits: int) -> tuple[int, ...] | None:
    """Choose for each chunk how many bits are flipped, -1 where its table is not needed; None when a scan costs less.

    The sum of flips, each plus one, is the radius plus one. Each step takes the chunk where one more flipped bit costs least, which is
    the best choice because a chunk's steps cost more and more.
    """
    steps = [(_step_cost(width, 0, count), chunk, 0) for chunk, width in enumerate(widths)]
    if not steps:
        return None
    heapify(steps)
    flips, total = [-1] * len(widths), 0.0
    for _ in range(radius_bits + 1):
        cost, chunk, flipped = steps[0]
        if flipped > MOST_FLIPS:
            return None
        total += cost
        if total > _ROW_COST * count:
            return None
        flips[chunk] = flipped
        heapreplace(steps, (_step_cost(widths[chunk], flipped + 1, count), chunk, flipped + 1))
    return tuple(flips)


def _step_cost(width: int, flipped: int, count: int) -> float:
    if flipped > MOST_FLIPS:
        return float("inf")
    each: float = 1 + _CANDIDATE_COST * count / (1 << width)
    return comb(width, flipped) * each


def most_candidates(count: int) -> int:
    """Say from how many candidates on a scan costs less than comparing them."""
    return int(count * _ROW_COST / _CANDIDATE_COST)


def buckets_of(near: Words, far: Words, first_bit: int, width: int) -> NDArray[np.int64]:
    """Give the bucket of each row, ``int64[n]``: ``width`` bits of its words from ``first_bit`` on."""
    words = np.hstack((near, far, np.zeros((len(near), 1), np.uint64)))
    word, bit = divmod(first_bit, 64)
    value = words[:, word] >> np.uint64(bit)
    if bit:
        value |= words[:, word + 1] << np.uint64(64 - bit)
    return (value & np.uint64(2**width - 1)).astype(np.int64)


def table(near: Words, far: Words, first_bit: int, width: int) -> Table:
    """Sort all rows by one chunk."""
    buckets = buckets_of(near, far, first_bit, width)
    counts = np.bincount(buckets, minlength=2**width)
    order = np.argsort(buckets, kind="stable")
    begins = np.cumsum(counts) - counts
    inside = np.arange(len(order)) - begins[buckets[order]] < FULL
    held = np.minimum(counts, FULL)
    blocks = np.zeros((-(-(2**width) // BLOCK_BUCKETS), BLOCK_BYTES), np.uint8)
    padded = np.zeros(len(blocks) * BLOCK_BUCKETS, np.int64)
    padded[: len(held)] = held
    first = np.cumsum(padded) - padded
    blocks[:, :4] = first[::BLOCK_BUCKETS].astype("<u4").view(np.uint8).reshape(-1, 4)
    blocks[:, 4:] = padded.reshape(-1, BLOCK_BUCKETS)
    over = np.flatnonzero(counts > FULL)
    left = counts[over] - FULL
    overflow = np.column_stack((over, held.sum() + np.cumsum(left) - left, left)).astype(np.uint32)
    rows = np.concatenate((order[inside], order[~inside])).astype(np.uint32)
    return Table(blocks, rows, overflow)


@cache
def keys() -> NDArray[np.uint32]:
    """Give the keys of a checksum, ``uint32[4096]``. They are odd: a single flipped bit always changes the sum."""
    drawn, state = [], 2
    for _ in range(2 * CHECKED_WORDS):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        drawn.append(state >> 32 | 1)
    return np.array(drawn, np.uint32)


def sums(content: Words) -> Words:
    """Sum up ``uint64[n]``: each 16 KiB gives the sum of its 32-bit halves times their keys, modulo 2^64.

    Damage that did not aim at these keys goes unnoticed in one block of four billion. Source: multilinear hashing, Lemire and Kaser:
    Strongly universal string hashing is fast (2014), section 3.
    """
    found = []
    for start in range(0, len(content), CHECKED_WORDS):
        halves = content[start : start + CHECKED_WORDS].view(np.uint32)
        found.append((halves.astype(np.uint64) * keys()[: len(halves)]).sum(dtype=np.uint64))
    return np.array(found, np.uint64)

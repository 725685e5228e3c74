"""The compiled twin: hands arrays to ``fast.c``."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wardline.errors import DependencyError
from wardline.kernels import native
from wardline.kernels.hamming import layout
from wardline.kernels.hamming.layout import Table, Words

_ROOM = "hamming"
_POINTER, _SIZE, _NUMBER = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32


class _Table(ctypes.Structure):
    _fields_ = (
        ("blocks", _POINTER), ("rows", _POINTER), ("overflow", _POINTER), ("overflow_count", _SIZE),
        ("first_bit", _NUMBER), ("bits", _NUMBER),
    )  # fmt: skip


class _Segment(ctypes.Structure):
    _fields_ = (
        ("near", _POINTER), ("far", _POINTER), ("ids", _POINTER), ("dead", _POINTER), ("count", _SIZE),
        ("tables", _POINTER), ("tables_count", _NUMBER),
    )  # fmt: skip


class _Found(ctypes.Structure):
    _fields_ = (("hits", _POINTER), ("count", _SIZE), ("room", _SIZE), ("failed", _NUMBER))


class Segment:
    """Rows as the compiled code sees them. Keeps the arrays alive; it reads them where they are."""

    def __init__(
        self,
        near: Words,
        far: Words,
        ids: NDArray[np.int64],
        dead: NDArray[np.uint8] | None,
        count: int,
        tables: Sequence[Table] = (),
        widths: Sequence[int] = (),
    ) -> None:
        self._kept: list[Any] = [near, far, ids, dead, tables]
        own = (_Table * len(tables))()
        first_bit = 0
        for into, each, width in zip(own, tables, widths, strict=True):
            into.blocks, into.rows = each.blocks.ctypes.data, each.rows.ctypes.data
            into.overflow, into.overflow_count = each.overflow.ctypes.data, len(each.overflow)
            into.first_bit, into.bits = first_bit, width
            first_bit += width
        self._kept.append(own)
        self.struct = _Segment(
            near.ctypes.data, far.ctypes.data, ids.ctypes.data, None if dead is None else dead.ctypes.data,
            count, ctypes.addressof(own), len(tables),
        )  # fmt: skip
        self.address = ctypes.addressof(self.struct)

    def bury(self, dead: NDArray[np.uint8]) -> None:
        """Leave out the rows that are marked from now on."""
        self._kept.append(dead)
        self.struct.dead = dead.ctypes.data


def available() -> ctypes.CDLL | None:
    """Give the library when it shall serve."""
    library = native.library(_ROOM)
    return None if library is None else _declared(library)


@cache
def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    library.wardline_hamming_prepare.argtypes = ()
    library.wardline_hamming_permute.argtypes = (_POINTER, _SIZE, *[_POINTER] * 4)
    library.wardline_hamming_table.argtypes = (_POINTER, _POINTER, _SIZE, _NUMBER, _NUMBER, *[_POINTER] * 3)
    library.wardline_hamming_table.restype = _SIZE
    library.wardline_hamming_search.argtypes = (
        _POINTER, _POINTER, ctypes.c_char_p, _SIZE, _NUMBER, ctypes.c_char_p, _SIZE, *[_POINTER] * 3,
    )  # fmt: skip
    library.wardline_hamming_search.restype = _NUMBER
    library.wardline_hamming_take.argtypes = [_POINTER] * 3
    library.wardline_hamming_sums.argtypes = (_POINTER, _SIZE, _POINTER, _POINTER)
    library.wardline_hamming_plain.argtypes = (_NUMBER,)
    for each in ("prepare", "permute", "take", "sums", "plain"):
        getattr(library, f"wardline_hamming_{each}").restype = None
    library.wardline_hamming_prepare()
    return library


def permuted(
    library: ctypes.CDLL, hashes: NDArray[np.uint8], order: NDArray[np.int64] | None = None
) -> tuple[Words, Words]:
    """Do what ``layout.permuted`` does, for ``uint8[n, 32]`` in C order, or for its rows in another order."""
    near, far = np.empty((len(hashes), 2), np.uint64), np.empty((len(hashes), 2), np.uint64)
    library.wardline_hamming_permute(
        hashes.ctypes.data, len(hashes), None if order is None else order.ctypes.data, layout.places().ctypes.data,
        near.ctypes.data, far.ctypes.data,
    )  # fmt: skip
    return near, far


def table(library: ctypes.CDLL, near: Words, far: Words, first_bit: int, width: int) -> Table:
    """Do what ``layout.table`` does."""
    blocks = np.empty((-(-(2**width) // layout.BLOCK_BUCKETS), layout.BLOCK_BYTES), np.uint8)
    rows = np.empty(len(near), np.uint32)
    overflow = np.empty((len(near) // layout.FULL + 1, 3), np.uint32)
    overflowing = library.wardline_hamming_table(
        near.ctypes.data, far.ctypes.data, len(near), first_bit, width,
        blocks.ctypes.data, rows.ctypes.data, overflow.ctypes.data,
    )  # fmt: skip
    if overflowing < 0:
        raise _no_memory()
    return Table(blocks, rows, overflow[:overflowing].copy())


def search(
    library: ctypes.CDLL,
    main: Segment,
    delta: Segment,
    queries: NDArray[np.uint8],
    radius_bits: int,
    flips: tuple[int, ...] | None,
    most_candidates: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
    """Search both segments for ``uint8[q, 32]``; give offsets, ids and distances.

    Args:
        flips: For each table of the first segment; None scans it. The second is always scanned.
        most_candidates: A query with more is answered by a scan.
    """
    offsets = np.empty(len(queries) + 1, np.int64)
    found = _Found()
    failed = library.wardline_hamming_search(
        main.address, delta.address, queries.tobytes(), len(queries), radius_bits, _encoded(flips), most_candidates,
        _places(), _address(offsets), ctypes.byref(found),
    )  # fmt: skip
    if failed:
        raise _no_memory()
    ids, distances = np.empty(found.count, np.int64), np.empty(found.count, np.uint16)
    if found.count:
        library.wardline_hamming_take(ctypes.byref(found), _address(ids), _address(distances))
    return offsets, ids, distances


def sums(library: ctypes.CDLL, content: Words) -> Words:
    """Do what ``layout.sums`` does."""
    found = np.empty(-(-len(content) // layout.CHECKED_WORDS), np.uint64)
    library.wardline_hamming_sums(
        content.ctypes.data, len(content), layout.keys().ctypes.data, found.ctypes.data
    )
    return found


def _address(array: NDArray[Any]) -> int:
    """Say where an array that can be written begins; quicker than its attribute ``ctypes``, which counts in a search of microseconds."""
    return ctypes.addressof(ctypes.c_char.from_buffer(array))  # type: ignore[arg-type]  # typed as a buffer from Python 3.12 on


@cache
def _places() -> int:
    return layout.places().ctypes.data


@cache
def _encoded(flips: tuple[int, ...] | None) -> bytes | None:
    return None if flips is None else bytes(flip & 0xFF for flip in flips)


def _no_memory() -> DependencyError:
    return DependencyError(
        "hamming index: no memory left, expected room for what was found",
        remedy="Give the machine more memory.",
    )

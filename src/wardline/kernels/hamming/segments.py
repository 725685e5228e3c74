"""The two parts of an index: sorted rows with tables, which never change, and a few rows that were added since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardline.errors import AlreadyExistsError, InputError
from wardline.kernels.hamming import fast, layout
from wardline.kernels.hamming.layout import Table, Words
from wardline.kernels.hamming.reference import HASH_BYTES

_FIRST_CAPACITY = 1024


@dataclass(frozen=True, slots=True)
class Rows:
    """Hashes by rising id."""

    near: Words
    """``uint64[n, 2]``: the first 128 permuted bits of each."""
    far: Words
    """``uint64[n, 2]``: the others."""
    ids: NDArray[np.int64]
    """``int64[n]``, rising."""
    widths: tuple[int, ...]
    """Bits of each chunk; none where there are no tables."""
    tables: tuple[Table, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Delta:
    """One state of the rows added since. What it covers of the arrays is never written again, but for marks of removal."""

    near: Words
    """``uint64[capacity, 2]``."""
    far: Words
    ids: NDArray[np.int64]
    """``int64[capacity]``."""
    dead: NDArray[np.uint8]
    """``uint8[capacity]``: 1 for rows that were removed."""
    size: int
    """Rows in use, removed ones included."""
    native: fast.Segment

    @classmethod
    def of(cls, near: Words, far: Words, ids: NDArray[np.int64], dead: NDArray[np.uint8], size: int) -> Delta:
        """Make a state that covers the first ``size`` rows of arrays."""
        return cls(near, far, ids, dead, size, fast.Segment(near, far, ids, dead, size))

    @classmethod
    def empty(cls, capacity: int = _FIRST_CAPACITY) -> Delta:
        """Make a state without rows."""
        return cls.of(
            np.empty((capacity, 2), np.uint64), np.empty((capacity, 2), np.uint64),
            np.empty(capacity, np.int64), np.zeros(capacity, np.uint8), 0,
        )  # fmt: skip

    def followed_by(self, near: Words, far: Words, ids: NDArray[np.int64]) -> Delta:
        """Give the state with these rows after its own. The arrays are its own where they are long enough."""
        size = self.size + len(ids)
        into = self if size <= len(self.ids) else Delta.empty(max(size, 2 * len(self.ids)))
        for array, old, new in (
            (into.near, self.near, near), (into.far, self.far, far), (into.ids, self.ids, ids),
        ):  # fmt: skip
            if into is not self:
                array[: self.size] = old[: self.size]
            array[self.size : size] = new
        if into is not self:
            into.dead[: self.size] = self.dead[: self.size]
        return Delta.of(into.near, into.far, into.ids, into.dead, size)


def permuted(hashes: NDArray[np.uint8], order: NDArray[np.int64] | None = None) -> tuple[Words, Words]:
    """Permute ``uint8[n, 32]``, in another order of rows if one is given, with the twin that serves."""
    library = fast.available()
    if library is None:
        return layout.permuted(hashes if order is None else hashes[order])
    return fast.permuted(library, np.ascontiguousarray(hashes), order)


def build(near: Words, far: Words, ids: NDArray[np.int64], widths: Sequence[int] | None) -> Rows:
    """Make tables for rows by rising id; chunks of these widths, or None: what suits their number."""
    library = fast.available()
    if widths is None:
        # Only the compiled search reads tables.
        widths = layout.widths_for(len(ids)) if library is not None else ()
    tables, first_bit = [], 0
    for width in widths:
        tables.append(
            layout.table(near, far, first_bit, width)
            if library is None
            else fast.table(library, near, far, first_bit, width)
        )
        first_bit += width
    return Rows(near, far, ids, tuple(widths), tuple(tables))


def check(hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
    """Refuse arrays of another type or shape (``InputError``) and ids that repeat (``AlreadyExistsError``)."""
    if (
        hashes.dtype != np.uint8
        or ids.dtype != np.int64
        or hashes.shape != (len(ids), HASH_BYTES)
        or ids.ndim != 1
    ):
        raise InputError("index addition: arrays do not fit, expected uint8[n, 32] hashes and int64[n] ids")
    if not is_rising(ids) and len(np.unique(ids)) < len(ids):
        raise taken()


def check_ids(ids: NDArray[np.int64]) -> None:
    """Refuse an array of another type or shape (``InputError``)."""
    if ids.dtype != np.int64 or ids.ndim != 1:
        raise InputError(f"index removal: {ids.dtype}{list(ids.shape)}, expected int64[n] ids")


def is_rising(ids: NDArray[np.int64]) -> bool:
    """Say whether each id is above the one before it."""
    return bool(np.all(ids[1:] > ids[:-1]))


def taken() -> AlreadyExistsError:
    """Make the error of an id that is there."""
    return AlreadyExistsError("index addition: an id is there already, expected new ids")


def rows_of(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find each wanted id in rising ones: its place, and whether it is there."""
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    at = np.searchsorted(ids, wanted)
    at[at == len(ids)] = 0
    return at, ids[at] == wanted

"""Which row holds a digest: exact look-up in little memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEAD_BYTES = 8
_LEAST_FRESH = 1 << 16

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Digests in the order of their first eight bytes. Never changed."""

    heads: NDArray[np.uint64]
    """``uint64[n]``, big-endian reading of each digest's beginning, ascending."""
    digests: NDArray[np.uint8]
    """``uint8[n, length]``."""
    rows: NDArray[np.int64]
    """``int64[n]``."""


class Digests:
    """Digests of one length, each with its row, in about 20 bytes beside its own.

    Most stand in sorted arrays; what was added lately stands in a dictionary until there is enough of it to sort it in. One thread adds,
    any number look up meanwhile. A digest that is added again has its newest row.

    Args:
        length: Bytes of a digest, at least 8.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        nothing = np.zeros((0, length), np.uint8)
        self._state = (_Sorted(_heads(nothing), nothing, np.zeros(0, np.int64)), dict[bytes, int]())

    def add(self, digests: bytes, first_row: int) -> None:
        """Add digests that stand one after the other; they get the rows from ``first_row`` on."""
        ordered, fresh = self._state
        starts = range(0, len(digests), self._length)
        for row, start in enumerate(starts, start=first_row):
            fresh[digests[start : start + self._length]] = row
        if len(fresh) >= max(_LEAST_FRESH, len(ordered.rows) // 4):
            self._state = (self._sorted_in(ordered, fresh), {})

    def row_of(self, digest: bytes) -> int | None:
        """Find the row of a digest; None when it is not there."""
        ordered, fresh = self._state
        row = fresh.get(digest)
        if row is not None:
            return row
        if not len(ordered.rows):  # as in a list of another kind of hash; asked three times an upload
            return None
        head = np.uint64(int.from_bytes(digest[:_HEAD_BYTES], "big"))
        start, stop = (int(ordered.heads.searchsorted(head, side)) for side in ("left", "right"))
        newest: int | None = None
        for at in range(start, stop):
            if ordered.digests[at].tobytes() == digest:
                found = int(ordered.rows[at])
                newest = found if newest is None else max(newest, found)
        return newest

    @classmethod
    def of(cls, length: int, heads: Column, digests: Column, rows: Column) -> Digests:
        """Take digests as ``freeze`` gave them, read as ``uint8``. They stay where they are: nothing is copied."""
        made = cls(length)
        ordered = _Sorted(heads.view(np.uint64), digests.reshape(-1, length), rows.view(np.int64))
        made._state = (ordered, {})
        return made

    def freeze(self) -> Callable[[Column], tuple[Column, Column, Column]]:
        """Hold this state fast. What is given takes its time, in any thread: heads, digests and rows, of one dimension each.

        It is told of each row whether it lives, ``bool[rows]``, and leaves out those that do not.
        """
        ordered, fresh = self._state[0], dict(self._state[1])

        def columns(lives: Column) -> tuple[Column, Column, Column]:
            whole = self._sorted_in(ordered, fresh)
            kept = lives[whole.rows]
            return whole.heads[kept], whole.digests[kept].reshape(-1), whole.rows[kept]

        return columns

    def _sorted_in(self, ordered: _Sorted, fresh: dict[bytes, int]) -> _Sorted:
        added = np.frombuffer(b"".join(fresh), np.uint8).reshape(-1, self._length)
        digests = np.concatenate((ordered.digests, added))
        rows = np.concatenate((ordered.rows, np.fromiter(fresh.values(), np.int64, len(fresh))))
        heads = _heads(digests)
        order = np.argsort(heads, kind="stable")
        return _Sorted(heads[order], digests[order], rows[order])


def _heads(digests: NDArray[np.uint8]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(digests[:, :_HEAD_BYTES]).view(">u8").reshape(-1).astype(np.uint64)

"""The index: near hashes among up to 100 million, exactly, while hashes come and go."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wardline.errors import InputError
from wardline.kernels.hamming import fast, files, layout, segments
from wardline.kernels.hamming.reference import HASH_BITS, check, columns, scan
from wardline.kernels.hamming.segments import Delta, Rows


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What each query found, as compressed rows: query ``q`` has ``ids[offsets[q]:offsets[q + 1]]``."""

    offsets: NDArray[np.int64]
    """``int64[q + 1]``, from 0 up."""
    ids: NDArray[np.int64]
    """``int64[m]``: within a query nearest first, then by id."""
    distances: NDArray[np.uint16]
    """``uint16[m]``: bits, 0 to 256."""

    def pairs(self) -> list[list[tuple[int, int]]]:
        """Give each query's ``(id, distance_bits)`` as Python's own numbers."""
        found = list(zip(self.ids.tolist(), self.distances.tolist(), strict=True))
        return [found[start:stop] for start, stop in pairwise(self.offsets.tolist())]


class HammingIndex:
    """Exact search within a Hamming distance.

    Rows that were there when the index was built or opened have tables; rows added since are compared one by one, and removed ones are
    marked. ``merged`` makes another index of both, which is as quick as a new one.

    Any number of threads may search while one adds, removes or saves; two that change it need a lock of the caller's. A search sees a
    whole addition or nothing of it; of a removal that is under way it may see a part.
    """

    def __init__(self, rows: Rows, source: files.Source | None = None) -> None:
        """Take rows as they are; ``build`` and ``open`` are the ways to an index."""
        self._rows = rows
        self._source = source
        """The file that the rows are read from, which knows how much of it was checked."""
        self._native = fast.Segment(rows.near, rows.far, rows.ids, None, len(rows), rows.tables, rows.widths)
        self._dead: NDArray[np.uint8] | None = None
        """``uint8[n]``: 1 for rows that were removed; made with the first removal."""
        self._buried = 0
        self._delta = Delta.empty()
        self._rising = 0
        """The delta's ids rise up to this row; where later ones are is in ``_row_of``."""
        self._row_of: dict[int, int] = {}
        self._delta_buried = 0

    @classmethod
    def build(
        cls, hashes: NDArray[np.uint8], ids: NDArray[np.int64], *, _widths: tuple[int, ...] | None = None
    ) -> HammingIndex:
        """Make an index of ``uint8[n, 32]`` and ``int64[n]``.

        Raises:
            InputError: An array has another type or shape.
            AlreadyExistsError: An id is there twice.
        """
        segments.check(hashes, ids)
        order = None if segments.is_rising(ids) else np.argsort(ids, kind="stable")
        near, far = segments.permuted(hashes, order)
        return cls(segments.build(near, far, ids.copy() if order is None else ids[order], _widths))

    @classmethod
    def open(cls, path: str) -> HammingIndex:
        """Open an index file, mapped into memory: processes that open the same file share its pages.

        Before the first search or change the hashes are checked, and before the second the tables; until then a search compares all
        hashes. So a first answer need not wait for all of the file, and no answer rests on anything unchecked. ``verify`` checks the
        rest at once.

        Raises:
            NotFoundError: There is no such file.
            IntegrityError: The file is not as it was written; the same from the first searches.
        """
        source = files.Source.open(path)
        return cls(source.rows, source)

    def __len__(self) -> int:
        """Count the hashes that can be found."""
        return len(self._rows) - self._buried + self._delta.size - self._delta_buried

    @property
    def changes(self) -> int:
        """How many rows were added since the index was built, and removed from it: what ``merged`` would take in."""
        return self._delta.size + self._buried

    @property
    def out_of_order(self) -> int:
        """How many were added whose ids do not rise. Each takes about 100 bytes more, until they are merged."""
        return len(self._row_of)

    def verify(self) -> None:
        """Check all of the file that the index was opened from.

        Raises:
            IntegrityError: It is not as it was written.
        """
        if self._source is not None:
            self._source.check_hashes()
            self._source.check_tables()

    def search(self, queries: NDArray[np.uint8], radius_bits: int = 31) -> Neighbours:
        """Find every hash within the radius, inclusive, of each query.

        Args:
            queries: ``uint8[q, 32]``; rows are hashes.
            radius_bits: 0 to 256.

        Raises:
            InputError: The array has another type or shape, or the radius is out of range.
            IntegrityError: The file that the index was opened from is not as it was written.
        """
        if not 0 <= radius_bits <= HASH_BITS:
            raise InputError(f"radius: {radius_bits} bits, expected 0 to {HASH_BITS}")
        check(queries, "queries")
        count = len(self._rows)
        flips = (
            layout.flips_for(self._rows.widths, count, radius_bits) if self._tables_are_checked() else None
        )
        library = fast.available()
        if library is None:
            return self._scan(queries, radius_bits)
        return Neighbours(*fast.search(
            library, self._native, self._delta.native, queries, radius_bits, flips,
            layout.most_candidates(count),
        ))  # fmt: skip

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Make hashes findable: all of ``uint8[n, 32]`` and ``int64[n]`` or, when it raises, none.

        Raises:
            InputError: An array has another type or shape.
            AlreadyExistsError: An id is there already, or twice.
        """
        self.check_addition(hashes, ids)
        delta, count = self._delta, len(ids)
        if not count:
            return
        follows = self._rising == delta.size and (delta.size == 0 or ids[0] > delta.ids[delta.size - 1])
        if follows and segments.is_rising(ids):
            self._rising += count
        else:
            self._row_of.update(zip(ids.tolist(), range(delta.size, delta.size + count), strict=True))
        self._delta = delta.followed_by(*segments.permuted(hashes), ids)

    def check_addition(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        """Raise what ``add`` would raise."""
        segments.check(hashes, ids)
        self._check_hashes()
        at, is_there = segments.rows_of(self._rows.ids, ids)
        if self._dead is not None:
            is_there &= self._dead[at] == 0
        if is_there.any() or len(self._living_in_delta(ids)):
            raise segments.taken()

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Take hashes out, ``int64[n]``. Unknown ids are ignored.

        Raises:
            InputError: The array has another type or shape.
        """
        segments.check_ids(ids)
        self._check_hashes()
        at, is_there = segments.rows_of(self._rows.ids, ids)
        rows = np.unique(at[is_there])
        if len(rows):
            if self._dead is None:
                self._dead = np.zeros(len(self._rows), np.uint8)
                self._native.bury(self._dead)
            self._buried += int((self._dead[rows] == 0).sum())
            self._dead[rows] = 1
        living = self._living_in_delta(ids)
        self._delta.dead[living] = 1
        self._delta_buried += len(living)
        if self._row_of:
            for number in ids.tolist():
                self._row_of.pop(number, None)

    def frozen(self) -> HammingIndex:
        """Give this very state for ``merged``, which then takes its time while this index goes on changing."""
        state = copy(self)
        state._row_of = {}
        state._dead = None if self._dead is None else self._dead.copy()
        state._delta = replace(self._delta, dead=self._delta.dead.copy())
        return state

    def merged(self) -> HammingIndex:
        """Make another index that holds the same and has tables for all of it."""
        return HammingIndex(self._merged_rows(None))

    def save(self, path: str) -> None:
        """Write everything that can be found to one file, and see it on disk before returning.

        No other process may have the file open: it would see the new bytes, or none. ``file_bytes`` and ``write_into`` are for a disk
        that may be full: here, that ends the process.

        Raises:
            InputError: It is the file that this index is read from.
        """
        if self._source is not None and self._source.is_read_from(path):
            raise InputError(f"index file {path}: this index is read from it, expected another path")
        self.verify()
        files.save(self._merged_rows(self._rows.widths) if self.changes else self._rows, path)

    @property
    def columns(self) -> files.Columns:
        """What is kept beside the index in the file that it was opened from, by name, as ``uint8``. ``verify`` checks it."""
        return {} if self._source is None else self._source.columns

    def file_bytes(self, columns: files.Columns | None = None) -> int:
        """Say how long the file of this index is, if it has no changes to merge, with what is kept beside it."""
        return files.Plan.of(self._rows, columns or {}).size_bytes

    def write_into(self, content: NDArray[np.uint8], columns: files.Columns | None = None) -> None:
        """Write the file of this index, which has no changes to merge, into ``uint8[file_bytes]``; it is zero before."""
        self.verify()
        files.write(self._rows, columns or {}, content)

    # --- within ---------------------------------------------------------------------------------------------------------------------
    def _check_hashes(self) -> None:
        if self._source is not None:
            self._source.check_hashes()

    def _tables_are_checked(self) -> bool:
        """Check what must be before a search: the hashes first, the tables with the next one."""
        source = self._source
        if source is None or source.tables_are_checked:
            return True
        if source.hashes_are_checked:
            source.check_tables()
            return True
        source.check_hashes()
        return False

    def _living_in_delta(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the delta's rows that hold these ids and were not removed, each once."""
        delta = self._delta
        at, is_there = segments.rows_of(delta.ids[: self._rising], ids)
        rows = at[is_there]
        if self._row_of:
            later = [self._row_of[number] for number in ids.tolist() if number in self._row_of]
            rows = np.concatenate((rows, np.array(later, np.int64)))
        living: NDArray[np.int64] = np.unique(rows[delta.dead[rows] == 0])
        return living

    def _merged_rows(self, widths: tuple[int, ...] | None) -> Rows:
        self.verify()
        rows, delta = self._rows, self._delta
        kept = slice(None) if self._dead is None else np.flatnonzero(self._dead == 0)
        new = np.flatnonzero(delta.dead[: delta.size] == 0)
        ids = np.concatenate((rows.ids[kept], delta.ids[new]))
        near = np.concatenate((rows.near[kept], delta.near[new]))
        far = np.concatenate((rows.far[kept], delta.far[new]))
        if not segments.is_rising(ids):
            order = np.argsort(ids, kind="stable")
            ids, near, far = ids[order], near[order], far[order]
        return segments.build(near, far, ids, widths or None)

    def _scan(self, queries: NDArray[np.uint8], radius_bits: int) -> Neighbours:
        """Search with the plain twin."""
        rows, delta, dead = self._rows, self._delta, self._dead
        wanted = np.hstack(layout.permuted(queries))
        found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]] = []
        for part, marks, size in ((rows, dead, len(rows)), (delta, delta.dead, delta.size)):
            words = (*columns(part.near[:size]), *columns(part.far[:size]))
            result = scan(words, wanted, radius_bits)
            of_query = np.repeat(np.arange(len(queries)), np.diff(result.offsets))
            kept = slice(None) if marks is None else marks[result.rows] == 0
            found.append((of_query[kept], part.ids[result.rows[kept]], result.distances[kept]))
        of_query, ids, distances = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.lexsort((ids, distances, of_query))
        offsets = np.zeros(len(queries) + 1, np.int64)
        np.cumsum(np.bincount(of_query, minlength=len(queries)), out=offsets[1:])
        return Neighbours(offsets, ids[order], distances[order])

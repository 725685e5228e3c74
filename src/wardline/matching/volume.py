"""One hash list in memory, kept up with its batches."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from wardline import records
from wardline.errors import IntegrityError
from wardline.matching.contents import GONE
from wardline.matching.copies import Columns, ListCopy, NearIndex
from wardline.matching.digests import Digests
from wardline.records import HASH_BYTES, BatchChange, HashKind

_LAYOUT = 1
"""Of the columns of a copy. Another number: the copy is made anew."""


class Volume:
    """Every entry of one list, ready to be searched. One thread applies batches; any number search meanwhile.

    An entry takes a byte beside its cryptographic hash (see ``Digests``) or what the index needs for its PDQ hash. Rows are counted over
    all batches that added entries, and never used again.
    """

    def __init__(self, index: NearIndex) -> None:
        self.index = index
        self._digests: dict[HashKind, Digests] = {
            kind: Digests(length) for kind, length in HASH_BYTES.items() if kind is not HashKind.PDQ
        }
        self._category_of_row = bytearray()
        self._first_rows: list[int] = []
        """Of each batch that added entries, in their order."""
        self._batch_ids: list[str] = []
        self._kinds: list[HashKind] = []
        self._living = 0
        self.applied = 0
        """The newest batch that was applied, by number."""
        self.last_batch_id = ""
        """That batch's, once there is one."""
        self.copied = 0
        """The batch up to which a copy of the list held everything when this was made from it; 0: it was made from batches alone."""
        self.changes = 0
        """How many entries were told of since then."""
        self.is_whole = True
        """False after a batch failed half-way: what is there is searched on, and a new volume is to be made."""

    def __len__(self) -> int:
        """Count the entries that can be found."""
        return self._living

    @classmethod
    def of(cls, copy: ListCopy) -> Volume:
        """Start from a copy, which has the ``layout`` of this version. Of what is large only the categories are copied: a byte an entry."""
        columns = copy.columns
        volume = cls(copy.index)
        for kind, digests in volume._digests.items():
            parts = (columns[f"{kind}-{part}"] for part in ("heads", "digests", "rows"))
            volume._digests[kind] = digests.of(HASH_BYTES[kind], *parts)
        volume._category_of_row = bytearray(columns["categories"])
        for batch_id, kind, first_row in json.loads(bytes(columns["additions"])):
            volume._batch_ids.append(batch_id)
            volume._kinds.append(HashKind(kind))
            volume._first_rows.append(first_row)
        volume._living = len(volume._category_of_row) - volume._category_of_row.count(GONE)
        volume.applied = volume.copied = copy.number
        volume.last_batch_id = copy.batch_id
        return volume

    def freeze(self) -> Callable[[], Columns]:
        """Hold fast what is here beside the index, for a copy. What is given takes its time, in any thread, while this goes on changing."""
        categories = np.frombuffer(bytes(self._category_of_row), np.uint8)
        additions = [*zip(self._batch_ids, self._kinds, self._first_rows, strict=True)]
        frozen = {kind: digests.freeze() for kind, digests in self._digests.items()}

        def columns() -> Columns:
            told = np.frombuffer(json.dumps(additions).encode(), np.uint8)
            made = {"layout": np.array([_LAYOUT], np.uint8), "categories": categories, "additions": told}
            for kind, state in frozen.items():
                parts = state(categories != GONE)
                made |= zip((f"{kind}-{part}" for part in ("heads", "digests", "rows")), parts, strict=True)
            return made

        return columns

    def apply(self, batches: Iterable[records.HashBatch]) -> None:
        """Apply batches in order.

        Raises:
            IntegrityError: One is missing between them, or tells of entries that are not there.
        """
        for batch in batches:
            if batch.number != self.applied + 1:
                raise IntegrityError(
                    f"{batch.id}: is number {batch.number} of its list, expected number {self.applied + 1}"
                )
            self.is_whole = False
            self._apply(batch)
            self.is_whole, self.applied, self.last_batch_id = True, batch.number, batch.id
            self.changes += batch.size

    def exact(self, kind: HashKind, value: bytes) -> Iterator[tuple[int, int]]:
        """Give the row of the entry with this very hash, with distance 0; nothing when there is none."""
        row = self._digests[kind].row_of(value)
        if row is not None and self._category_of_row[row] != GONE:
            yield row, 0

    def near(self, value: bytes, radius_bits: int) -> Iterator[tuple[int, int]]:
        """Give the rows of the PDQ entries within a radius, each with its distance.

        Whatever the index raises comes through: not looked up is not the same as not found.
        """
        query = np.frombuffer(value, np.uint8).reshape(1, -1)
        for row, distance_bits in self.index.search(query, radius_bits=radius_bits)[0]:
            if not 0 <= row < len(self._category_of_row):
                raise IntegrityError(
                    f"index id {row}: not one that was added, expected 0 to {len(self._category_of_row) - 1}"
                )
            if self._category_of_row[row] != GONE:
                yield row, distance_bits

    def match(self, row: int, distance_bits: int, owner: records.HashList) -> records.Match:
        """Say what stands in a row. If it was removed since it was found, no category is known."""
        at = bisect_right(self._first_rows, row) - 1
        return records.Match(
            list_id=owner.id, entry_id=f"{self._batch_ids[at]}:{row - self._first_rows[at]}", hash_kind=self._kinds[at],
            distance_bits=distance_bits, trust=owner.trust, meaning=owner.meaning, category=records.category_of(self._category_of_row[row] % GONE),
        )  # fmt: skip

    def _apply(self, batch: records.HashBatch) -> None:
        match batch.change:
            case BatchChange.ADD:
                self._add(batch)
            case BatchChange.JOIN | BatchChange.LEAVE:
                pass  # who tells of an entry changes nothing about it
            case BatchChange.MARK:
                for row, code in zip(self._rows_of(batch), batch.categories, strict=True):
                    self._category_of_row[row] = code
            case BatchChange.REMOVE:
                rows = self._rows_of(batch)
                for row in rows:
                    self._category_of_row[row] = GONE
                if batch.kind is HashKind.PDQ:
                    self.index.remove(np.array(rows, np.int64))
                self._living -= len(rows)

    def _add(self, batch: records.HashBatch) -> None:
        first_row = len(self._category_of_row)
        # Before they can be found: whoever finds one asks what it is.
        self._category_of_row += batch.categories
        self._first_rows.append(first_row)
        self._batch_ids.append(batch.id)
        self._kinds.append(batch.kind)
        if batch.kind is HashKind.PDQ:
            self.index.add(_as_array(batch), np.arange(first_row, first_row + batch.size, dtype=np.int64))
        else:
            self._digests[batch.kind].add(batch.hashes, first_row)
        self._living += batch.size

    def _rows_of(self, batch: records.HashBatch) -> list[int]:
        """Find the rows of entries that a batch changes."""
        rows = self._near_rows(batch) if batch.kind is HashKind.PDQ else self._exact_rows(batch)
        living = [row for row in rows if row is not None and self._category_of_row[row] != GONE]
        if len(set(living)) != batch.size:
            raise IntegrityError(
                f"{batch.id}: {batch.size - len(set(living))} of its entries are not there, expected all of them"
            )
        return living

    def _exact_rows(self, batch: records.HashBatch) -> list[int | None]:
        length = HASH_BYTES[batch.kind]
        starts = range(0, len(batch.hashes), length)
        return [self._digests[batch.kind].row_of(batch.hashes[start : start + length]) for start in starts]

    def _near_rows(self, batch: records.HashBatch) -> list[int | None]:
        found = self.index.search(_as_array(batch), radius_bits=0)
        return [next((row for row, _ in each), None) for each in found]


def has_layout(columns: Columns) -> bool:
    """Say whether a copy's columns are as this version writes them."""
    return "layout" in columns and columns["layout"].tolist() == [_LAYOUT]


def _as_array(batch: records.HashBatch) -> NDArray[np.uint8]:
    return np.frombuffer(batch.hashes, np.uint8).reshape(-1, HASH_BYTES[batch.kind])

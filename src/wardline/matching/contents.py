"""What a hash list holds, as arrays: gathered from a source or from its batches, compared, and packed into batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wardline import records
from wardline.records import HASH_BYTES, MOST_IN_BATCH, BatchChange, HashKind

GONE = 255
"""In the place of a category: the entry was removed."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The hashes of one kind, each once."""

    digests: NDArray[np.uint8]
    """``uint8[n, length]``, ascending as byte strings."""
    codes: NDArray[np.uint8]
    """``uint8[n]``: what each is, see ``records.category_code``."""

    def __len__(self) -> int:
        return len(self.codes)

    def where(self, mask: NDArray[np.bool_]) -> Entries:
        """Give some of them, ``bool[n]``."""
        return Entries(self.digests[mask], self.codes[mask])


Contents = Mapping[HashKind, Entries]
"""All of a list; every kind is there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to happen for a list to hold something else."""

    added: Contents
    marked: Contents
    """With what they are now."""
    removed: Contents

    def __bool__(self) -> bool:
        return any(map(count, (self.added, self.marked, self.removed)))


class Gathering:
    """Takes hashes in the order in which they were told; of one that was told several times the last word counts."""

    def __init__(self) -> None:
        self._digests = {kind: bytearray() for kind in HashKind}
        self._codes = {kind: bytearray() for kind in HashKind}

    def take(self, changes: Iterable[records.EntryChange]) -> None:
        """Take what a source gave."""
        for each in changes:
            self._digests[each.kind] += bytes.fromhex(each.value)
            self._codes[each.kind].append(records.category_code(each.category))

    def replay(self, batches: Iterable[records.HashBatch]) -> None:
        """Take what batches did to a list, in their order."""
        for batch in batches:
            self._digests[batch.kind] += batch.hashes
            gone = bytes((GONE,)) * batch.size
            self._codes[batch.kind] += gone if batch.change is BatchChange.REMOVE else batch.categories

    def contents(self) -> Contents:
        """Give what is there after all of it."""
        return {kind: _last_words(kind, self._digests[kind], self._codes[kind]) for kind in HashKind}


def count(contents: Contents) -> int:
    """Count the entries of all kinds."""
    return sum(map(len, contents.values()))


def difference(old: Contents, new: Contents) -> Difference:
    """Say what turns one into the other."""
    added, marked, removed = {}, {}, {}
    for kind in HashKind:
        there, at = _find(old[kind], new[kind])
        kept = new[kind].where(there)
        added[kind] = new[kind].where(~there)
        marked[kind] = kept.where(old[kind].codes[at[there]] != kept.codes)
        removed[kind] = old[kind].where(~_find(new[kind], old[kind])[0])
    return Difference(added, marked, removed)


def batches(
    changes: Difference, *, list_id: str, after: int, new_id: Callable[[], str]
) -> Iterator[records.HashBatch]:
    """Pack changes into batches. First what is added, so that nothing is missing in between.

    Args:
        changes: What the batches shall do.
        list_id: Whose they are.
        after: The number of the list's newest batch, 0 when there is none.
        new_id: Makes their ids.
    """
    number = after
    for change, contents in (
        (BatchChange.ADD, changes.added), (BatchChange.MARK, changes.marked), (BatchChange.REMOVE, changes.removed),
    ):  # fmt: skip
        for kind, entries in contents.items():
            for start in range(0, len(entries), MOST_IN_BATCH):
                number += 1
                stop = start + MOST_IN_BATCH
                categories = b"" if change is BatchChange.REMOVE else entries.codes[start:stop].tobytes()
                yield records.HashBatch(
                    id=new_id(), list_id=list_id, number=number, change=change, kind=kind,
                    hashes=entries.digests[start:stop].tobytes(), categories=categories,
                )  # fmt: skip


def nothing() -> Contents:
    """Give the contents of a list that is not there yet."""
    return Gathering().contents()


def _last_words(kind: HashKind, digests: bytearray, codes: bytearray) -> Entries:
    told = np.frombuffer(bytes(digests), np.uint8).reshape(-1, HASH_BYTES[kind])
    said = np.frombuffer(bytes(codes), np.uint8)
    order = np.argsort(_as_strings(told), kind="stable")
    told, said = told[order], said[order]
    is_last = np.ones(len(said), np.bool_)
    is_last[:-1] = (told[1:] != told[:-1]).any(axis=1)
    return Entries(told, said).where(is_last & (said != GONE))


def _find(haystack: Entries, wanted: Entries) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """For each of ``wanted`` say whether it is in the haystack, and where; the place means nothing for those that are not."""
    if not len(haystack) or not len(wanted):
        return np.zeros(len(wanted), np.bool_), np.zeros(len(wanted), np.intp)
    at = np.searchsorted(_as_strings(haystack.digests), _as_strings(wanted.digests))
    at = np.minimum(at, len(haystack) - 1)
    return (haystack.digests[at] == wanted.digests).all(axis=1), at


def _as_strings(digests: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """View ``uint8[n, length]`` as byte strings, which NumPy orders. All are of one length, so the zeros that it strips tell nothing apart."""
    strings: NDArray[np.bytes_] = np.ascontiguousarray(digests).view(f"S{digests.shape[1]}").reshape(-1)
    return strings

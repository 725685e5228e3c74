"""Who tells of which entry: what an exchange's changes mean for a list that several contributors fill.

An exchange names what it changes by keys. Several keys may stand for one hash, and one key for several hashes; a withdrawal names a key
and no hash. An entry is gone when nobody tells of it any more. A list's batches say all of that, so nothing else is kept: they are read
once or twice, and only what is about the changed keys is remembered meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wardline import records
from wardline.records import MOST_IN_BATCH, BatchChange, HashKind

Told = Mapping[str, Sequence[records.EntryChange]]
"""Key to all that it stands for from now on; nothing when it was withdrawn."""
ReadBatches = Callable[[], Iterable[records.HashBatch]]
"""Gives all batches of a list by number, one at a time; called twice at most."""
Entry = tuple[HashKind, bytes]
_COMES = (BatchChange.ADD, BatchChange.JOIN)
_GOES = (BatchChange.LEAVE, BatchChange.REMOVE)


@dataclass(frozen=True, slots=True)
class _Line:
    digest: bytes
    code: int
    key: str


@dataclass(slots=True)
class Settled:
    """What has to happen to a list, each as the line of a batch."""

    lines: dict[tuple[BatchChange, HashKind], dict[tuple[bytes, str], _Line]] = field(default_factory=dict)
    """Under digest and key, or digest alone for what may happen to an entry only once."""
    unknown: int = 0
    """Withdrawals of keys that nobody told of."""

    def count(self, change: BatchChange) -> int:
        """Count the lines of one kind of change."""
        return sum(len(lines) for (each, _), lines in self.lines.items() if each is change)

    def put(self, change: BatchChange, kind: HashKind, line: _Line) -> None:
        """Add a line."""
        several = change in (BatchChange.JOIN, BatchChange.LEAVE)
        self.lines.setdefault((change, kind), {})[line.digest, line.key if several else ""] = line

    def mark(self, kind: HashKind, line: _Line) -> None:
        """Let the last word on a category count, also of an entry that is only just being added."""
        added = self.lines.get((BatchChange.ADD, kind), {})
        before = added.get((line.digest, ""))
        if before is not None:
            added[line.digest, ""] = replace(before, code=line.code)
        else:
            self.put(BatchChange.MARK, kind, line)


@dataclass(slots=True)
class _Standing:
    """Where an entry stands."""

    holders: set[str] = field(default_factory=set)
    code: int | None = None
    """Its category, as it was told last; None while nobody tells of it."""


def settle(told: Told, read: ReadBatches) -> Settled:
    """Say what an exchange's changes do to a list.

    Telling the same twice changes nothing, and neither does withdrawing what was never told.

    Args:
        told: What the exchange said, by key; of each key the last word.
        read: The list as it is.
    """
    wanted = {key: {_entry(each): each for each in changes} for key, changes in told.items()}
    owned = _owned(set(wanted), read)
    affected = {entry for entries in (*wanted.values(), *owned.values()) for entry in entries}
    standing = _standings(affected, read)
    settled = Settled(unknown=sum(1 for key, entries in wanted.items() if not entries and key not in owned))
    for key, entries in wanted.items():  # who comes first, so that an entry that changes hands is never gone
        for entry, change in entries.items():
            _come(settled, standing[entry], entry, key, records.category_code(change.category))
    for key, entries in wanted.items():
        for entry in sorted(owned.get(key, set()) - entries.keys()):
            _go(settled, standing[entry], entry, key)
    return settled


def keys_of(batches: Iterable[records.HashBatch]) -> set[str]:
    """Give the keys that stand for something after these batches."""
    living: dict[str, int] = {}
    for batch in batches:
        step = 1 if batch.change in _COMES else -1 if batch.change in _GOES else 0
        for key in _keys(batch) if step else ():
            living[key] = living.get(key, 0) + step
    return {key for key, count in living.items() if count > 0}


def batches(
    settled: Settled, *, list_id: str, after: int, new_id: Callable[[], str]
) -> Iterator[records.HashBatch]:
    """Pack what has to happen into batches; see ``contents.batches``."""
    number = after
    for change in BatchChange:
        for kind in HashKind:
            lines = list(settled.lines.get((change, kind), {}).values())
            for start in range(0, len(lines), MOST_IN_BATCH):
                number += 1
                yield _batch(lines[start : start + MOST_IN_BATCH], list_id, number, change, kind, new_id())


def _batch(
    lines: Sequence[_Line], list_id: str, number: int, change: BatchChange, kind: HashKind, batch_id: str
) -> records.HashBatch:
    has_categories = change in (BatchChange.ADD, BatchChange.MARK)
    return records.HashBatch(
        id=batch_id, list_id=list_id, number=number, change=change, kind=kind,
        hashes=b"".join(line.digest for line in lines),
        categories=bytes(line.code for line in lines) if has_categories else b"",
        keys="".join(f"{line.key}\n" for line in lines).encode(),
    )  # fmt: skip


def _come(settled: Settled, standing: _Standing, entry: Entry, key: str, code: int) -> None:
    kind, line = entry[0], _Line(entry[1], code, key)
    if standing.code is None:
        settled.put(BatchChange.ADD, kind, line)
    else:
        if key not in standing.holders:
            settled.put(BatchChange.JOIN, kind, line)
        if standing.code != code:
            settled.mark(kind, line)
    standing.code = code
    standing.holders.add(key)


def _go(settled: Settled, standing: _Standing, entry: Entry, key: str) -> None:
    standing.holders.discard(key)
    change = BatchChange.LEAVE if standing.holders else BatchChange.REMOVE
    settled.put(change, entry[0], _Line(entry[1], 0, key))


def _owned(keys: set[str], read: ReadBatches) -> dict[str, set[Entry]]:
    """Find what each of the keys stands for now; those that stand for nothing are left out."""
    owned: dict[str, set[Entry]] = {}
    for batch in read():
        for place, key in enumerate(_keys(batch)):
            if key in keys:
                _follow(owned.setdefault(key, set()), batch, (batch.kind, batch.digest(place)))
    return {key: entries for key, entries in owned.items() if entries}


def _follow(entries: set[Entry], batch: records.HashBatch, entry: Entry) -> None:
    if batch.change in _COMES:
        entries.add(entry)
    elif batch.change in _GOES:
        entries.discard(entry)


def _standings(affected: set[Entry], read: ReadBatches) -> dict[Entry, _Standing]:
    standings = {entry: _Standing() for entry in affected}
    by_kind = {kind: {digest for each, digest in affected if each is kind} for kind in HashKind}
    for batch in read() if affected else ():
        digests, keys = by_kind[batch.kind], _keys(batch)
        for place in range(batch.size) if digests else ():
            digest = batch.digest(place)
            if digest in digests:
                _stand(standings[batch.kind, digest], batch, keys[place], place)
    return standings


def _stand(standing: _Standing, batch: records.HashBatch, key: str, place: int) -> None:
    if batch.change in _COMES:
        standing.holders.add(key)
    elif batch.change in _GOES:
        standing.holders.discard(key)
    if batch.categories:
        standing.code = batch.categories[place]
    elif batch.change is BatchChange.REMOVE:
        standing.code = None


def _entry(change: records.EntryChange) -> Entry:
    return change.kind, bytes.fromhex(change.value)


def _keys(batch: records.HashBatch) -> list[str]:
    return batch.keys.decode().split("\n")[:-1]

"""Canaries: harmless pictures that no entry of a bank may be near. An entry that is, would restrict pictures like it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from wardline import ports, records
from wardline.errors import RefusedError
from wardline.matching import contents
from wardline.pipeline import care
from wardline.pipeline.parts import SYSTEM, Parts
from wardline.records import HASH_BYTES, BatchChange, HashKind, HashListState, HoldCause, ListRole

MOST_HELD = 1000
"""So many wrong entries are no slip: it is another list, or one of the canaries is not harmless."""


class Canaries:
    """All active canaries, ready to be compared with entries."""

    def __init__(self, parts: Parts) -> None:
        gathered: dict[HashKind, list[NDArray[np.uint8]]] = {kind: [] for kind in HashKind}
        for each in parts.store.hash_lists():
            if each.role is ListRole.CANARY and each.state is HashListState.ACTIVE:
                gathering = contents.Gathering()
                gathering.replay(parts.store.batches_of(each.id, after=0))
                for kind, entries in gathering.contents().items():
                    gathered[kind].append(entries.digests)
        near = np.concatenate(gathered[HashKind.PDQ] or [np.zeros((0, 32), np.uint8)])
        self._index: ports.Index = parts.make_index()
        if len(near):
            self._index.add(near, np.arange(len(near), dtype=np.int64))
        self._same = {
            kind: {row.tobytes() for digests in gathered[kind] for row in digests}
            for kind in HashKind
            if kind is not HashKind.PDQ
        }
        self._count = len(near) + sum(map(len, self._same.values()))

    def __bool__(self) -> bool:
        return self._count > 0

    def near(self, batch: records.HashBatch, *, radius_bits: int) -> list[int]:
        """Give the places of a batch's entries that are near a canary."""
        length = HASH_BYTES[batch.kind]
        if batch.kind is HashKind.PDQ:
            queries = np.frombuffer(batch.hashes, np.uint8).reshape(-1, length)
            found = self._index.search(queries, radius_bits=radius_bits)
            return [place for place, hits in enumerate(found) if hits]
        known = self._same[batch.kind]
        return [place for place in range(batch.size) if batch.digest(place) in known]


def held_among(
    parts: Parts, owner: records.HashList, batches: Sequence[records.HashBatch]
) -> list[records.HeldEntry]:
    """Make the records that hold those of new entries that are near a canary, to be committed with the entries.

    Raises:
        RefusedError: There are more than ``MOST_HELD``.
    """
    if owner.role is not ListRole.BANK or not (canaries := Canaries(parts)):
        return []
    wrong = [
        f"{batch.id}:{place}"
        for batch in batches
        if batch.change is BatchChange.ADD
        for place in canaries.near(batch, radius_bits=owner.radius_bits)
    ]
    if len(wrong) > MOST_HELD:
        raise RefusedError(
            f"{owner.id}: {len(wrong):,} entries are near harmless pictures, expected none, or few",
            remedy="Make sure that this is the list it should be, and that the canaries are harmless pictures.",
        )
    return [
        records.HeldEntry(
            id=parts.new_id("held-entry"), list_id=owner.id, entry_id=entry_id, cause=HoldCause.CANARY,
            held_at=parts.now(), held_by=SYSTEM,
        )
        for entry_id in wrong
    ]  # fmt: skip


def watch(parts: Parts, changed: records.HashList) -> None:
    """Compare banks with canaries, and hold what is near one: after canaries came, or a bank was switched on, perhaps with a wider radius."""
    if not (canaries := Canaries(parts)):
        return
    for each in parts.store.hash_lists() if changed.role is ListRole.CANARY else [changed]:
        if each.role is ListRole.BANK and each.state is not HashListState.DISABLED:
            wrong = _living_near(canaries, parts.store.batches_of(each.id, after=0), each.radius_bits)
            care.hold(parts, each.id, wrong[:MOST_HELD], cause=HoldCause.CANARY)


def _living_near(canaries: Canaries, batches: Iterable[records.HashBatch], radius_bits: int) -> list[str]:
    found: dict[tuple[HashKind, bytes], str] = {}
    for batch in batches:
        if batch.change is BatchChange.ADD:
            for place in canaries.near(batch, radius_bits=radius_bits):
                found[batch.kind, batch.digest(place)] = f"{batch.id}:{place}"
        elif batch.change is BatchChange.REMOVE and found:
            for place in range(batch.size):
                found.pop((batch.kind, batch.digest(place)), None)
    return list(found.values())

"""Two services over one store and one data folder: both find each change at their next look, whoever makes the copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from tests.unit.stores.databases import POSTGRES, SQLITE, new_database
from wardline import ports, records
from wardline.adapters import stores
from wardline.adapters.indexes import MappedCopies, MemoryIndex
from wardline.pipeline.lookup import Lookup
from wardline.records import BatchChange, HashKind, Insert, Load, Replace
from wardline.testing.copies_contract import LIST, Batches, value
from wardline.testing.harness import Line

NUMBERS = range(40)


def nothing_told(list_id: str, message: str) -> None:
    raise AssertionError(f"{list_id}: {message}")


@dataclass
class Service:
    """What one process has."""

    store: ports.Store
    copies: MappedCopies
    lookup: Lookup

    def found(self) -> list[int]:
        self.lookup.refresh()
        return [number for number in NUMBERS if self.lookup.match((self._hash(number),))]

    def copied(self) -> int:
        [(_, volume)] = self.lookup._catalogue._shelf.volumes.values()
        return volume.copied

    def _hash(self, number: int) -> records.Hash:
        return records.Hash(kind=HashKind.PDQ, value=value(number).hex(), quality=100)


@pytest.fixture(params=[SQLITE, POSTGRES])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Service]]:
    address, made = new_database(request.param, tmp_path), []
    with ExitStack() as closing, Line(tmp_path) as line:
        for _ in range(3):
            store: ports.Store = (
                stores.postgres(address) if request.param == "postgres" else stores.sqlite(Path(address))
            )
            closing.callback(store.close)
            copies = MappedCopies(
                tmp_path / "indexes", told=nothing_told, reached=lambda _: None, least_free_bytes=0, most_batches=2
            )  # fmt: skip
            closing.callback(copies.close)
            parts = replace(
                line.parts, store=store, copies=copies, make_index=partial(MemoryIndex, merges=False)
            )
            made.append(Service(store, copies, Lookup(parts)))
        yield made


def test_two_services_find_each_change_and_share_copies(services: list[Service]) -> None:
    one, two, late = services
    batches, known = Batches(), 0

    def commit(change: BatchChange, *numbers: int) -> None:
        nonlocal known
        batches.tell(change, *numbers)
        [owner] = batches.lists()
        new = tuple(batches.of(LIST, known))
        version = replace(owner, version=known + 1)
        told = records.Entry(
            verb=records.Verb.HASH_LIST_SYNCED, subject_id=LIST, actor="test", at=owner.created_at
        )
        known = owner.batches
        one.store.commit(
            Replace(version) if version.version > 1 else Insert(version), Load(new), entries=[told]
        )

    there: set[int] = set()
    for step in range(6):
        commit(BatchChange.ADD, 5 * step, 5 * step + 1, 5 * step + 2)
        commit(BatchChange.REMOVE, 5 * step)
        there |= {5 * step + 1, 5 * step + 2}
        for service in (one, two) if step % 2 else (two, one):
            assert service.found() == sorted(there)
            service.copies.close()
    for service in (one, two, late):
        assert service.found() == sorted(there)
        assert service.copied() == known == 12

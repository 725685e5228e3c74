"""What every keeper of list copies must do. Subclass it for your adapter::

class TestMyCopies(CopiesContract):
    @pytest.fixture
    def make(self) -> Callable[[], tuple[Callable[[], ports.Index], ports.Copies]]:
        return lambda: ...      # as another process would
"""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from wardline import matching, ports, records
from wardline.errors import StoreUnavailableError
from wardline.records import BatchChange, HashKind

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIST = records.new_id("hash-list", _NOW, bytes(10))
OTHER = records.new_id("hash-list", _NOW, bytes(9) + b"\1")

Maker = Callable[[], tuple[Callable[[], ports.Index], ports.Copies]]


def value(number: int) -> bytes:
    """Give 32 bytes; two of them lie some 128 bits apart."""
    return np.random.default_rng(number).bytes(32)


class Batches:
    """Lists in batches of a few hashes, as a store holds them; says which were read."""

    def __init__(self, history: int = 0) -> None:
        self._history, self._of = history, dict[str, list[records.HashBatch]]()
        self.read: list[int] = []

    def tell(
        self, change: BatchChange, *numbers: int, kind: HashKind = HashKind.PDQ, list_id: str = LIST
    ) -> None:
        """Let something happen to hashes."""
        told = self._of.setdefault(list_id, [])
        number, size = len(told) + 1, records.HASH_BYTES[kind]
        entropy = self._history.to_bytes(4, "big") + number.to_bytes(6, "big")
        told.append(records.HashBatch(
            id=records.new_id("hash-batch", _NOW, entropy), list_id=list_id, number=number, change=change, kind=kind,
            hashes=b"".join(value(each)[:size] for each in numbers),
            categories=b"" if change is BatchChange.REMOVE else bytes([number % 3]) * len(numbers),
        ))  # fmt: skip

    def lists(self) -> Iterable[records.HashList]:
        """Give the lists, all of them active."""
        for list_id, told in self._of.items():
            yield records.HashList(
                id=list_id, name=list_id, provenance="drawn", trust=records.ListTrust.VERIFIED, batches=len(told), entries=0,
                state=records.HashListState.ACTIVE, created_at=_NOW, created_by="user", refreshed_at=_NOW,
            )  # fmt: skip

    def of(self, list_id: str, after: int) -> Iterator[records.HashBatch]:
        """Give the batches of a list."""
        for batch in self._of.get(list_id, [])[after:]:
            self.read.append(batch.number)
            yield batch


class Process:
    """A catalogue with copies, as in a process of its own."""

    def __init__(self, make: Maker) -> None:
        make_index, self.copies = make()
        self._catalogue = matching.Catalogue(make_index, self.copies)

    def follow(self, batches: Batches) -> None:
        """Follow, and wait until a copy that was begun is made."""
        self._catalogue.follow(list(batches.lists()), batches.of)
        if isinstance(self.copies, ports.Closeable):
            self.copies.close()

    def found(self, numbers: Iterable[int], kind: HashKind = HashKind.PDQ) -> list[int]:
        """Say which of some hashes are found at distance 0."""
        size = records.HASH_BYTES[kind]
        quality = 100 if kind is HashKind.PDQ else None
        return [
            number
            for number in numbers
            if self._catalogue.match(
                [records.Hash(kind=kind, value=value(number)[:size].hex(), quality=quality)]
            )
        ]


class CopiesContract:
    """What every keeper of copies does. Give copies that are due after each batch."""

    @pytest.fixture
    def make(self) -> Maker:
        """Give what makes an index factory and a keeper over one place, as each process does. Override it."""
        raise NotImplementedError

    @pytest.fixture
    def batches(self) -> Batches:
        """A list of PDQ hashes 0 to 9 without 3, and MD5 hashes 20 to 29 without 23."""
        batches = Batches()
        for kind, first in ((HashKind.PDQ, 0), (HashKind.MD5, 20)):
            batches.tell(BatchChange.ADD, *range(first, first + 10), kind=kind)
            batches.tell(BatchChange.REMOVE, first + 3, kind=kind)
        return batches

    def test_where_nothing_was_kept_nothing_is_found(self, make: Maker) -> None:
        _, copies = make()
        assert copies.open(LIST, above=0, is_ours=lambda _: True) is None
        assert copies.stamp() == copies.stamp()
        copies.retain([])

    def test_another_process_starts_from_a_copy_and_reads_only_the_batches_after_it(
        self, make: Maker, batches: Batches
    ) -> None:
        Process(make).follow(batches)
        batches.tell(BatchChange.ADD, 10)
        batches.read.clear()
        other = Process(make)
        other.follow(batches)
        assert set(batches.read) <= {4, 5}
        assert other.found(range(12)) == [0, 1, 2, *range(4, 11)]
        assert other.found(range(20, 32), HashKind.MD5) == [20, 21, 22, *range(24, 30)]

    def test_the_stamp_changes_when_a_copy_comes_and_when_it_goes(
        self, make: Maker, batches: Batches
    ) -> None:
        one, other = Process(make), Process(make)
        stamps = [other.copies.stamp()]
        one.follow(batches)
        stamps.append(other.copies.stamp())
        batches.tell(BatchChange.ADD, 10)
        one.follow(batches)
        one.follow(batches)
        stamps.append(other.copies.stamp())
        one.copies.retain([])
        assert len({*stamps, other.copies.stamp()}) in {3, 4}
        assert stamps[0] == other.copies.stamp()

    def test_what_happens_after_a_copy_was_begun_is_not_in_it(self, make: Maker, batches: Batches) -> None:
        one = Process(make)
        one.follow(batches)
        _, copies = make()
        copy = copies.open(LIST, above=0, is_ours=lambda _: True)
        assert copy is not None
        batches.tell(BatchChange.REMOVE, 5)
        batches.tell(BatchChange.ADD, 5)
        one.follow(batches)
        assert copy.number == 4
        rows = copy.index.search(np.frombuffer(value(5) + value(3), np.uint8).reshape(2, 32), radius_bits=0)
        assert rows == [[(5, 0)], []]

    def test_no_copy_is_given_that_is_not_above(self, make: Maker, batches: Batches) -> None:
        Process(make).follow(batches)
        _, copies = make()
        assert copies.open(LIST, above=4, is_ours=lambda _: True) is None
        assert copies.open(LIST, above=3, is_ours=lambda _: True) is not None
        assert copies.open(OTHER, above=0, is_ours=lambda _: True) is None

    def test_a_copy_that_is_not_ours_is_removed(self, make: Maker, batches: Batches) -> None:
        Process(make).follow(batches)
        _, copies = make()
        assert copies.open(LIST, above=0, is_ours=lambda _: False) is None
        assert copies.open(LIST, above=0, is_ours=lambda _: True) is None

    def test_a_copy_stays_when_nobody_could_say_whether_it_is_ours(
        self, make: Maker, batches: Batches
    ) -> None:
        def unknown(_: matching.ListCopy) -> bool:
            raise StoreUnavailableError("store: no answer, expected one")

        Process(make).follow(batches)
        _, copies = make()
        with pytest.raises(StoreUnavailableError):
            copies.open(LIST, above=0, is_ours=unknown)
        assert copies.open(LIST, above=0, is_ours=lambda _: True) is not None

    def test_a_copy_of_a_store_that_was_restored_is_not_used(self, make: Maker, batches: Batches) -> None:
        Process(make).follow(batches)
        restored = Batches(history=1)
        for number in range(8):
            restored.tell(BatchChange.ADD, 100 + number)
        for _ in range(2):
            other = Process(make)
            other.follow(restored)
            assert other.found([*range(10), *range(100, 110)]) == list(range(100, 108))

    def test_copies_of_other_lists_are_removed(self, make: Maker, batches: Batches) -> None:
        batches.tell(BatchChange.ADD, 40, 41, list_id=OTHER)
        one = Process(make)
        for _ in range(2):
            one.follow(batches)
        _, copies = make()
        copies.retain([OTHER])
        assert copies.open(LIST, above=0, is_ours=lambda _: True) is None
        assert copies.open(OTHER, above=0, is_ours=lambda _: True) is not None

    def test_a_process_goes_on_with_what_it_has_when_its_copy_is_removed(
        self, make: Maker, batches: Batches
    ) -> None:
        Process(make).follow(batches)
        other = Process(make)
        other.follow(batches)
        other.copies.retain([])
        assert other.found(range(12)) == [0, 1, 2, *range(4, 10)]
        batches.tell(BatchChange.ADD, 10)
        other.follow(batches)
        assert other.found(range(12)) == [0, 1, 2, *range(4, 11)]

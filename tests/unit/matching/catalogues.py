"""Lists, entries and hashes for tests of matching."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from wardline import matching, records

NOW = datetime(2026, 1, 2, tzinfo=UTC)
KIND, STATE, TRUST = records.HashKind, records.HashListState, records.ListTrust
_DIGITS = {KIND.MD5: 32, KIND.SHA1: 40, KIND.SHA256: 64, KIND.PDQ: 64}


class NaiveIndex:
    """A near index in the plainest form."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int]] = []

    def add(self, hashes: NDArray[np.uint8], ids: NDArray[np.int64]) -> None:
        values = [int.from_bytes(row.tobytes(), "big") for row in hashes]
        self.rows += zip(ids.tolist(), values, strict=True)

    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        return [self._search(int.from_bytes(query.tobytes(), "big"), radius_bits) for query in queries]

    def _search(self, query: int, radius_bits: int) -> list[tuple[int, int]]:
        distances = [(number, (value ^ query).bit_count()) for number, value in self.rows]
        return [pair for pair in distances if pair[1] <= radius_bits]


def hash_list(
    number: int, trust: records.ListTrust = TRUST.VERIFIED, state: records.HashListState = STATE.ACTIVE
) -> records.HashList:
    list_id = records.new_id("hash-list", NOW, number.to_bytes(10, "big"))
    return records.HashList(
        id=list_id, name=f"list {number}", provenance="drawn for a test", trust=trust, state=state, entries=0, created_at=NOW,
        created_by="user", refreshed_at=NOW,
    )  # fmt: skip


def value(kind: records.HashKind, number: int) -> str:
    """Give a hash value; no two numbers share one."""
    return hashlib.sha256(str(number).encode()).hexdigest()[: _DIGITS[kind]]


def moved(text: str, bits: int) -> str:
    """Give a PDQ value at this distance from another."""
    return f"{int(text, 16) ^ ((1 << bits) - 1):064x}"


def item_hash(kind: records.HashKind, text: str, quality: int = 100) -> records.Hash:
    return records.Hash(kind=kind, value=text, quality=quality if kind is KIND.PDQ else None)


def entry(
    owner: records.HashList,
    name: str,
    kind: records.HashKind,
    text: str,
    category: records.Category | None = None,
) -> records.HashListEntry:
    return records.HashListEntry(id=name, list_id=owner.id, kind=kind, value=text, category=category)


def catalogue(
    lists: Iterable[records.HashList], entries: Iterable[records.HashListEntry]
) -> matching.Catalogue:
    held = list(entries)
    return matching.Catalogue.build(
        lists, lambda list_id: (each for each in held if each.list_id == list_id), NaiveIndex
    )

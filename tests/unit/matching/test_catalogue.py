"""The catalogue: every active list's entries, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.matching.catalogues import (
    KIND,
    STATE,
    TRUST,
    NaiveIndex,
    catalogue,
    entry,
    hash_list,
    item_hash,
    moved,
    value,
)
from wardline import matching, records
from wardline.errors import IntegrityError, StoreUnavailableError

CRYPTOGRAPHIC = [KIND.MD5, KIND.SHA1, KIND.SHA256]
LIST = hash_list(1)


@pytest.mark.parametrize("kind", CRYPTOGRAPHIC)
def test_the_same_cryptographic_hash_matches(kind: records.HashKind) -> None:
    held = catalogue([LIST], [entry(LIST, "entry-a", kind, value(kind, 1), records.Category.A2)])
    assert held.match([item_hash(kind, value(kind, 1))]) == (
        records.Match(
            list_id=LIST.id, entry_id="entry-a", hash_kind=kind, distance_bits=0, trust=TRUST.VERIFIED, category=records.Category.A2
        ),
    )  # fmt: skip
    assert held.match([item_hash(kind, value(kind, 2))]) == ()


@pytest.mark.parametrize(("bits", "matches"), [(0, 1), (30, 1), (31, 1), (32, 0), (256, 0)])
def test_pdq_matches_within_31_bits_inclusive(bits: int, matches: int) -> None:
    held = catalogue([LIST], [entry(LIST, "entry-a", KIND.PDQ, value(KIND.PDQ, 1))])
    found = held.match([item_hash(KIND.PDQ, moved(value(KIND.PDQ, 1), bits))])
    assert [match.distance_bits for match in found] == [bits] * matches


def test_a_sha256_and_a_pdq_of_the_same_digits_are_not_confused() -> None:
    digits = value(KIND.PDQ, 1)
    held = catalogue([LIST], [entry(LIST, "sha", KIND.SHA256, digits), entry(LIST, "pdq", KIND.PDQ, digits)])
    assert [match.entry_id for match in held.match([item_hash(KIND.SHA256, digits)])] == ["sha"]
    assert [match.entry_id for match in held.match([item_hash(KIND.PDQ, digits)])] == ["pdq"]


@pytest.mark.parametrize("state", [STATE.PROPOSED, STATE.DISABLED])
def test_a_list_that_is_not_active_matches_nothing(state: records.HashListState) -> None:
    quiet = hash_list(2, state=state)
    held = catalogue([quiet], [entry(quiet, "entry-a", KIND.MD5, value(KIND.MD5, 1))])
    assert held.match([item_hash(KIND.MD5, value(KIND.MD5, 1))]) == ()
    assert len(held) == 0


def test_without_lists_nothing_matches() -> None:
    held = catalogue([], [])
    assert held.match([item_hash(kind, value(kind, 1)) for kind in KIND]) == ()


@pytest.mark.parametrize("kind", KIND)
def test_the_same_hash_on_several_lists_is_a_match_on_each(kind: records.HashKind) -> None:
    lists = [hash_list(1, TRUST.UNVERIFIED), hash_list(2), hash_list(3)]
    held = catalogue(lists, [entry(owner, f"entry-{owner.name}", kind, value(kind, 1)) for owner in lists])
    found = held.match([item_hash(kind, value(kind, 1))])
    assert [(match.list_id, match.trust) for match in found] == [
        (lists[1].id, TRUST.VERIFIED), (lists[2].id, TRUST.VERIFIED), (lists[0].id, TRUST.UNVERIFIED)
    ]  # fmt: skip


def test_matches_come_nearest_first_over_all_kinds() -> None:
    pdq = value(KIND.PDQ, 1)
    entries = [entry(LIST, f"at-{bits}", KIND.PDQ, moved(pdq, bits)) for bits in (20, 4, 31)]
    entries.append(entry(LIST, "same-file", KIND.SHA1, value(KIND.SHA1, 1)))
    found = catalogue([LIST], entries).match(
        [item_hash(KIND.PDQ, pdq), item_hash(KIND.SHA1, value(KIND.SHA1, 1))]
    )
    assert [match.entry_id for match in found] == ["same-file", "at-4", "at-20", "at-31"]


@pytest.mark.parametrize(
    "text", ["", "abc", "zz" * 16, "ab" * 15, "ab" * 17, "ab " * 16, "é" * 32, " " + "ab" * 16]
)
def test_a_malformed_entry_is_counted_and_hides_no_other(text: str) -> None:
    other = hash_list(2)
    entries = [
        entry(LIST, "bad", KIND.MD5, text),
        entry(LIST, "bad-pdq", KIND.PDQ, text),
        entry(LIST, "good", KIND.MD5, value(KIND.MD5, 1)),
        entry(other, "good-pdq", KIND.PDQ, value(KIND.PDQ, 1)),
    ]
    held = catalogue([LIST, other], entries)
    found = held.match([item_hash(KIND.MD5, value(KIND.MD5, 1)), item_hash(KIND.PDQ, value(KIND.PDQ, 1))])
    assert [match.entry_id for match in found] == ["good", "good-pdq"]
    assert held.malformed == {LIST.id: 2}
    assert len(held) == 2


def test_entry_ids_of_any_length_and_script_come_back_whole() -> None:
    names = ["a", "entry-01k9xyzq6m3v8r5c2t7w4n0b1d", "", "größe", "x" * 300]
    held = catalogue(
        [LIST], [entry(LIST, name, KIND.MD5, value(KIND.MD5, n)) for n, name in enumerate(names)]
    )
    found = [
        held.match([item_hash(KIND.MD5, value(KIND.MD5, number))])[0].entry_id for number in range(len(names))
    ]
    assert found == names


def test_a_long_list_is_found_from_its_first_entry_to_its_last() -> None:
    kinds = list(KIND)
    count = 9001
    entries = [entry(LIST, f"entry-{n}", kinds[n % 4], value(kinds[n % 4], n)) for n in range(count)]
    held = catalogue([LIST], entries)
    assert len(held) == count
    for n in (0, 1, 2, 3, 4095, 4096, 4097, 8999, 9000):
        assert [
            match.entry_id for match in held.match([item_hash(kinds[n % 4], value(kinds[n % 4], n))])
        ] == [f"entry-{n}"]


def test_a_list_that_cannot_be_read_makes_no_catalogue() -> None:
    def entries_of(_list_id: str) -> Iterator[records.HashListEntry]:
        yield entry(LIST, "entry-a", KIND.MD5, value(KIND.MD5, 1))
        raise StoreUnavailableError("store: down, expected an answer")

    with pytest.raises(StoreUnavailableError):
        matching.Catalogue.build([LIST], entries_of, NaiveIndex)


class FailingIndex(NaiveIndex):
    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        raise IntegrityError("index: damaged, expected its own file")


class StrangeIndex(NaiveIndex):
    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        return [[(-1, 0)] for _ in queries]


@pytest.mark.parametrize("index", [FailingIndex, StrangeIndex])
def test_an_index_that_fails_never_looks_like_no_match(index: type[NaiveIndex]) -> None:
    held = matching.Catalogue.build([LIST], lambda _: [entry(LIST, "a", KIND.PDQ, value(KIND.PDQ, 1))], index)
    with pytest.raises(IntegrityError):
        held.match([item_hash(KIND.PDQ, value(KIND.PDQ, 1))])

"""The catalogue: every active list's entries, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.unit.matching.catalogues import (
    KIND,
    STATE,
    TRUST,
    NaiveIndex,
    Shelf,
    catalogue,
    change,
    hash_list,
    item_hash,
    moved,
    value,
)
from wardline import matching, records
from wardline.errors import IntegrityError, StoreUnavailableError
from wardline.records import BatchChange, Category

CRYPTOGRAPHIC = [KIND.MD5, KIND.SHA1, KIND.SHA256]
LIST = hash_list(1)
OTHER = hash_list(2)


def found(held: matching.Catalogue, *hashes: records.Hash) -> list[tuple[str, int, Category | None]]:
    return [(match.list_id, match.distance_bits, match.category) for match in held.match(hashes)]


@pytest.mark.parametrize("kind", CRYPTOGRAPHIC)
def test_the_same_cryptographic_hash_matches(kind: records.HashKind) -> None:
    shelf = Shelf()
    shelf.put(LIST, [change(kind, value(kind, 1), Category.A2)])
    held = matching.Catalogue(NaiveIndex)
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert held.match([item_hash(kind, value(kind, 1))]) == (
        records.Match(
            list_id=LIST.id, entry_id=f"{shelf.batches[LIST.id][0].id}:0", hash_kind=kind, distance_bits=0, trust=TRUST.VERIFIED,
            category=Category.A2,
        ),
    )  # fmt: skip
    assert held.match([item_hash(kind, value(kind, 2))]) == ()


@pytest.mark.parametrize(("bits", "matches"), [(0, 1), (30, 1), (31, 1), (32, 0), (256, 0)])
def test_pdq_matches_within_31_bits_inclusive(bits: int, matches: int) -> None:
    held = catalogue({LIST: [change(KIND.PDQ, value(KIND.PDQ, 1))]})
    near = held.match([item_hash(KIND.PDQ, moved(value(KIND.PDQ, 1), bits))])
    assert [match.distance_bits for match in near] == [bits] * matches


def test_a_sha256_and_a_pdq_of_the_same_digits_are_not_confused() -> None:
    digits = value(KIND.PDQ, 1)
    held = catalogue(
        {LIST: [change(KIND.SHA256, digits, Category.A1), change(KIND.PDQ, digits, Category.B2)]}
    )
    assert found(held, item_hash(KIND.SHA256, digits)) == [(LIST.id, 0, Category.A1)]
    assert found(held, item_hash(KIND.PDQ, digits)) == [(LIST.id, 0, Category.B2)]


@pytest.mark.parametrize("state", [STATE.PROPOSED, STATE.DISABLED])
def test_a_list_that_is_not_active_matches_nothing_and_is_not_read(state: records.HashListState) -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    shelf.put(hash_list(2, state=state), [change(KIND.MD5, value(KIND.MD5, 1))])
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert held.match([item_hash(KIND.MD5, value(KIND.MD5, 1))]) == ()
    assert (len(held), shelf.read) == (0, [])


def test_without_lists_nothing_matches() -> None:
    assert catalogue({}).match([item_hash(kind, value(kind, 1)) for kind in KIND]) == ()


@pytest.mark.parametrize("kind", KIND)
def test_the_same_hash_on_several_lists_is_a_match_on_each(kind: records.HashKind) -> None:
    lists = [hash_list(1, TRUST.UNVERIFIED), hash_list(2), hash_list(3)]
    held = catalogue({owner: [change(kind, value(kind, 1))] for owner in lists})
    matches = held.match([item_hash(kind, value(kind, 1))])
    assert [(match.list_id, match.trust) for match in matches] == [
        (lists[1].id, TRUST.VERIFIED), (lists[2].id, TRUST.VERIFIED), (lists[0].id, TRUST.UNVERIFIED)
    ]  # fmt: skip


def test_matches_come_nearest_first_over_all_kinds() -> None:
    pdq = value(KIND.PDQ, 1)
    entries = [change(KIND.PDQ, moved(pdq, bits)) for bits in (20, 4, 31)]
    entries.append(change(KIND.SHA1, value(KIND.SHA1, 1)))
    matches = catalogue({LIST: entries}).match(
        [item_hash(KIND.PDQ, pdq), item_hash(KIND.SHA1, value(KIND.SHA1, 1))]
    )
    assert [match.distance_bits for match in matches] == [0, 4, 20, 31]
    assert matches[0].hash_kind is KIND.SHA1


def test_a_long_list_is_found_from_its_first_entry_to_its_last() -> None:
    kinds, count = list(KIND), 36_100
    held = catalogue({LIST: [change(kinds[n % 4], value(kinds[n % 4], n)) for n in range(count)]})
    assert len(held) == count
    ids = set()
    for n in (0, 1, 2, 3, 4095, 8192, 32_767, 32_768, 36_098, 36_099):
        (match,) = held.match([item_hash(kinds[n % 4], value(kinds[n % 4], n))])
        assert (match.hash_kind, match.distance_bits) == (kinds[n % 4], 0)
        ids.add(match.entry_id)
    assert len(ids) == 10


def test_a_change_of_a_list_is_followed_without_reading_it_anew() -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    stays, goes, comes = (
        item_hash(kind, value(kind, n)) for n, kind in enumerate([KIND.PDQ, KIND.MD5, KIND.SHA1])
    )
    shelf.put(LIST, [change(stays.kind, stays.value), change(goes.kind, goes.value)])
    held.follow(shelf.lists.values(), shelf.batches_of)
    before = len(shelf.read)
    shelf.put(LIST, [change(stays.kind, stays.value, Category.B1), change(comes.kind, comes.value)])
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert [each.change for each in shelf.batches[LIST.id][before:]] == [
        BatchChange.ADD, BatchChange.MARK, BatchChange.REMOVE
    ]  # fmt: skip
    assert len(shelf.read) == len(shelf.batches[LIST.id])
    assert found(held, stays) == [(LIST.id, 0, Category.B1)]
    assert found(held, goes) == []
    assert found(held, comes) == [(LIST.id, 0, None)]
    assert len(held) == 2


def test_a_list_that_is_switched_off_is_not_found_and_switched_on_again_it_is() -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    known = item_hash(KIND.PDQ, value(KIND.PDQ, 1))
    shelf.put(LIST, [change(known.kind, known.value)])
    for state, matches in ((STATE.ACTIVE, 1), (STATE.DISABLED, 0), (STATE.ACTIVE, 1)):
        held.follow([replace(shelf.lists[LIST.id], state=state)], shelf.batches_of)
        assert len(held.match([known])) == matches


_NUMBERS = st.dictionaries(st.integers(0, 30), st.sampled_from([None, *Category]), max_size=25)


@given(st.lists(_NUMBERS, min_size=1, max_size=5))
def test_whatever_a_list_was_it_holds_what_it_was_last_said_to_hold(
    said: list[dict[int, Category | None]],
) -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    kinds = list(KIND)
    for numbers in said:
        shelf.put(
            LIST, [change(kinds[n % 4], value(kinds[n % 4], n), category) for n, category in numbers.items()]
        )
        held.follow(shelf.lists.values(), shelf.batches_of)
        assert len(held) == len(numbers)
        for n in range(31):
            expected = [(LIST.id, 0, numbers[n])] if n in numbers else []
            assert found(held, item_hash(kinds[n % 4], value(kinds[n % 4], n))) == expected


def test_a_list_that_cannot_be_read_hides_no_other_and_is_read_on_later() -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    shelf.put(LIST, [change(KIND.MD5, value(KIND.MD5, 1))])
    held.follow(shelf.lists.values(), shelf.batches_of)
    shelf.put(LIST, [change(KIND.MD5, value(KIND.MD5, n)) for n in (1, 2)])
    shelf.put(OTHER, [change(KIND.MD5, value(KIND.MD5, 3))])

    def failing(list_id: str, after: int) -> list[records.HashBatch]:
        if list_id == LIST.id:
            raise StoreUnavailableError("store: down, expected an answer")
        return list(shelf.batches_of(list_id, after))

    with pytest.raises(StoreUnavailableError):
        held.follow(shelf.lists.values(), failing)
    hashes = [item_hash(KIND.MD5, value(KIND.MD5, n)) for n in (1, 2, 3)]
    assert [len(held.match([each])) for each in hashes] == [1, 0, 1]
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert [len(held.match([each])) for each in hashes] == [1, 1, 1]


def test_a_batch_that_is_missing_is_not_passed_over() -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    shelf.put(LIST, [change(kind, value(kind, 1)) for kind in KIND])
    stored = shelf.batches[LIST.id]
    for shown in (stored[:-1], [stored[0], stored[2]]):
        shelf.batches[LIST.id] = shown
        with pytest.raises(IntegrityError):
            matching.Catalogue(NaiveIndex).follow(shelf.lists.values(), shelf.batches_of)
    shelf.batches[LIST.id] = stored
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert len(held) == 4


def test_a_batch_that_tells_of_entries_that_are_not_there_fails_and_what_is_there_is_searched_on() -> None:
    shelf, held = Shelf(), matching.Catalogue(NaiveIndex)
    known = item_hash(KIND.MD5, value(KIND.MD5, 1))
    shelf.put(LIST, [change(known.kind, known.value)])
    held.follow(shelf.lists.values(), shelf.batches_of)
    stranger = replace(
        shelf.batches[LIST.id][0], number=2, change=BatchChange.REMOVE, hashes=bytes(16), categories=b""
    )
    with pytest.raises(IntegrityError):
        held.follow([replace(shelf.lists[LIST.id], batches=2)], lambda _list_id, _after: [stranger])
    assert len(held.match([known])) == 1
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert len(held.match([known])) == 1


class FailingIndex(NaiveIndex):
    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        raise IntegrityError("index: damaged, expected its own file")


class StrangeIndex(NaiveIndex):
    def search(self, queries: NDArray[np.uint8], *, radius_bits: int) -> list[list[tuple[int, int]]]:
        return [[(-1, 0)] for _ in queries]


@pytest.mark.parametrize("index", [FailingIndex, StrangeIndex])
def test_an_index_that_fails_never_looks_like_no_match(index: type[NaiveIndex]) -> None:
    shelf, held = Shelf(), matching.Catalogue(index)
    shelf.put(LIST, [change(KIND.PDQ, value(KIND.PDQ, 1))])
    held.follow(shelf.lists.values(), shelf.batches_of)
    with pytest.raises(IntegrityError):
        held.match([item_hash(KIND.PDQ, value(KIND.PDQ, 1))])


# --- copies -----------------------------------------------------------------------------------------------------------------------------
class Kept:
    """Says what it was asked to keep."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.retained: list[str] = []

    def open(
        self, list_id: str, *, above: int, is_ours: Callable[[matching.ListCopy], bool]
    ) -> matching.ListCopy | None:
        return None

    def keep(self, list_id: str, volume: matching.Copied) -> None:
        self.asked.append((list_id, volume.applied))

    def retain(self, list_ids: Iterable[str]) -> None:
        self.retained = list(list_ids)


def test_a_list_that_failed_half_way_is_not_copied_but_its_copies_stay() -> None:
    class Failing(NaiveIndex):
        def remove(self, ids: NDArray[np.int64]) -> None:
            raise StoreUnavailableError("index: no answer, expected one")

    shelf, copies = Shelf(), Kept()
    held = matching.Catalogue(Failing, copies)
    for each in (LIST, OTHER):
        shelf.put(each, [change(KIND.PDQ, value(KIND.PDQ, number)) for number in range(3)])
    shelf.put(hash_list(3, state=STATE.DISABLED), [])
    held.follow(shelf.lists.values(), shelf.batches_of)
    assert copies.asked == [(LIST.id, 1), (OTHER.id, 1)]
    shelf.put(LIST, [change(KIND.PDQ, value(KIND.PDQ, 0))])
    with pytest.raises(StoreUnavailableError):
        held.follow(shelf.lists.values(), shelf.batches_of)
    assert copies.asked[2:] == [(OTHER.id, 1)]
    assert copies.retained == [LIST.id, OTHER.id]

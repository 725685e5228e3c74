"""A list's contents: what changed between two of them, packed into batches, gives the second from the first."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.matching.catalogues import KIND, batches, change, hash_list, held, value
from wardline import records
from wardline.errors import InputError
from wardline.matching import contents
from wardline.matching.digests import Digests
from wardline.records import BatchChange, Category
from wardline.testing import store_records as make

LIST = hash_list(1)
_SAID = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([None, *Category])), max_size=30)


def told(said: list[tuple[int, Category | None]]) -> list[records.EntryChange]:
    kinds = list(KIND)
    return [change(kinds[n % 4], value(kinds[n % 4], n), category) for n, category in said]


def as_dict(some: contents.Contents) -> dict[tuple[records.HashKind, bytes], Category | None]:
    return {
        (kind, digest.tobytes()): records.category_of(int(code))
        for kind, entries in some.items()
        for digest, code in zip(entries.digests, entries.codes, strict=True)
    }


@given(_SAID)
def test_of_what_was_told_several_times_the_last_word_counts(said: list[tuple[int, Category | None]]) -> None:
    expected = {(each.kind, bytes.fromhex(each.value)): each.category for each in told(said)}
    found = held(told(said))
    assert as_dict(found) == expected
    assert contents.count(found) == len(expected)


@given(_SAID, _SAID)
def test_the_batches_of_a_difference_turn_the_old_into_the_new(
    before: list[tuple[int, Category | None]], after: list[tuple[int, Category | None]]
) -> None:
    old, new = held(told(before)), held(told(after))
    first = batches(LIST, contents.nothing(), old)
    second = batches(LIST, old, new, after=len(first))
    assert [each.number for each in (*first, *second)] == list(range(1, len(first) + len(second) + 1))
    replayed = contents.Gathering()
    replayed.replay([*first, *second])
    assert as_dict(replayed.contents()) == as_dict(new)
    assert bool(contents.difference(old, new)) == (as_dict(old) != as_dict(new))


def test_what_comes_is_told_before_what_goes() -> None:
    old, new = held(told([(0, None), (4, None)])), held(told([(0, Category.A1), (8, None)]))
    assert [each.change for each in batches(LIST, old, new)] == [
        BatchChange.ADD, BatchChange.MARK, BatchChange.REMOVE
    ]  # fmt: skip


def test_hashes_with_zeros_at_their_end_are_told_apart() -> None:
    digits = ["0" * 32, "01" + "0" * 30, "0100" + "ff" + "0" * 26]
    found = held([change(KIND.MD5, text) for text in digits])
    assert [each.tobytes().hex() for each in found[KIND.MD5].digests] == sorted(digits)


def test_a_large_list_comes_in_several_batches() -> None:
    count = 2 * records.MOST_IN_BATCH + 1
    made = batches(
        LIST, contents.nothing(), held([change(KIND.PDQ, value(KIND.PDQ, n)) for n in range(count)])
    )
    assert [each.size for each in made] == [records.MOST_IN_BATCH, records.MOST_IN_BATCH, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"hashes": b""}, {"hashes": bytes(65)}, {"hashes": bytes(32 * (records.MOST_IN_BATCH + 1))}, {"categories": b"\x00"},
        {"categories": b"\x00\x05"}, {"number": 0}, {"change": BatchChange.REMOVE},
    ],
)  # fmt: skip
def test_a_batch_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        make.hash_batch(**wrong)


@given(st.integers(0, 400), st.integers(1, 90))
def test_digests_are_found_by_their_row(count: int, fresh: int) -> None:
    table = Digests(16)
    every = [hashlib.md5(str(n).encode(), usedforsecurity=False).digest() for n in range(count)]
    for start in range(0, count, fresh):
        table.add(b"".join(every[start : start + fresh]), start)
    assert [table.row_of(each) for each in every] == list(range(count))
    assert table.row_of(bytes(16)) is None


def test_digests_that_begin_alike_are_told_apart_and_the_newest_row_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wardline.matching.digests._LEAST_FRESH", 3)
    table = Digests(16)
    alike = [bytes(8) + bytes((n,)) * 8 for n in range(6)]
    table.add(b"".join(alike), 0)
    table.add(alike[2], 6)
    table.add(b"".join(alike[4:]) + bytes(8) + b"x" * 8, 7)
    assert [table.row_of(each) for each in alike] == [0, 1, 6, 3, 7, 8]

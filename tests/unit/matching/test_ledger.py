"""What an exchange tells, by keys, gives the same list as if everybody's entries had been counted one by one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.matching.catalogues import KIND, NOW, NaiveIndex, change, hash_list, value
from wardline import records
from wardline.matching import ledger
from wardline.matching.volume import Volume
from wardline.records import BatchChange, Category

LIST = hash_list(1)
KEYS = ("4-1", "4-2", "7-1")
TELLING = st.dictionaries(
    st.sampled_from(KEYS),
    st.lists(
        st.tuples(st.sampled_from([KIND.MD5, KIND.PDQ]), st.integers(0, 3), st.sampled_from([None, Category.A2])),
        max_size=3, unique_by=lambda each: each[:2],
    ),
    max_size=3,
)  # fmt: skip
"""What one step of an exchange tells: of each key the entries that it stands for, as kind, number and category."""


class Book:
    """A list that an exchange fills, and beside it the plain truth."""

    def __init__(self) -> None:
        self.batches: list[records.HashBatch] = []
        self.volume = Volume(NaiveIndex())
        self.held: dict[str, set[tuple[records.HashKind, int]]] = {}
        self._numbers = itertools.count()

    def tell(self, told: Mapping[str, Sequence[records.EntryChange]]) -> ledger.Settled:
        settled = ledger.settle(told, lambda: iter(self.batches))
        new = list(ledger.batches(settled, list_id=LIST.id, after=len(self.batches), new_id=self._new_id))
        self.batches += new
        self.volume.apply(new)
        return settled

    def _new_id(self) -> str:
        return records.new_id("hash-batch", NOW, next(self._numbers).to_bytes(10, "big"))

    def found(self, kind: records.HashKind, number: int) -> list[records.Category | None]:
        digest = bytes.fromhex(value(kind, number))
        rows = self.volume.near(digest, 0) if kind is KIND.PDQ else self.volume.exact(kind, digest)
        return [self.volume.match(row, distance, LIST).category for row, distance in rows]


def changes(
    told: Sequence[tuple[records.HashKind, int, records.Category | None]],
) -> list[records.EntryChange]:
    return [change(kind, value(kind, number), category) for kind, number, category in told]


@given(steps=st.lists(TELLING, max_size=6))
def test_an_entry_is_found_once_while_at_least_one_key_stands_for_it(
    steps: list[dict[str, list[tuple[records.HashKind, int, records.Category | None]]]],
) -> None:
    book, truth = Book(), dict[str, set[tuple[records.HashKind, int]]]()
    for told in steps:
        book.tell({key: changes(entries) for key, entries in told.items()})
        truth |= {key: {(kind, number) for kind, number, _ in entries} for key, entries in told.items()}
        living = set().union(*truth.values())
        for kind, number in itertools.product((KIND.MD5, KIND.PDQ), range(4)):
            assert len(book.found(kind, number)) == ((kind, number) in living), (kind, number)
        assert len(book.volume) == len(living)
        assert ledger.keys_of(book.batches) == {key for key, entries in truth.items() if entries}


@given(steps=st.lists(TELLING, min_size=1, max_size=4))
def test_telling_the_same_again_changes_nothing(
    steps: list[dict[str, list[tuple[records.HashKind, int, records.Category | None]]]],
) -> None:
    book = Book()
    for told in steps:
        book.tell({key: changes(entries) for key, entries in told.items()})
    before = len(book.batches)
    last = {key: changes(entries) for key, entries in steps[-1].items()}
    # The last word on a category may differ between two keys of one step, and is then told once more.
    assert not [each for each in book.tell(last).lines if each[0] is not BatchChange.MARK]
    assert all(each.change is BatchChange.MARK for each in book.batches[before:])


def test_an_entry_that_goes_from_one_contributor_to_another_in_one_step_is_never_gone() -> None:
    book = Book()
    book.tell({"4-1": [change(KIND.MD5, value(KIND.MD5, 1))]})
    settled = book.tell({"4-1": [], "7-1": [change(KIND.MD5, value(KIND.MD5, 1))]})
    assert settled.count(BatchChange.REMOVE) == settled.count(BatchChange.ADD) == 0
    assert len(book.found(KIND.MD5, 1)) == 1
    book.tell({"7-1": []})
    assert book.found(KIND.MD5, 1) == []


def test_a_withdrawal_of_what_nobody_told_of_is_counted_and_changes_nothing() -> None:
    settled = Book().tell({"4-9": []})
    assert (settled.unknown, settled.lines) == (1, {})


def test_the_last_word_on_a_category_counts() -> None:
    book = Book()
    entry = value(KIND.PDQ, 1)
    book.tell({"4-1": [change(KIND.PDQ, entry)], "4-2": [change(KIND.PDQ, entry, Category.A1)]})
    assert book.found(KIND.PDQ, 1) == [Category.A1]
    assert book.tell({"4-1": [change(KIND.PDQ, entry, Category.B2)]}).count(BatchChange.MARK) == 1
    assert book.found(KIND.PDQ, 1) == [Category.B2]


def test_a_batch_holds_at_most_what_a_batch_may_and_keeps_the_keys_in_their_places() -> None:
    book = Book()
    told = {f"{n}-ü": [change(KIND.MD5, value(KIND.MD5, n))] for n in range(records.MOST_IN_BATCH + 3)}
    book.tell(told)
    assert [each.size for each in book.batches] == [records.MOST_IN_BATCH, 3]
    last = book.batches[1]
    assert last.keys.decode().split("\n")[2] == f"{records.MOST_IN_BATCH + 2}-ü"
    assert last.hashes[32:48].hex() == value(KIND.MD5, records.MOST_IN_BATCH + 2)

"""What a page makes of several words about one key."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from wardline.adapters.exchanges.pages import Malformed, PageReading, Untaken, hash_of
from wardline.records import HashKind
from wardline.testing.exchange_contract import Followed

MD5 = [hash_of(HashKind.MD5, f"{number:032x}") for number in range(5)]


def reading() -> PageReading:
    return PageReading(Counter())


def test_the_later_word_on_a_key_counts() -> None:
    page = reading()
    page.tell(1, "a", [MD5[0]])
    page.withdraw(2, "a")
    page.withdraw(3, "b")
    page.tell(4, "b", [MD5[1]])
    made = page.finish()
    assert made.removed == ("a",)
    assert [(each.key, each.value) for each in made.added] == [("b", f"{1:032x}")]


def test_an_entry_of_which_nothing_is_taken_stands_for_nothing_any_more() -> None:
    untaken: Counter[str] = Counter()
    page = PageReading(untaken)
    page.tell(1, "a", [MD5[0]])
    page.tell(2, "a", [Untaken("PDNA fingerprints of images")])
    assert page.finish().removed == ("a",)
    assert untaken == {"PDNA fingerprints of images": 1}


def test_an_entry_that_is_malformed_throughout_leaves_its_key_alone() -> None:
    page = reading()
    page.tell(7, "a", [Malformed("a reason")])
    page.tell(8, "b", [Malformed("a reason"), MD5[0]])
    made = page.finish()
    assert made.removed == ()
    assert [each.key for each in made.added] == ["b"]
    assert [line.line for line in made.malformed] == [7, 8]


def test_an_id_that_is_no_key_is_malformed() -> None:
    page = reading()
    for place, key in enumerate(("", " ", "x" * 201, "a\nb", "\ud800"), start=1):
        page.tell(place, key, [MD5[0]])
        page.withdraw(place, key)
    made = page.finish()
    assert (made.added, made.removed) == ((), ())
    assert len(made.malformed) == 10


words = st.lists(
    st.tuples(st.sampled_from("abcd"), st.frozensets(st.integers(0, 4), max_size=3)), max_size=20
)


@given(words, st.lists(st.integers(0, 20), max_size=4))
def test_any_split_into_pages_ends_in_the_same(
    said: list[tuple[str, frozenset[int]]], cuts: list[int]
) -> None:
    def followed(edges: list[int]) -> dict[str, set[tuple[HashKind, str]]]:
        list_ = Followed()
        for begin, end in zip([0, *edges], [*edges, len(said)], strict=True):
            page = reading()
            for place, (key, numbers) in enumerate(said[begin:end], start=1):
                if numbers:
                    page.tell(place, key, [MD5[number] for number in sorted(numbers)])
                else:
                    page.withdraw(place, key)
            list_.apply(page.finish())
        return list_.keys

    assert followed(sorted(min(cut, len(said)) for cut in cuts)) == followed([])

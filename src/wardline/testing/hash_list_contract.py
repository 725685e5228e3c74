"""The contract of ``ports.HashListSource``, as tests. Subclass ``HashListContract`` and say how to make a source.

::

    class TestMySource(HashListContract):
        @pytest.fixture
        def make_source(self, tmp_path: Path) -> SourceMaker:
            def make(entries: Sequence[records.EntryChange | Broken]) -> ports.HashListSource: ...
            return make

A source that can be asked for more than one page at a time must give the same pages each time as long as what it reads stays the same.
"""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from wardline import ports, records
from wardline.errors import InputError


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands for an entry whose hash is not one."""

    text: str = "not hexadecimal"


SourceMaker = Callable[[Sequence[records.EntryChange | Broken]], ports.HashListSource]
"""Makes a source that holds these, in this order. Called again with the same, it makes a second source over the same content."""

_DIGITS = {
    records.HashKind.MD5: 32,
    records.HashKind.SHA1: 40,
    records.HashKind.SHA256: 64,
    records.HashKind.PDQ: 64,
}
_CATEGORIES = (None, *records.Category)


@cache
def entry(number: int) -> records.EntryChange:
    """Make an entry; numbers run through all kinds and categories, and none has the hash of another."""
    kind = tuple(records.HashKind)[number % 4]
    value = hashlib.sha256(str(number).encode()).hexdigest()[: _DIGITS[kind]]
    return records.EntryChange(kind=kind, value=value, category=_CATEGORIES[number % 5])


def pages(source: ports.HashListSource, cursor: str | None = None) -> list[records.HashListPage]:
    """Fetch page after page to the end."""
    fetched = [source.fetch(cursor)]
    while fetched[-1].cursor is not None:
        fetched.append(source.fetch(fetched[-1].cursor))
    return fetched


def added(fetched: Sequence[records.HashListPage]) -> list[records.EntryChange]:
    """Every entry of some pages, in order."""
    return [change for page in fetched for change in page.added]


def malformed(fetched: Sequence[records.HashListPage]) -> list[records.MalformedLine]:
    """Every malformed line of some pages, in order."""
    return [line for page in fetched for line in page.malformed]


class HashListContract:
    """What every source of a hash list does."""

    many = 12_000
    """More entries than fit one page."""

    @pytest.fixture
    def make_source(self) -> SourceMaker:
        """Give a maker of sources. Override it."""
        raise NotImplementedError

    @pytest.fixture
    def foreign_source(self) -> ports.HashListSource:
        """Give a source whose content is not of the expected form at all. Override it."""
        raise NotImplementedError

    def test_a_list_without_entries_is_one_page_without_any(self, make_source: SourceMaker) -> None:
        assert make_source([]).fetch(None) == records.HashListPage(added=(), malformed=(), cursor=None)

    def test_a_list_of_one_entry_is_read(self, make_source: SourceMaker) -> None:
        assert added(pages(make_source([entry(1)]))) == [entry(1)]

    def test_every_kind_and_category_comes_as_it_is(self, make_source: SourceMaker) -> None:
        entries = [entry(number) for number in range(20)]
        fetched = pages(make_source(entries))
        assert added(fetched) == entries
        assert not malformed(fetched)

    def test_a_long_list_comes_page_by_page_each_entry_once(self, make_source: SourceMaker) -> None:
        entries = [entry(number) for number in range(self.many)]
        fetched = pages(make_source(entries))
        assert len(fetched) > 1
        assert added(fetched) == entries

    def test_fetching_again_from_the_start_gives_the_same(self, make_source: SourceMaker) -> None:
        source = make_source([*(entry(number) for number in range(50)), Broken(), entry(3)])
        assert pages(source) == pages(source)

    def test_any_page_can_be_fetched_again(self, make_source: SourceMaker) -> None:
        source = make_source([entry(number) for number in range(self.many)])
        fetched = pages(source)
        cursors = [None, *(page.cursor for page in fetched[:-1])]
        for number in reversed(range(len(fetched))):
            assert source.fetch(cursors[number]) == fetched[number]

    def test_another_process_goes_on_from_a_cursor(self, make_source: SourceMaker) -> None:
        entries = [entry(number) for number in range(self.many)]
        first = make_source(entries).fetch(None)
        rest = pages(make_source(entries), first.cursor)
        assert [*first.added, *added(rest)] == entries

    def test_an_entry_that_comes_again_counts_once_however_far_apart(self, make_source: SourceMaker) -> None:
        entries = [entry(number) for number in range(self.many)]
        repeating = [entries[0], entries[0], *entries[1:], entries[0]]
        first = make_source(repeating).fetch(None)
        fetched = [first, *pages(make_source(repeating), first.cursor)]
        assert added(fetched) == entries
        assert not malformed(fetched)

    def test_a_malformed_entry_is_reported_and_hides_no_other(self, make_source: SourceMaker) -> None:
        fetched = pages(make_source([entry(1), Broken(), entry(2), Broken(""), Broken("é" * 40), entry(3)]))
        assert added(fetched) == [entry(1), entry(2), entry(3)]
        assert len(malformed(fetched)) == 3

    def test_a_report_of_a_malformed_entry_holds_nothing_of_it(self, make_source: SourceMaker) -> None:
        [line] = malformed(pages(make_source([Broken("q7z" * 10)])))
        assert line.line > 0
        assert line.reason
        assert "q7z" not in line.reason

    def test_a_malformed_entry_at_either_end_is_no_different(self, make_source: SourceMaker) -> None:
        fetched = pages(make_source([Broken(), entry(1), Broken()]))
        assert added(fetched) == [entry(1)]
        assert len(malformed(fetched)) == 2

    def test_content_of_another_form_is_refused(self, foreign_source: ports.HashListSource) -> None:
        with pytest.raises(InputError):
            pages(foreign_source)

    def test_a_cursor_of_another_form_is_refused(self, make_source: SourceMaker) -> None:
        with pytest.raises(InputError):
            make_source([entry(1)]).fetch("no such cursor")

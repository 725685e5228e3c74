"""The contract of ``ports.HashExchange``, as tests. Subclass ``ExchangeContract`` and say who owns the list and how to reach it.

::

    class TestMyExchange(ExchangeContract):
        @pytest.fixture
        def owner(self) -> Owner: ...

        @pytest.fixture
        def open_exchange(self, owner: Owner) -> ExchangeOpener: ...

        @pytest.fixture
        def foreign_cursor(self, owner: Owner) -> str: ...

Keys are the adapter's own: the suite compares what a list holds, not what it is called.
"""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence

import pytest

from wardline import ports, records
from wardline.errors import ConfigurationError, DependencyError, RefusedError

Hash = tuple[records.HashKind, str]

_DIGITS = {
    records.HashKind.MD5: 32,
    records.HashKind.SHA1: 40,
    records.HashKind.SHA256: 64,
    records.HashKind.PDQ: 64,
}


class Owner(ABC):
    """Who owns the list. Time goes on between two acts, so that each can be told from the one before."""

    kinds: Sequence[records.HashKind] = (records.HashKind.PDQ, records.HashKind.MD5)
    """What it can share."""

    @abstractmethod
    def share(self, entry: Hash) -> None:
        """Put an entry of one hash on the list."""

    @abstractmethod
    def withdraw(self, entry: Hash) -> None:
        """Take it off, also if it never was on it."""

    @abstractmethod
    def share_malformed(self, digits: str) -> None:
        """Put something on the list whose hash is this text, which is none."""

    @abstractmethod
    def garble(self) -> None:
        """Let the next answer be something else than a page; what comes after it is in order again."""

    @abstractmethod
    def heard(self, entry: Hash) -> str | None:
        """Give the last word that arrived about an entry; None where there was none."""


ExchangeOpener = Callable[[], ports.HashExchange]
"""Opens the exchange as another process would."""


class Followed:
    """A list as somebody has it who follows the exchange and applies its pages."""

    def __init__(self) -> None:
        self.keys: dict[str, set[Hash]] = {}

    def apply(self, page: records.HashListPage) -> None:
        """Do what a page says."""
        if page.restarted:
            self.keys.clear()
        told: dict[str, set[Hash]] = {}
        for change in page.added:
            told.setdefault(change.key, set()).add((change.kind, change.value))
        self.keys |= told
        for key in page.removed:
            self.keys.pop(key, None)

    @property
    def hashes(self) -> set[Hash]:
        """Every hash that stands on it."""
        return {each for hashes in self.keys.values() for each in hashes}


def hash_number(number: int, kinds: Sequence[records.HashKind]) -> Hash:
    """Make a hash; numbers run through the kinds, and none has the hash of another."""
    kind = kinds[number % len(kinds)]
    return kind, hashlib.sha256(f"exchange {number}".encode()).hexdigest()[: _DIGITS[kind]]


def follow(
    exchange: ports.HashExchange, cursor: str | None = None
) -> Iterator[tuple[records.HashListPage, str | None]]:
    """Fetch page after page to the end. Gives each with the cursor that it was fetched by."""
    while True:
        page = exchange.fetch(cursor)
        yield page, cursor
        if page.cursor is None:
            return
        cursor = page.cursor


def caught_up(followed: Followed, exchange: ports.HashExchange, cursor: str | None = None) -> str:
    """Apply everything from a cursor to the end. Gives where to begin the next time."""
    resume = None
    for page, _ in follow(exchange, cursor):
        followed.apply(page)
        resume = page.resume
    assert resume is not None
    return resume


class ExchangeContract:
    """What every exchange does."""

    many = 10
    """More entries than fit one page."""

    @pytest.fixture
    def owner(self) -> Owner:
        """Give the owner. Override it."""
        raise NotImplementedError

    @pytest.fixture
    def open_exchange(self) -> ExchangeOpener:
        """Give an opener. Override it."""
        raise NotImplementedError

    @pytest.fixture
    def foreign_cursor(self) -> str:
        """Give a cursor of another environment, or of another exchange where there is but one. Override it."""
        raise NotImplementedError

    @pytest.fixture
    def shared(self, owner: Owner) -> list[Hash]:
        """Give what the owner shares: more than a page of it."""
        entries = [hash_number(number, owner.kinds) for number in range(self.many)]
        for entry in entries:
            owner.share(entry)
        return entries

    def test_an_exchange_says_what_it_is_and_may_mean(self, open_exchange: ExchangeOpener) -> None:
        exchange = open_exchange()
        assert exchange.meanings
        assert exchange.describes_itself.isprintable()
        assert exchange.describes_itself == open_exchange().describes_itself

    def test_an_exchange_without_entries_is_one_empty_page(self, open_exchange: ExchangeOpener) -> None:
        page = open_exchange().fetch(None)
        assert (page.added, page.removed, page.malformed, page.cursor) == ((), (), (), None)
        assert page.resume is not None

    def test_everything_that_is_shared_arrives(
        self, shared: list[Hash], open_exchange: ExchangeOpener
    ) -> None:
        followed = Followed()
        caught_up(followed, open_exchange())
        assert followed.hashes == set(shared)

    @pytest.mark.usefixtures("shared")
    def test_a_long_list_comes_in_pages_and_only_the_last_says_where_to_resume(
        self, open_exchange: ExchangeOpener
    ) -> None:
        pages = [page for page, _ in follow(open_exchange())]
        assert len(pages) > 1
        assert [page.resume is not None for page in pages] == [False] * (len(pages) - 1) + [True]

    def test_every_entry_has_a_key_and_none_is_added_and_removed_in_one_page(
        self, shared: list[Hash], owner: Owner, open_exchange: ExchangeOpener
    ) -> None:
        owner.withdraw(shared[0])
        owner.withdraw(shared[-1])
        for page, _ in follow(open_exchange()):
            keys = {records.check_key(change.key) for change in page.added}
            assert not keys & set(page.removed)
            assert len(set(page.removed)) == len(page.removed)

    @pytest.mark.usefixtures("shared")
    def test_a_first_fetch_is_no_restart(self, open_exchange: ExchangeOpener) -> None:
        assert not any(page.restarted for page, _ in follow(open_exchange()))

    def test_news_arrive_and_what_was_withdrawn_goes(
        self, shared: list[Hash], owner: Owner, open_exchange: ExchangeOpener
    ) -> None:
        followed = Followed()
        resume = caught_up(followed, open_exchange())
        news = hash_number(self.many + 1, owner.kinds)
        owner.withdraw(shared[2])
        owner.share(news)
        resume = caught_up(followed, open_exchange(), resume)
        assert followed.hashes == {*shared, news} - {shared[2]}
        owner.share(shared[2])
        caught_up(followed, open_exchange(), resume)
        assert followed.hashes == {*shared, news}

    def test_nothing_new_changes_nothing_however_often_it_is_asked(
        self, shared: list[Hash], open_exchange: ExchangeOpener
    ) -> None:
        followed = Followed()
        resume = caught_up(followed, open_exchange())
        for _ in range(3):
            resume = caught_up(followed, open_exchange(), resume)
            assert followed.hashes == set(shared)

    def test_a_withdrawal_of_something_that_nobody_knows_is_no_error(
        self, shared: list[Hash], owner: Owner, open_exchange: ExchangeOpener
    ) -> None:
        owner.withdraw(hash_number(self.many + 7, owner.kinds))
        followed = Followed()
        caught_up(followed, open_exchange())
        assert followed.hashes == set(shared)

    def test_a_fetch_that_is_cut_short_goes_on_in_another_process(
        self, shared: list[Hash], open_exchange: ExchangeOpener
    ) -> None:
        pages = [page for page, _ in follow(open_exchange())]
        for cut in range(len(pages) - 1):
            followed = Followed()
            for page in pages[: cut + 1]:
                followed.apply(page)
            caught_up(followed, open_exchange(), pages[cut].cursor)
            assert followed.hashes == set(shared)

    def test_a_page_may_be_fetched_and_applied_twice(
        self, shared: list[Hash], open_exchange: ExchangeOpener
    ) -> None:
        followed, exchange = Followed(), open_exchange()
        for page, cursor in follow(exchange):
            followed.apply(page)
            followed.apply(open_exchange().fetch(cursor))
        assert followed.hashes == set(shared)

    def test_changes_in_the_middle_of_a_fetch_are_known_after_the_next_one(
        self, shared: list[Hash], owner: Owner, open_exchange: ExchangeOpener
    ) -> None:
        followed = Followed()
        first = open_exchange().fetch(None)
        followed.apply(first)
        news = hash_number(self.many + 2, owner.kinds)
        owner.withdraw(shared[0])
        owner.share(news)
        owner.withdraw(shared[-1])
        resume = caught_up(followed, open_exchange(), first.cursor)
        caught_up(followed, open_exchange(), resume)
        assert followed.hashes == {*shared, news} - {shared[0], shared[-1]}

    def test_a_malformed_entry_hides_no_other_and_is_not_quoted(
        self, shared: list[Hash], owner: Owner, open_exchange: ExchangeOpener
    ) -> None:
        owner.share_malformed("q7z" * 10)
        news = hash_number(self.many + 3, owner.kinds)
        owner.share(news)
        pages = [page for page, _ in follow(open_exchange())]
        followed = Followed()
        for page in pages:
            followed.apply(page)
        assert followed.hashes == {*shared, news}
        [line] = [line for page in pages for line in page.malformed]
        assert line.line > 0
        assert line.reason
        assert "q7z" not in line.reason

    def test_an_answer_of_another_form_is_an_error_and_the_next_fetch_works(
        self, shared: list[Hash], owner: Owner, open_exchange: ExchangeOpener
    ) -> None:
        owner.garble()
        exchange = open_exchange()
        with pytest.raises(DependencyError) as caught:
            exchange.fetch(None)
        assert caught.value.advice
        owner.share(shared[0])
        followed = Followed()
        caught_up(followed, exchange)
        assert followed.hashes == set(shared)

    def test_a_cursor_of_another_environment_is_refused_with_advice(
        self, open_exchange: ExchangeOpener, foreign_cursor: str
    ) -> None:
        with pytest.raises(ConfigurationError) as caught:
            open_exchange().fetch(foreign_cursor)
        assert caught.value.advice != ConfigurationError.remedy

    @pytest.mark.parametrize("cursor", ["", "x", "{}", "[]", '{"v": 1}', "[" * 10_000, "1" * 30_000])
    def test_a_cursor_of_another_form_is_refused(self, open_exchange: ExchangeOpener, cursor: str) -> None:
        with pytest.raises(ConfigurationError):
            open_exchange().fetch(cursor)

    @pytest.mark.usefixtures("shared")
    def test_feedback_arrives_or_is_refused_and_may_be_told_twice(
        self, owner: Owner, open_exchange: ExchangeOpener
    ) -> None:
        exchange = open_exchange()
        entries = [change for page, _ in follow(exchange) for change in page.added]
        words = set()
        for entry, verdict in zip(entries, (*records.Verdict, *records.Verdict), strict=False):
            try:
                exchange.feed_back(entry, verdict)
            except RefusedError as error:
                assert error.advice  # noqa: PT017 - an exchange that takes no word says what to do instead
                assert owner.heard((entry.kind, entry.value)) is None
                return
            exchange.feed_back(entry, verdict)
            words.add((verdict, owner.heard((entry.kind, entry.value))))
        assert len(words) == len(records.Verdict)
        assert None not in {word for _, word in words}

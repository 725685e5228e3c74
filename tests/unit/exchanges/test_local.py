"""What is special of a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.exchanges.owners import START, FileOwner, added
from wardline import records
from wardline.adapters.exchanges import local
from wardline.errors import HashExchangeError, RefusedError
from wardline.records import Category, HashKind, Verdict
from wardline.testing.exchange_contract import Followed, caught_up, hash_number

MD5 = "1" * 32


@pytest.fixture
def owner(tmp_path: Path) -> FileOwner:
    return FileOwner(tmp_path / "list.csv")


def test_a_file_that_was_only_touched_gives_nothing(owner: FileOwner) -> None:
    owner.share((HashKind.MD5, MD5))
    resume = owner.open().fetch(None).resume
    os.utime(owner.path, (1, 1))
    page = owner.open().fetch(resume)
    assert (page.added, page.removed, page.restarted, page.cursor) == ((), (), False, None)


def test_a_file_that_changed_is_told_from_the_start(owner: FileOwner) -> None:
    owner.share((HashKind.MD5, MD5))
    first = owner.open().fetch(None)
    owner.withdraw((HashKind.MD5, MD5))
    owner.share((HashKind.MD5, "2" * 32))
    page = owner.open().fetch(first.resume)
    assert page.restarted
    assert added(page) == {f"md5:{'2' * 32}": {(HashKind.MD5, "2" * 32)}}


def test_a_file_that_changes_in_size_and_time_alike_but_not_in_digest_is_noticed(owner: FileOwner) -> None:
    owner.share((HashKind.MD5, MD5))
    resume = owner.open().fetch(None).resume
    before = owner.path.stat()
    owner.path.write_text(owner.path.read_text().replace("1" * 32, "2" * 32))
    os.utime(owner.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert owner.open().fetch(resume).restarted


def test_a_file_that_changes_in_the_middle_of_a_fetch_is_told_from_the_start(owner: FileOwner) -> None:
    shared = [hash_number(number, owner.kinds) for number in range(5_100)]
    owner.share_all(shared)
    followed = Followed()
    first = owner.open().fetch(None)
    followed.apply(first)
    owner.withdraw(shared[0])
    page = owner.open().fetch(first.cursor)
    assert page.restarted
    followed.apply(page)
    caught_up(followed, owner.open(), page.cursor)
    assert followed.hashes == set(shared[1:])


def test_a_file_that_is_missing_is_an_error_with_advice_until_it_is_there(owner: FileOwner) -> None:
    exchange = owner.open()
    resume = exchange.fetch(None).resume
    owner.path.unlink()
    for cursor in (None, resume):
        with pytest.raises(HashExchangeError) as caught:
            exchange.fetch(cursor)
        assert "Put the file" in caught.value.advice
        assert str(owner.path) not in str(caught.value)
    owner.write()
    assert exchange.fetch(resume).resume


def test_categories_and_the_forms_of_files_are_those_of_the_file_source(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"hash_type": "md5", "hash": "' + MD5 + '", "category": "A1"}\n')
    (tmp_path / "b").write_text(f"pdq {'3' * 64}\nvideo_tmk_pdqf xyz\n")

    def opened(**options: str) -> local.LocalExchange:
        made = local.create("mine", options, b"", folder=tmp_path, now=lambda: START)
        assert isinstance(made, local.LocalExchange)
        return made

    [change] = opened(path="a.jsonl").fetch(None).added
    assert (change.category, change.key) == (Category.A1, f"md5:{MD5}")
    hma = opened(path="b", format="hma")
    assert set(added(hma.fetch(None))) == {f"pdq:{'3' * 64}"}
    assert hma.untaken == {"signals of type video_tmk_pdqf": 1}


def test_verdicts_are_refused(owner: FileOwner) -> None:
    change = records.EntryChange(kind=HashKind.MD5, value=MD5, category=None, key=f"md5:{MD5}")
    with pytest.raises(RefusedError, match="takes no feedback"):
        owner.open().feed_back(change, Verdict.CONFIRMED)

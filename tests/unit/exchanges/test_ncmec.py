"""What is special of NCMEC."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.exchanges.owners import SandboxOwner, World, added
from wardline import records
from wardline.adapters.exchanges import ncmec_xml, windows
from wardline.adapters.exchanges.pages import PageReading
from wardline.errors import HashExchangeError, RefusedError
from wardline.records import Category, HashKind
from wardline.testing.exchange_contract import Followed, caught_up, follow, hash_number
from wardline.testing.exchange_sandbox import ExchangeFault

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "hash-sharing"
MD5, SHA1, PDQ = "1" * 32, "2" * 40, "3" * 64


@pytest.fixture
def away_from_utc() -> Iterator[None]:
    """A process in a time zone far from UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "XXX-9:30"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def entry(key: str, kind: HashKind, value: str) -> records.EntryChange:
    return records.EntryChange(kind=kind, value=value, category=None, key=key)


def test_an_entry_with_several_fingerprints_is_one_key_and_is_replaced_as_a_whole(world: World) -> None:
    ledger = world.sandbox.ledgers["ncmec"]
    ledger.tell("42-a", ("md5", MD5), ("sha1", SHA1), ("pdq", PDQ), grade="A1")
    world.wait(minutes=1)
    followed = Followed()
    exchange = world.open("ncmec")
    resume = caught_up(followed, exchange)
    assert followed.keys == {"42-a": {(HashKind.MD5, MD5), (HashKind.SHA1, SHA1), (HashKind.PDQ, PDQ)}}
    ledger.tell("42-a", ("pdq", "4" * 64))
    world.wait(minutes=1)
    caught_up(followed, exchange, resume)
    assert followed.keys == {"42-a": {(HashKind.PDQ, "4" * 64)}}


def test_a_video_gives_its_cryptographic_hashes_and_the_rest_is_counted(world: World) -> None:
    ledger = world.sandbox.ledgers["ncmec"]
    ledger.tell("42-v", ("md5", MD5), ("sha1", SHA1), ("pdq", PDQ), ("tmk-pdqf", ""), kind="video")
    ledger.tell("42-i", ("pdna", "x" * 200), ("NETCLEAN", "x"), ("ssvh_safer_hash", "x"), ("md5", MD5))
    world.wait(minutes=1)
    exchange = world.open("ncmec")
    page = exchange.fetch(None)
    assert added(page) == {
        "42-v": {(HashKind.MD5, MD5), (HashKind.SHA1, SHA1)},
        "42-i": {(HashKind.MD5, MD5)},
    }
    assert not page.malformed
    assert exchange.untaken == {
        "PDQ fingerprints of videos": 1, "TMK_PDQF fingerprints of videos": 1, "PDNA fingerprints of images": 1,
        "NETCLEAN fingerprints of images": 1, "SSVH_SAFER_HASH fingerprints of images": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("grade", "category"),
    [("A1", Category.A1), ("b2", Category.B2), ("", None), ("C1", None), ("Not graded", None)],
)
def test_a_grade_of_the_scale_is_taken_and_any_other_is_none(
    world: World, grade: str, category: Category | None
) -> None:
    world.sandbox.ledgers["ncmec"].tell("42-a", ("md5", MD5), grade=grade)
    world.wait(minutes=1)
    [change] = world.open("ncmec").fetch(None).added
    assert change.category is category


@pytest.mark.parametrize(
    "raw",
    [
        "<image><id>a</id><fingerprints><md5>1</md5></fingerprints></image>",
        '<image><member id="x">m</member><id>a</id></image>',
        '<image><member id="1"/><fingerprints/></image>',
        '<image><member id="1"/><id>a</id><id>b</id><fingerprints/></image>',
        '<image><member id="1"/><id>..</id><fingerprints/></image>',
        '<image><member id="1"/><id>a</id></image>',
        f'<image><member id="1"/><id>a</id><classification>{"q7z" * 30}</classification><fingerprints/></image>',
        '<image><member id="1"/><id>a</id><fingerprints><md5>q7z</md5></fingerprints></image>',
        '<image><member id="1"/><id>a</id><fingerprints><md5/></fingerprints></image>',
        f'<image><member id="1"/><id>a</id><fingerprints><q7z>{MD5}</q7z></fingerprints></image>',
        f'<image><member id="1"/><id>{"a" * 300}</id><fingerprints><md5>{MD5}</md5></fingerprints></image>',
        "<q7z/>",
        "<deletedImage><id>a</id></deletedImage>",
    ],
)
def test_a_malformed_entry_among_good_ones_is_skipped_alone(world: World, raw: str) -> None:
    ledger = world.sandbox.ledgers["ncmec"]
    ledger.tell("42-before", ("md5", MD5))
    ledger.put_raw(raw)
    ledger.tell("42-after", ("md5", MD5))
    world.wait(minutes=1)
    page = world.open("ncmec").fetch(None)
    assert set(added(page)) == {"42-before", "42-after"}
    assert page.removed == ()
    [line] = page.malformed
    assert line.line == 2
    assert "q7z" not in line.reason


def test_a_document_with_entities_is_refused_and_reads_no_file(world: World) -> None:
    world.sandbox.inject(ExchangeFault.ENTITIES)
    with pytest.raises(HashExchangeError, match="document type"):
        world.open("ncmec").fetch(None)


@pytest.mark.usefixtures("away_from_utc")
def test_times_are_asked_for_in_utc_whatever_the_zone_of_the_process(world: World) -> None:
    exchange = world.open("ncmec")
    page = exchange.fetch(None)
    exchange.fetch(page.resume)
    queries = [request.query for request in world.sandbox.requests]
    assert [query["from"] for query in queries] == ["1970-01-01T00:00:00Z", "2026-11-26T11:49:55Z"]
    assert [query["to"] for query in queries] == ["2026-11-26T11:59:55Z"] * 2


def test_an_entry_that_became_visible_late_comes_with_the_next_fetch(world: World) -> None:
    followed = Followed()
    resume = caught_up(followed, world.open("ncmec"))
    # Its time lies before the end of the window that was read, and it was not there.
    world.sandbox.ledgers["ncmec"].tell("42-late", ("md5", MD5), ago_seconds=60)
    world.wait(minutes=1)
    caught_up(followed, world.open("ncmec"), resume)
    assert set(followed.keys) == {"42-late"}


def test_a_fetch_that_rests_too_long_begins_its_window_again_and_loses_nothing(world: World) -> None:
    owner = SandboxOwner(world, "ncmec")
    shared = [hash_number(number, owner.kinds) for number in range(10)]
    for each in shared:
        owner.share(each)
    followed = Followed()
    first = world.open("ncmec").fetch(None)
    followed.apply(first)
    world.clock.advance(timedelta(seconds=windows.KEEP_SECONDS + 1))
    caught_up(followed, world.open("ncmec"), first.cursor)
    assert followed.hashes == set(shared)
    assert "start" not in world.sandbox.requests[1].query


def test_a_window_of_very_many_pages_is_cut_and_nothing_is_lost() -> None:
    world = World(page_entries=1)
    with world.sandbox:
        owner = SandboxOwner(world, "ncmec")
        shared = [hash_number(number, owner.kinds) for number in range(windows.MOST_PAGES + 30)]
        for each in shared:
            owner.share(each)
            world.wait(days=20)
        followed = Followed()
        caught_up(followed, world.open("ncmec"))
    assert followed.hashes == set(shared)
    assert len({request.query["to"] for request in world.sandbox.requests}) > 1


def test_a_clock_that_was_put_back_asks_nothing_and_keeps_its_place(world: World) -> None:
    ahead = World()
    ahead.wait(days=1)
    with ahead.sandbox:
        resume = ahead.open("ncmec").fetch(None).resume
    page = world.open("ncmec").fetch(resume)
    assert (page.added, page.cursor, page.resume) == ((), None, resume)
    assert not world.sandbox.requests


def test_a_vote_is_for_the_fingerprint_that_matched_and_for_no_other(world: World) -> None:
    world.sandbox.ledgers["ncmec"].tell("42-a/b c-d", ("md5", MD5), ("pdq", PDQ))
    world.wait(minutes=1)
    exchange = world.open("ncmec")
    page = exchange.fetch(None)
    [pdq] = [change for change in page.added if change.kind is HashKind.PDQ]
    exchange.feed_back(pdq, records.Verdict.CONFIRMED)
    assert world.sandbox.heard == {("ncmec", "42-a/b c-d", "PDQ"): "affirmative"}
    exchange.feed_back(pdq, records.Verdict.DENIED)
    assert world.sandbox.heard == {("ncmec", "42-a/b c-d", "PDQ"): "negative: Not CSAM"}


def test_a_denial_needs_to_know_which_of_several_reasons(world: World) -> None:
    world.sandbox.ledgers["ncmec"].tell("42-a", ("md5", MD5))
    world.sandbox.calls.reasons = {"aa-1": "Adult", "aa-2": "Not an image"}
    change = entry("42-a", HashKind.MD5, MD5)
    with pytest.raises(RefusedError, match="Adult, Not an image"):
        world.open("ncmec").feed_back(change, records.Verdict.DENIED)
    with pytest.raises(RefusedError, match="names 0"):
        world.open("ncmec", negative_reason="Other").feed_back(change, records.Verdict.DENIED)
    world.open("ncmec", negative_reason="Adult").feed_back(change, records.Verdict.DENIED)
    assert world.sandbox.heard == {("ncmec", "42-a", "MD5"): "negative: Adult"}


@pytest.mark.parametrize("key", ["", "42", "-a", "x-a", "42-"])
def test_a_vote_on_something_that_is_no_entry_is_refused(world: World, key: str) -> None:
    with pytest.raises(RefusedError):
        world.open("ncmec").feed_back(entry(key, HashKind.MD5, MD5), records.Verdict.CONFIRMED)
    with pytest.raises(RefusedError):
        world.open("ncmec").feed_back(entry("42-a", HashKind.SHA256, PDQ), records.Verdict.CONFIRMED)
    assert not world.sandbox.requests


def test_a_vote_on_an_entry_that_is_gone_is_an_error(world: World) -> None:
    with pytest.raises(HashExchangeError, match="HTTP 400"):
        world.open("ncmec").feed_back(entry("42-a", HashKind.MD5, MD5), records.Verdict.CONFIRMED)


def test_a_password_may_hold_any_character(world: World) -> None:
    object.__setattr__(world.sandbox.calls.credentials, "password", "pässwört ✓")
    page = world.open("ncmec", "pässwört ✓\r\n".encode()).fetch(None)
    assert page.resume


@pytest.mark.parametrize(
    ("name", "keys", "removed", "has_next"),
    [
        ("entries_empty.xml", set(), (), False),
        ("entries_large_fingerprints.xml", {"101-largetags"}, (), False),
        ("entries_page_tombstones.xml", {"101-willupdate"}, ("101-willdelete",), False),
        ("entries_page_updates.xml", {"101-willupdate", "101-willdelete"}, (), True),
        (
            "ncmec_hashsharing_v2_entries_example.xml",
            {"42-image1", "42-video1"},
            ("43-image4", "42-video4"),
            True,
        ),
    ],
)
def test_the_published_documents_are_read(
    name: str, keys: set[str], removed: tuple[str, ...], has_next: bool
) -> None:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"the published reference data is not here: {name}")
    root = ncmec_xml.parse("x", path.read_bytes(), "queryResult")
    reading = PageReading(Counter())
    ncmec_xml.read_entries(root, reading)
    page = reading.finish()
    assert (set(added(page)), page.removed) == (keys, removed)
    assert not page.malformed
    assert (ncmec_xml.next_address("x", root) is not None) == has_next


def test_the_published_reasons_are_read() -> None:
    path = SHARED / "feedback_reasons.xml"
    if not path.is_file():
        pytest.skip("the published reference data is not here: feedback_reasons.xml")
    root = ncmec_xml.parse("x", path.read_bytes(), "availableFeedbackReasons")
    assert list(ncmec_xml.read_reasons(root).values()) == ["Example Reason 1"]


def test_untaken_counts_begin_anew_with_each_fetch(world: World) -> None:
    ledger = world.sandbox.ledgers["ncmec"]
    for number in range(7):
        ledger.tell(f"42-{number}", ("pdna", "x"))
    world.wait(minutes=1)
    exchange = world.open("ncmec")
    for _ in range(2):
        assert len(list(follow(exchange))) == 3
        assert exchange.untaken == {"PDNA fingerprints of images": 7}

"""What is special of Meta's ThreatExchange."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.exchanges.owners import KNOWN, SandboxOwner, World, added
from wardline import records
from wardline.adapters.exchanges import threatexchange
from wardline.errors import ConfigurationError, HashExchangeDeniedError, HashExchangeError, RefusedError
from wardline.records import HashKind, Verdict
from wardline.testing.exchange_contract import Followed, caught_up, hash_number

MD5, PDQ = "1" * 32, "3" * 64
UPDATE: dict[str, Any] = {
    "id": "7", "indicator": MD5, "type": "HASH_MD5", "last_updated": 1, "should_delete": False,
    "descriptors": {"data": [{"id": "70", "status": "MALICIOUS", "owner": {"id": "77"}}]},
}  # fmt: skip


def page_of(world: World, *changes: dict[str, Any]) -> records.HashListPage:
    for change in changes:
        update = {key: value for key, value in {**UPDATE, **change}.items() if value is not ...}
        world.sandbox.ledgers["threatexchange"].put_raw(json.dumps(update))
    page: records.HashListPage = world.open("threatexchange").fetch(None)
    return page


@pytest.mark.parametrize(
    "change",
    [{"should_delete": True}, {"descriptors": ...}, {"descriptors": {"data": []}}, {"descriptors": None}],
)
def test_an_indicator_that_is_deleted_or_without_opinions_is_removed(
    world: World, change: dict[str, Any]
) -> None:
    page = page_of(world, {}, change)
    assert (page.added, page.removed) == ((), ("7",))


@pytest.mark.parametrize(
    ("statuses", "is_taken"),
    [("MALICIOUS", True), ("SUSPICIOUS", True), ("NON_MALICIOUS,MALICIOUS", True), ("NON_MALICIOUS", False), ("UNKNOWN,NON_MALICIOUS", False)],
)  # fmt: skip
def test_an_indicator_is_taken_when_at_least_one_member_calls_it_harmful(
    world: World, statuses: str, is_taken: bool
) -> None:
    world.sandbox.ledgers["threatexchange"].tell("7", ("HASH_PDQ", PDQ), grade=statuses)
    exchange = world.open("threatexchange")
    page = exchange.fetch(None)
    assert (set(added(page)) == {"7"}) is is_taken
    assert (page.removed == ("7",)) is not is_taken
    assert bool(exchange.untaken) is not is_taken


def test_indicators_of_other_types_are_counted_and_removed(world: World) -> None:
    for key, kind in (("7", "HASH_TMK"), ("8", "URI"), ("9", "HASH_VIDEO_MD5")):
        world.sandbox.ledgers["threatexchange"].tell(key, (kind, MD5))
    exchange = world.open("threatexchange")
    page = exchange.fetch(None)
    assert added(page) == {"9": {(HashKind.MD5, MD5)}}
    assert page.removed == ("7", "8")
    assert exchange.untaken == {"indicators of type HASH_TMK": 1, "indicators that are no hashes": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "q7z"},
        {"id": ...},
        {"type": "q7z"},
        {"type": ...},
        {"indicator": "q7z"},
        {"indicator": ...},
        {"indicator": PDQ},
    ],
)
def test_a_malformed_update_among_good_ones_is_skipped_alone(world: World, change: dict[str, Any]) -> None:
    page = page_of(world, {"id": "5"}, {"id": "6", **change}, {"id": "8"})
    assert set(added(page)) == {"5", "8"}
    assert page.removed == ()
    [line] = page.malformed
    assert line.line == 2
    assert "q7z" not in line.reason


def test_an_update_from_the_future_does_not_hide_what_comes_before_it(world: World) -> None:
    followed = Followed()
    world.sandbox.ledgers["threatexchange"].put_raw(json.dumps({**UPDATE, "last_updated": 9_999_999_999}))
    resume = caught_up(followed, world.open("threatexchange"))
    world.wait(minutes=1)
    world.sandbox.ledgers["threatexchange"].tell("8", ("HASH_PDQ", PDQ))
    caught_up(followed, world.open("threatexchange"), resume)
    assert set(followed.keys) == {"7", "8"}


def test_an_update_that_became_visible_late_comes_with_the_next_fetch(world: World) -> None:
    ledger, followed = world.sandbox.ledgers["threatexchange"], Followed()
    ledger.tell("7", ("HASH_PDQ", PDQ))
    resume = caught_up(followed, world.open("threatexchange"))
    ledger.tell("8", ("HASH_MD5", MD5), ago_seconds=30)
    world.wait(minutes=5)
    caught_up(followed, world.open("threatexchange"), resume)
    assert set(followed.keys) == {"7", "8"}


def test_after_eighty_five_days_without_a_fetch_everything_is_told_again(world: World) -> None:
    owner = SandboxOwner(world, "threatexchange")
    owner.share(hash_number(1, owner.kinds))
    resume = caught_up(Followed(), world.open("threatexchange"))
    world.wait(seconds=threatexchange.STALE_SECONDS - 10)
    assert not world.open("threatexchange").fetch(resume).restarted
    world.wait(seconds=11)
    assert world.open("threatexchange").fetch(resume).restarted


def test_a_fetch_that_rests_too_long_begins_again_from_its_start(world: World) -> None:
    owner = SandboxOwner(world, "threatexchange")
    shared = [hash_number(number, owner.kinds) for number in range(10)]
    for each in shared:
        owner.share(each)
    followed = Followed()
    first = world.open("threatexchange").fetch(None)
    world.wait(seconds=threatexchange.PAGE_SECONDS + 1)
    caught_up(followed, world.open("threatexchange"), first.cursor)
    assert followed.hashes == set(shared)


def test_a_cursor_of_one_privacy_group_is_none_of_another(world: World) -> None:
    resume = world.open("threatexchange").fetch(None).resume
    with pytest.raises(ConfigurationError, match="another exchange or environment"):
        world.open("threatexchange", privacy_group="4343").fetch(resume)


def test_a_token_that_the_graph_does_not_take_is_a_denial_though_it_says_400(world: World) -> None:
    with pytest.raises(HashExchangeDeniedError, match="HTTP 400"):
        world.open("threatexchange", b"1234567890|another_token_entirely").fetch(None)


def test_a_group_that_is_not_there_is_an_error(world: World) -> None:
    with pytest.raises(HashExchangeError, match="without data"):
        world.open("threatexchange", privacy_group="1").fetch(None)


def test_verdicts_are_reactions_to_the_opinions_of_others(world: World) -> None:
    world.sandbox.ledgers["threatexchange"].tell("7", ("HASH_MD5", MD5))
    change = records.EntryChange(kind=HashKind.MD5, value=MD5, category=None, key="7")
    exchange = world.open("threatexchange")
    exchange.feed_back(change, Verdict.CONFIRMED)
    assert world.sandbox.heard == {("threatexchange", "7", "1"): "HELPFUL"}
    exchange.feed_back(change, Verdict.DENIED)
    assert world.sandbox.heard == {("threatexchange", "7", "1"): "NOT_HELPFUL"}
    assert KNOWN.app_token not in exchange.describes_itself


def test_a_verdict_on_an_indicator_without_opinions_or_id_is_refused(world: World) -> None:
    for key in ("7", "", "x"):
        change = records.EntryChange(kind=HashKind.MD5, value=MD5, category=None, key=key)
        with pytest.raises(RefusedError):
            world.open("threatexchange").feed_back(change, Verdict.CONFIRMED)
    assert not world.sandbox.heard

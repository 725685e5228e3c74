"""What is special of StopNCII."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.exchanges.owners import KNOWN, SandboxOwner, World, added
from wardline import records
from wardline.adapters.exchanges import stopncii
from wardline.errors import HashExchangeError, RefusedError
from wardline.records import HashKind, Verdict
from wardline.testing.exchange_contract import Followed, caught_up, hash_number
from wardline.testing.exchange_sandbox import ExchangeFault, ExchangeReply

PDQ, MD5 = "3" * 64, "1" * 32
RECORD: dict[str, Any] = {
    "lastModtimestamp": 1, "signalType": "ImagePDQ", "hashValue": PDQ, "hashStatus": "Active", "caseNumbers": {}
}  # fmt: skip


def page_of(world: World, *changes: dict[str, Any]) -> records.HashListPage:
    for change in changes:
        world.sandbox.ledgers["stopncii"].put_raw(json.dumps({**RECORD, **change}))
    page: records.HashListPage = world.open("stopncii").fetch(None)
    return page


@pytest.mark.parametrize("status", ["Withdrawn", "Deleted"])
def test_a_hash_that_was_withdrawn_is_removed(world: World, status: str) -> None:
    page = page_of(world, {}, {"hashStatus": status})
    assert (page.added, page.removed) == ((), (f"ImagePDQ:{PDQ}",))


@pytest.mark.parametrize("status", ["Unknown", "Received", "Active"])
def test_a_hash_that_stands_is_taken_whatever_others_think_of_it(world: World, status: str) -> None:
    feedback = [{"source": "x", "feedbackValue": "something new"}]
    page = page_of(world, {"hashStatus": status, "CSPFeedbacks": feedback, "caseNumbers": []})
    assert added(page) == {f"ImagePDQ:{PDQ}": {(HashKind.PDQ, PDQ)}}
    assert not page.malformed


def test_what_is_no_hash_of_a_picture_or_video_is_counted(world: World) -> None:
    for signal in ("VideoTMK", "Text", "URL"):
        world.sandbox.ledgers["stopncii"].put_raw(json.dumps({**RECORD, "signalType": signal}))
    exchange = world.open("stopncii")
    page = exchange.fetch(None)
    assert (page.added, page.removed, page.malformed) == ((), (), ())
    assert exchange.untaken == {"VideoTMK signals": 1, "Text signals": 1, "URL signals": 1}


@pytest.mark.parametrize(
    "change",
    [{"signalType": "q7z"}, {"signalType": None}, {"signalType": ["q7z"]}, {"hashStatus": "q7z"}, {"hashStatus": ["q7z"]},
     {"hashValue": "q7z"}, {"hashValue": None}, {"hashValue": MD5}, {"hashStatus": "Withdrawn", "hashValue": "q7z"}],
)  # fmt: skip
def test_a_malformed_record_among_good_ones_is_skipped_alone(world: World, change: dict[str, Any]) -> None:
    page = page_of(world, {}, change, {"signalType": "VideoMD5", "hashValue": MD5.upper()})
    assert set(added(page)) == {f"ImagePDQ:{PDQ}", f"VideoMD5:{MD5}"}
    [line] = page.malformed
    assert line.line == 2
    assert "q7z" not in line.reason


def test_after_thirty_days_without_a_fetch_everything_is_told_again(world: World) -> None:
    owner = SandboxOwner(world, "stopncii")
    shared = [hash_number(number, owner.kinds) for number in range(10)]
    for each in shared:
        owner.share(each)
    followed = Followed()
    resume = caught_up(followed, world.open("stopncii"))
    world.wait(seconds=stopncii.STALE_SECONDS)
    assert not world.open("stopncii").fetch(resume).restarted
    world.wait(seconds=1)
    world.sandbox.ledgers["stopncii"].forget(owner.key_of(shared[0]))
    page = world.open("stopncii").fetch(resume)
    assert page.restarted
    followed.apply(page)
    rest = world.open("stopncii").fetch(page.cursor)
    assert not rest.restarted
    followed.apply(rest)
    caught_up(followed, world.open("stopncii"), rest.cursor)
    assert followed.hashes == set(shared[1:])


def test_a_fetch_that_rests_too_long_does_not_use_its_token(world: World) -> None:
    owner = SandboxOwner(world, "stopncii")
    shared = [hash_number(number, owner.kinds) for number in range(10)]
    for each in shared:
        owner.share(each)
    followed = Followed()
    first = world.open("stopncii").fetch(None)
    followed.apply(first)
    world.wait(seconds=stopncii.TOKEN_SECONDS + 1)
    caught_up(followed, world.open("stopncii"), first.cursor)
    assert followed.hashes == set(shared)
    assert "nextPageToken" not in world.sandbox.requests[1].query


def test_a_fetch_that_rests_for_more_than_thirty_days_begins_anew(world: World) -> None:
    owner = SandboxOwner(world, "stopncii")
    for number in range(10):
        owner.share(hash_number(number, owner.kinds))
    first = world.open("stopncii").fetch(None)
    world.wait(seconds=stopncii.STALE_SECONDS + 1)
    assert world.open("stopncii").fetch(first.cursor).restarted


def test_a_page_that_leads_to_itself_is_an_error_and_no_endless_loop(world: World) -> None:
    owner = SandboxOwner(world, "stopncii")
    for number in range(10):
        owner.share(hash_number(number, owner.kinds))
    first = world.open("stopncii").fetch(None)
    token = json.loads(first.cursor or "")["token"]
    answer = {"nextPageToken": token, "hasMoreRecords": True, "hashRecords": []}
    world.sandbox.inject(ExchangeReply(body=json.dumps(answer).encode()))
    with pytest.raises(HashExchangeError, match="does not say where"):
        world.open("stopncii").fetch(first.cursor)


@pytest.mark.parametrize(
    "answer", ["{}", '{"hashRecords": []}', '{"hashRecords": {}, "hasMoreRecords": false}', "[]", "3"]
)
def test_an_object_of_another_form_is_an_error(world: World, answer: str) -> None:
    world.sandbox.inject(ExchangeReply(body=answer.encode()))
    with pytest.raises(HashExchangeError):
        world.open("stopncii").fetch(None)


def test_verdicts_are_told_as_blocked_and_not_blocked(world: World) -> None:
    change = records.EntryChange(kind=HashKind.PDQ, value=PDQ, category=None, key=f"ImagePDQ:{PDQ}")
    world.open("stopncii").feed_back(change, Verdict.CONFIRMED)
    assert world.sandbox.heard == {("stopncii", PDQ, ""): "Blocked"}
    world.open("stopncii").feed_back(change, Verdict.DENIED)
    assert world.sandbox.heard == {("stopncii", PDQ, ""): "NotBlocked"}


def test_a_record_that_became_visible_late_comes_with_the_next_fetch(world: World) -> None:
    ledger, followed = world.sandbox.ledgers["stopncii"], Followed()
    ledger.tell("1", ("ImagePDQ", PDQ))
    resume = caught_up(followed, world.open("stopncii"))
    ledger.tell("2", ("VideoMD5", MD5), ago_seconds=30)
    world.wait(minutes=5)
    caught_up(followed, world.open("stopncii"), resume)
    assert followed.hashes == {(HashKind.PDQ, PDQ), (HashKind.MD5, MD5)}


def test_without_a_feedback_key_verdicts_are_refused_and_nothing_is_sent(world: World) -> None:
    change = records.EntryChange(kind=HashKind.PDQ, value=PDQ, category=None, key=f"ImagePDQ:{PDQ}")
    exchange = world.open("stopncii", f"{KNOWN.subscription_key}\n{KNOWN.fetch_key}".encode())
    with pytest.raises(RefusedError, match="third key"):
        exchange.feed_back(change, Verdict.CONFIRMED)
    assert exchange.fetch(None).resume
    assert {request.path for request in world.sandbox.requests} == {"/FetchHashes"}


def test_feedback_that_is_not_taken_at_the_moment_may_be_tried_again(world: World) -> None:
    change = records.EntryChange(kind=HashKind.MD5, value=MD5, category=None, key=f"VideoMD5:{MD5}")
    exchange = world.open("stopncii")
    world.sandbox.inject(ExchangeFault.DROP)
    with pytest.raises(HashExchangeError):
        exchange.feed_back(change, Verdict.CONFIRMED)
    exchange.feed_back(change, Verdict.CONFIRMED)
    assert world.sandbox.heard

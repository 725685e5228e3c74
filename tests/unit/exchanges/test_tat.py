"""What is special of Tech Against Terrorism's hash list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.exchanges.owners import SandboxOwner, World, added
from wardline import records
from wardline.errors import HashExchangeDeniedError, HashExchangeError, RefusedError
from wardline.records import HashKind, Verdict
from wardline.testing.exchange_contract import Followed, caught_up, hash_number
from wardline.testing.exchange_sandbox import ExchangeFault, ExchangeReply

MD5, PDQ = "1" * 32, "3" * 64
ENTRY: dict[str, Any] = {
    "id": 7,
    "hash_digest": MD5,
    "algorithm": "MD5",
    "file_type": "jpg",
    "deleted": False,
}


def page_of(world: World, *changes: dict[str, Any]) -> records.HashListPage:
    for change in changes:
        world.sandbox.ledgers["tat"].put_raw(json.dumps({**ENTRY, **change}))
    page: records.HashListPage = world.open("tat").fetch(None)
    return page


def filled(world: World) -> set[tuple[HashKind, str]]:
    owner = SandboxOwner(world, "tat")
    shared = [hash_number(number, owner.kinds) for number in range(10)]
    for each in shared:
        owner.share(each)
    return set(shared)


def test_each_page_is_asked_for_after_the_checkpoint_of_the_one_before(world: World) -> None:
    shared = filled(world)
    followed = Followed()
    caught_up(followed, world.open("tat"))
    assert followed.hashes == shared
    queries = [request.query for request in world.sandbox.requests if request.method == "GET"]
    assert all(set(query) <= {"order", "after"} for query in queries)
    assert len({query.get("after") for query in queries}) == len(queries) == 4


def test_an_entry_that_moves_to_the_end_hides_no_other(world: World) -> None:
    # By offset, what stood first on the second page would now stand last on the first, and never be seen.
    shared = filled(world)
    followed = Followed()
    first = world.open("tat").fetch(None)
    followed.apply(first)
    owner = SandboxOwner(world, "tat")
    owner.share((first.added[0].kind, first.added[0].value))
    caught_up(followed, world.open("tat"), first.cursor)
    assert followed.hashes == shared


def test_one_process_signs_in_once_and_again_when_that_ran_out(world: World) -> None:
    filled(world)
    exchange = world.open("tat")
    caught_up(Followed(), exchange)
    assert [request.method for request in world.sandbox.requests].count("POST") == 1
    object.__setattr__(world.sandbox.credentials, "bearer", "another")
    caught_up(Followed(), exchange)
    assert [request.method for request in world.sandbox.requests].count("POST") == 2


def test_a_fresh_token_that_is_not_taken_is_not_tried_again(world: World) -> None:
    world.sandbox.inject(None, ExchangeFault.DENIED)
    with pytest.raises(HashExchangeDeniedError):
        world.open("tat").fetch(None)
    assert len(world.sandbox.requests) == 2


def test_pictures_and_videos_give_the_hashes_that_are_known_here(world: World) -> None:
    world.sandbox.ledgers["tat"].put_raw(json.dumps({**ENTRY, "id": 9, "algorithm": "TMK"}))
    page = page_of(world, {}, {"id": 8, "algorithm": "PDQ", "hash_digest": PDQ, "file_type": "mp4"})
    assert added(page) == {"7": {(HashKind.MD5, MD5)}, "8": {(HashKind.PDQ, PDQ)}}
    assert page.removed == ("9",)


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": True}, {"id": "a b"}, {"deleted": None}, {"deleted": "q7z"}, {"algorithm": "q7z"}, {"algorithm": None},
     {"hash_digest": "q7z"}, {"hash_digest": 3}, {"hash_digest": PDQ}],
)  # fmt: skip
def test_a_malformed_entry_among_good_ones_is_skipped_alone(world: World, change: dict[str, Any]) -> None:
    page = page_of(world, {"id": 5}, {"id": 6, **change}, {"id": 8})
    assert set(added(page)) == {"5", "8"}
    assert page.removed == ()
    [line] = page.malformed
    assert line.line == 2
    assert "q7z" not in line.reason


def test_a_page_that_does_not_go_on_is_an_error_and_no_endless_loop(world: World) -> None:
    filled(world)
    first = world.open("tat").fetch(None)
    answer: dict[str, Any] = {"next": "x", "checkpoint": None, "results": []}
    world.sandbox.inject(None, ExchangeReply(body=json.dumps(answer).encode()))
    with pytest.raises(HashExchangeError, match="does not go on"):
        world.open("tat").fetch(first.cursor)


def test_verdicts_are_refused(world: World) -> None:
    change = records.EntryChange(kind=HashKind.MD5, value=MD5, category=None, key="7")
    with pytest.raises(RefusedError, match="takes no feedback"):
        world.open("tat").feed_back(change, Verdict.CONFIRMED)

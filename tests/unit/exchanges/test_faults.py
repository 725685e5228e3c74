"""What goes wrong between here and an exchange, over real connections."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from tests.unit.exchanges.owners import KNOWN, OPTIONS, SandboxOwner, World
from wardline.errors import DependencyError, HashExchangeDeniedError, HashExchangeError
from wardline.testing.exchange_contract import Followed, caught_up, hash_number
from wardline.testing.exchange_sandbox import ExchangeFault, ExchangeSandbox

REMOTE = sorted(OPTIONS)
PAGED_BY_ADDRESS = ("ncmec", "threatexchange")
"""Those that follow an address which the exchange gives."""


@pytest.fixture
def elsewhere() -> Iterator[ExchangeSandbox]:
    """Another host, which must not hear anything."""
    with ExchangeSandbox() as other:
        yield other


def filled(world: World, exchange: str, entries: int = 10) -> Followed:
    owner = SandboxOwner(world, exchange)
    followed = Followed()
    for number in range(entries):
        owner.share(hash_number(number, owner.kinds))
    caught_up(followed, world.open(exchange))
    world.sandbox.requests.clear()
    return followed


@pytest.mark.parametrize("exchange", REMOTE)
@pytest.mark.parametrize(
    "fault", [ExchangeFault.GARBAGE, ExchangeFault.TRUNCATED, ExchangeFault.DROP, ExchangeFault.REDIRECT]
)
def test_a_fault_is_an_error_that_stops_nothing_for_good(
    world: World, exchange: str, fault: ExchangeFault
) -> None:
    filled(world, exchange)
    opened = world.open(exchange)
    first = opened.fetch(None)
    for _ in range(2):
        world.sandbox.inject(fault)
        with pytest.raises(HashExchangeError) as caught:
            opened.fetch(first.cursor)
        assert not isinstance(caught.value, HashExchangeDeniedError)
    assert opened.fetch(first.cursor).added


@pytest.mark.parametrize("exchange", REMOTE)
def test_wrong_credentials_are_an_error_of_their_own_and_are_not_tried_again(
    world: World, exchange: str
) -> None:
    wrong = {
        "ncmec": b"another", "tat": b"another", "stopncii": b"a\nb", "threatexchange": b"1234567890|another_token_entirely",
    }  # fmt: skip
    with pytest.raises(HashExchangeDeniedError, match="credentials") as caught:
        world.open(exchange, wrong[exchange]).fetch(None)
    assert "secret file" in caught.value.advice
    assert len(world.sandbox.requests) == 1


@pytest.mark.parametrize("exchange", REMOTE)
def test_an_answer_that_takes_a_while_is_waited_for(world: World, exchange: str) -> None:
    followed = filled(world, exchange)
    world.sandbox.inject(ExchangeFault.SLOW)
    again = Followed()
    caught_up(again, world.open(exchange))
    assert again.hashes == followed.hashes


def test_a_server_that_fails_a_few_times_in_a_row_is_ridden_out_and_then_given_up(world: World) -> None:
    world.sandbox.inject(ExchangeFault.SERVER_ERROR)
    assert world.open("ncmec").fetch(None).resume
    world.sandbox.requests.clear()
    world.sandbox.inject(*[ExchangeFault.SERVER_ERROR] * 20)
    with pytest.raises(HashExchangeError, match="HTTP 500"):
        world.open("ncmec").fetch(None)
    assert len(world.sandbox.requests) == 5


def test_a_busy_exchange_does_not_put_the_process_to_sleep(world: World) -> None:
    # It says "come back in a day": the test would not end.
    world.sandbox.inject(ExchangeFault.BUSY)
    assert world.open("stopncii").fetch(None).resume


@pytest.mark.parametrize("exchange", REMOTE)
def test_a_refused_connection_is_an_error_without_secrets(
    exchange: str, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening
        caplog.set_level(logging.INFO)
        with world.sandbox:
            opened = world.open(exchange, sandbox_url=f"http://127.0.0.1:{taken.getsockname()[1]}/x")
        with pytest.raises(DependencyError) as caught:
            opened.fetch(None)
    said = caplog.text + repr(caught.value) + repr(caught.value.__cause__)
    assert caught.value.__suppress_context__
    for secret in (KNOWN.app_token, KNOWN.app_token.partition("|")[2], KNOWN.fetch_key, KNOWN.username):
        assert secret not in said


@pytest.mark.parametrize("exchange", REMOTE)
def test_a_redirect_to_another_host_takes_nothing_there(
    world: World, exchange: str, elsewhere: ExchangeSandbox
) -> None:
    world.sandbox.elsewhere = elsewhere.url
    world.sandbox.inject(ExchangeFault.REDIRECT)
    with pytest.raises(HashExchangeError, match="points elsewhere"):
        world.open(exchange).fetch(None)
    assert not elsewhere.requests


@pytest.mark.parametrize("exchange", PAGED_BY_ADDRESS)
def test_a_next_page_on_another_host_is_refused(
    world: World, exchange: str, elsewhere: ExchangeSandbox
) -> None:
    filled(world, exchange)
    world.sandbox.elsewhere = elsewhere.url
    world.sandbox.inject(ExchangeFault.FOREIGN_NEXT)
    with pytest.raises(HashExchangeError, match="elsewhere"):
        world.open(exchange).fetch(None)
    assert not elsewhere.requests


def test_a_next_page_of_tech_against_terrorism_on_another_host_is_asked_for_at_home(
    world: World, elsewhere: ExchangeSandbox
) -> None:
    followed = filled(world, "tat")
    world.sandbox.elsewhere = elsewhere.url
    world.sandbox.inject(None, *[ExchangeFault.FOREIGN_NEXT] * 3)
    again = Followed()
    caught_up(again, world.open("tat"))
    assert again.hashes == followed.hashes
    assert not elsewhere.requests


@pytest.mark.parametrize("exchange", REMOTE)
def test_entries_that_stand_in_a_page_twice_count_once(world: World, exchange: str) -> None:
    followed = filled(world, exchange)
    world.sandbox.inject(*[ExchangeFault.TWICE] * 5)
    opened, cursor, again = world.open(exchange), None, Followed()
    while True:
        page = opened.fetch(cursor)
        assert len({(each.key, each.kind) for each in page.added}) == len(page.added)
        again.apply(page)
        if (cursor := page.cursor) is None:
            break
    assert again.hashes == followed.hashes


@pytest.mark.parametrize("exchange", REMOTE)
def test_nothing_that_was_answered_and_no_name_gets_into_the_log(
    world: World, exchange: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    filled(world, exchange)
    owner = SandboxOwner(world, exchange)
    owner.share_malformed("q7z" * 10)
    caught_up(Followed(), world.open(exchange))
    assert "q7z" not in caplog.text
    assert KNOWN.username not in caplog.text
    assert hash_number(1, owner.kinds)[1] not in caplog.text


def test_no_cursor_holds_a_secret(world: World) -> None:
    secrets = (KNOWN.app_token, "access_token", KNOWN.bearer, KNOWN.fetch_key)
    for exchange in REMOTE:
        filled(world, exchange)
        first = world.open(exchange).fetch(None)
        assert first.cursor
        assert not any(secret in first.cursor for secret in secrets)

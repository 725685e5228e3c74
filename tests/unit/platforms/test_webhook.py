from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.unit.platforms.receiver import Receiver, receiving
from wardline import records
from wardline.adapters.platforms import WebhookPlatform, verify_signature
from wardline.errors import ConfigurationError, PlatformError, RefusedError
from wardline.testing.clock import VirtualClock
from wardline.testing.platform_contract import action

SECRET = b"a secret of the tests"
CLOCK = VirtualClock(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def platform(receiver: Receiver) -> Iterator[WebhookPlatform]:
    platform = WebhookPlatform("example", receiver.url, SECRET, now=CLOCK.now, timeout_seconds=5)
    yield platform
    platform.close()


def test_a_webhook_says_what_is_asked_and_nothing_more(platform: WebhookPlatform, receiver: Receiver) -> None:
    wanted = action()
    platform.carry_out(wanted)
    ((headers, body),) = receiver.requests
    assert json.loads(body) == {
        "id": wanted.id,
        "type": "action",
        "action": "restrict-content",
        "account_reference": "account-17",
        "content_reference": "post-42",
        "case_id": wanted.case_id,
        "created_at": "2026-11-23T09:30:00+00:00",
        "reverse": False,
    }
    assert headers["Content-Type"] == "application/json"
    assert verify_signature(
        SECRET, headers["Wardline-Timestamp"], body, headers["Wardline-Signature"], CLOCK.now()
    )
    assert headers["Wardline-Id"] == wanted.id


def test_a_reversal_has_its_own_id_so_that_it_is_not_dropped_as_a_repeat(
    platform: WebhookPlatform, receiver: Receiver
) -> None:
    platform.carry_out(action())
    platform.reverse(action())
    (first, _), (second, body) = receiver.requests
    assert first["Wardline-Id"] != second["Wardline-Id"]
    assert json.loads(body)["reverse"] is True
    assert json.loads(body)["id"] == action().id


def test_an_action_on_an_account_names_no_content(platform: WebhookPlatform, receiver: Receiver) -> None:
    platform.carry_out(action(records.ActionKind.SUSPEND_ACCOUNT))
    assert json.loads(receiver.requests[0][1])["content_reference"] is None


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_counts_as_done(platform: WebhookPlatform, receiver: Receiver, status: int) -> None:
    receiver.status = status
    platform.carry_out(action())


@pytest.mark.parametrize("status", [400, 404, 409, 410, 413, 422])
def test_a_client_error_is_a_refusal_for_good(
    platform: WebhookPlatform, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    with pytest.raises(RefusedError, match=str(status)):
        platform.carry_out(action())


@pytest.mark.parametrize(
    "status", [301, 302, 304, 307, 401, 403, 407, 408, 425, 429, 500, 502, 503, 504, 599]
)
def test_every_other_answer_may_be_tried_again(
    platform: WebhookPlatform, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    with pytest.raises(PlatformError, match=str(status)):
        platform.carry_out(action())


def test_a_redirect_is_not_followed(platform: WebhookPlatform, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": receiver.url}
    with pytest.raises(PlatformError):
        platform.carry_out(action())
    assert len(receiver.requests) == 1


def test_a_long_answer_is_not_read_to_its_end(platform: WebhookPlatform, receiver: Receiver) -> None:
    receiver.status, receiver.body = 200, b"x" * 1_000_000
    platform.carry_out(action())
    receiver.headers = {"Content-Length": str(2**40)}
    platform.carry_out(action())


def test_a_dropped_connection_and_a_missing_server_may_be_tried_again(
    platform: WebhookPlatform, receiver: Receiver
) -> None:
    receiver.drop = True
    with pytest.raises(PlatformError) as caught:
        platform.carry_out(action())
    assert "127.0.0.1" not in str(caught.value)
    with receiving() as gone:
        pass
    nowhere = WebhookPlatform("example", gone.url, SECRET, now=CLOCK.now, timeout_seconds=1)
    with pytest.raises(PlatformError):
        nowhere.carry_out(action())
    nowhere.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook", "http://10.0.0.1/hook", "http://127.0.0.1.example.org/", "http://localhost.example.org/",
        "ftp://example.org/", "file:///etc/hosts", "example.org/hook", "https://", "", "https://user:word@example.org/", "http://[::1",
    ],
)  # fmt: skip
def test_an_address_that_is_unencrypted_or_no_web_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        WebhookPlatform("example", url, SECRET, now=CLOCK.now)
    assert not url or url not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/hook",
        "http://127.0.0.1:8000/",
        "http://127.9.9.9/",
        "http://[::1]:8000/",
        "http://localhost/",
    ],
)
def test_encrypted_addresses_and_this_machine_are_taken(url: str) -> None:
    WebhookPlatform("example", url, SECRET, now=CLOCK.now).close()


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        WebhookPlatform("example", "https://example.org/hook", b"short", now=CLOCK.now)

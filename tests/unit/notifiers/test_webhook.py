from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.unit.platforms.receiver import Receiver, receiving
from wardline.adapters.notifiers import WebhookNotifier
from wardline.adapters.platforms import verify_signature
from wardline.errors import ConfigurationError, NotifierError
from wardline.testing.clock import VirtualClock
from wardline.testing.notifier_contract import alarm

SECRET = b"a secret of the tests"
CLOCK = VirtualClock(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))


def _notify(receiver: Receiver) -> None:
    notifier = WebhookNotifier("duty", receiver.url, SECRET, now=CLOCK.now, timeout_seconds=5)
    try:
        notifier.notify(alarm())
    finally:
        notifier.close()


def test_an_alarm_is_signed_like_a_platform_s_webhook() -> None:
    with receiving() as receiver:
        _notify(receiver)
    ((headers, body),) = receiver.requests
    assert verify_signature(
        SECRET, headers["Wardline-Timestamp"], body, headers["Wardline-Signature"], CLOCK.now()
    )
    assert json.loads(body)["raised_at"] == "2026-11-23T09:30:00+00:00"
    assert set(json.loads(body)) == {"id", "type", "kind", "subject_id", "message", "raised_at"}


@pytest.mark.parametrize("status", [301, 307, 400, 404, 429, 500, 503])
def test_every_answer_but_success_is_an_error_and_no_redirect_is_followed(status: int) -> None:
    with receiving() as receiver:
        receiver.status, receiver.headers = status, {"Location": receiver.url}
        with pytest.raises(NotifierError, match=str(status)) as caught:
            _notify(receiver)
    assert len(receiver.requests) == 1
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://example.org/", "ftp://example.org/", "", "https://user:word@example.org/", "http://[::1"]
)
def test_an_address_that_is_unencrypted_or_no_web_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        WebhookNotifier("duty", url, SECRET, now=CLOCK.now)
    assert not url or url not in str(caught.value)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        WebhookNotifier("duty", "https://example.org/", b"short", now=CLOCK.now)

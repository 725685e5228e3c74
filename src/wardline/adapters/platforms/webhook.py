"""A platform that takes actions by signed webhooks."""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import httpx

from wardline import records
from wardline.adapters.platforms.signing import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from wardline.adapters.trusting import trust
from wardline.errors import ConfigurationError, PlatformError, RefusedError

_SHORTEST_SECRET_BYTES = 16
_MOST_SECONDS_DRAINING = 2.0
"""An answer that drips in is dropped, for its status is known: each drip would keep the worker for another time-out."""
_MOST_ANSWER_BYTES = 4096
_TRY_AGAIN = frozenset({401, 403, 407, 408, 425, 429})
"""Client errors that are about the moment, or about who asks: a secret that was changed on one side alone, a clock that is off. What was asked
for is still wanted once that is put right. Source: RFC 9110, RFC 8470, RFC 6585"""


class WebhookPlatform:
    """A ``ports.Platform`` that sends each action, and each message, as one HTTP POST. Safe to share between threads.

    The JSON body holds ``id``, ``type``, ``action``, ``account_reference``, ``content_reference``, ``case_id``, ``created_at`` and
    ``reverse``; never a category, a score or the name of a list. Any 2xx answer means done. The receiver must drop repeats: the pair of
    ``id`` and ``reverse`` is signed and names one request; the header ``Wardline-Id`` says the same in one word.

    Of a message, ``type`` is ``message``, and the body holds ``id``, ``message``, ``subject_id``, ``account_reference``,
    ``content_reference``, ``text`` and ``created_at``.

    Args:
        name: What the settings call the platform.
        url: ``https``, or ``http`` to this machine only.
        secret: For the signature, at least 16 bytes.
        now: Gives the time of signing, aware.
        timeout_seconds: For connecting, for sending and for each wait for an answer.

    Raises:
        ConfigurationError: The address or the secret cannot be used.
    """

    def __init__(
        self, name: str, url: str, secret: bytes, *, now: Callable[[], datetime], timeout_seconds: float = 10
    ) -> None:
        if len(secret) < _SHORTEST_SECRET_BYTES:
            raise ConfigurationError(
                f"platform {name}: a secret of {len(secret)} bytes, expected at least {_SHORTEST_SECRET_BYTES}"
            )
        self.name = name
        self._url, self._secret, self._now = _checked(name, url), secret, now
        # No proxy and no netrc from the environment: the settings alone decide where actions go. And a connection for each call: what is sent
        # beyond an answer's end would on a kept one be taken for the answer to the next call.
        self._client = httpx.Client(
            timeout=timeout_seconds, follow_redirects=False, trust_env=False, verify=trust(trust_env=False),
            limits=httpx.Limits(max_keepalive_connections=0)
        )  # fmt: skip

    def carry_out(self, action: records.Action) -> None:
        """Ask for an action. See ``ports.Platform``."""
        self._send(_body(action, reverse=False), word=action.id, thing=f"action {action.id}")

    def reverse(self, action: records.Action) -> None:
        """Ask to undo an action. See ``ports.Platform``."""
        self._send(_body(action, reverse=True), word=f"{action.id}-reverse", thing=f"action {action.id}")

    def tell(self, message: records.Message) -> None:
        """Ask to show a message. See ``ports.Platform``."""
        self._send(_message(message), word=message.id, thing=f"message {message.id}")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(self, body: bytes, *, word: str, thing: str) -> None:
        timestamp = str(int(self._now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: sign(self._secret, timestamp, body),
            ID_HEADER: word,
        }
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                status = answer.status_code
                _drain(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The cause is left out: its text holds the address.
            raise PlatformError(
                f"platform {self.name}: no answer ({type(error).__name__}), expected 2xx"
            ) from None
        self._judge(thing, status)

    def _judge(self, thing: str, status: int) -> None:
        match status // 100:
            case 2:
                return
            case 4 if status not in _TRY_AGAIN:
                raise RefusedError(
                    f"{thing}: platform {self.name} answered {status}, expected 2xx",
                    remedy="Ask the platform why it refuses it; the address and the secret in wardline.toml must be its own.",
                )
            case _:
                raise PlatformError(f"{thing}: platform {self.name} answered {status}, expected 2xx")


def _body(action: records.Action, *, reverse: bool) -> bytes:
    fields = {
        "id": action.id,
        "type": "action",
        "action": action.kind.value,
        "account_reference": action.account_reference,
        "content_reference": action.content_reference,
        "case_id": action.case_id,
        "created_at": action.created_at.isoformat(),
        "reverse": reverse,
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def _message(message: records.Message) -> bytes:
    fields = {
        "id": message.id,
        "type": "message",
        "message": message.kind.value,
        "subject_id": message.subject_id,
        "account_reference": message.account_reference,
        "content_reference": message.content_reference,
        "text": message.text,
        "created_at": message.created_at.isoformat(),
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def _drain(answer: httpx.Response) -> None:
    """Read away a short answer, so that whoever sends it is not cut off; a long or broken one is dropped with its connection."""
    received = 0
    until = time.monotonic() + _MOST_SECONDS_DRAINING
    with suppress(httpx.HTTPError):
        for chunk in answer.iter_raw():
            received += len(chunk)
            if received > _MOST_ANSWER_BYTES or time.monotonic() > until:
                return


def _checked(name: str, url: str) -> httpx.URL:
    """Check an address; it is not repeated in the error."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise ConfigurationError(f"platform {name}: malformed address, expected an https address") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ConfigurationError(f"platform {name}: an address of another kind, expected an https address")
    if parsed.userinfo:
        raise ConfigurationError(f"platform {name}: an address with a password in it, expected one without")
    if parsed.scheme == "http" and not _is_loopback(parsed.host):
        raise ConfigurationError(f"platform {name}: unencrypted to another machine, expected https")
    return parsed


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

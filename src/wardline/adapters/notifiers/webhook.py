"""Alarms, and checkpoints of the log, by signed webhook."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Callable
from datetime import datetime

import httpx

from wardline import records
from wardline.adapters.trusting import trust
from wardline.errors import ConfigurationError, NotifierError, WitnessError

_SHORTEST_SECRET_BYTES = 16


class WebhookNotifier:
    """A ``ports.Notifier`` that posts each alarm as JSON: ``id``, ``type``, ``kind``, ``subject_id``, ``message``, ``raised_at``.

    And a ``ports.Witness``: ``id``, ``type`` (``checkpoint``), ``size``, ``note``, ``at``. Whoever gets it keeps the note.

    Signed like a platform's webhooks: ``Wardline-Signature: v1=<HMAC-SHA256 of timestamp, full stop, body>``. The same alarm may come
    again; its id tells. Any 2xx answer means delivered. Safe to share between threads.

    Args:
        name: What the settings call it.
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
                f"notifier {name}: a secret of {len(secret)} bytes, expected at least {_SHORTEST_SECRET_BYTES}"
            )
        self._name, self._url, self._secret, self._now = name, _checked(name, url), secret, now
        # A connection for each call: what is sent beyond an answer's end would on a kept one be taken for the answer to the next call.
        self._client = httpx.Client(
            timeout=timeout_seconds, follow_redirects=False, trust_env=False, verify=trust(trust_env=False),
            limits=httpx.Limits(max_keepalive_connections=0)
        )  # fmt: skip

    @property
    def name(self) -> str:
        """What the settings call it."""
        return self._name

    def notify(self, alarm: records.Alarm) -> None:
        """Deliver an alarm. See ``ports.Notifier``."""
        why = self._post(alarm.id, _body(alarm))
        if why is not None:
            raise NotifierError(f"notifier {self._name}: {why}, expected 2xx")

    def keep(self, checkpoint: records.Checkpoint) -> None:
        """Hand a checkpoint over. See ``ports.Witness``."""
        why = self._post(f"checkpoint-{checkpoint.size}", _checkpoint_body(checkpoint))
        if why is not None:
            raise WitnessError(f"witness {self._name}: {why}, expected 2xx")

    def kept(self) -> list[str]:
        """Give nothing back: it only receives."""
        return []

    def _post(self, message_id: str, body: bytes) -> str | None:
        """Post one message; gives why it was not taken."""
        timestamp = str(int(self._now().timestamp()))
        digest = hmac.new(self._secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Wardline-Timestamp": timestamp,
            "Wardline-Signature": f"v1={digest}",
            "Wardline-Id": message_id,
        }
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The cause is left out: its text holds the address.
            return f"no answer ({type(error).__name__})"
        return None if httpx.codes.is_success(status) else f"answered {status}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _body(alarm: records.Alarm) -> bytes:
    fields = {
        "id": alarm.id,
        "type": "alarm",
        "kind": alarm.kind.value,
        "subject_id": alarm.subject_id,
        "message": alarm.message,
        "raised_at": alarm.raised_at.isoformat(),
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def _checkpoint_body(checkpoint: records.Checkpoint) -> bytes:
    fields = {
        "id": f"checkpoint-{checkpoint.size}",
        "type": "checkpoint",
        "size": checkpoint.size,
        "note": checkpoint.note,
        "at": checkpoint.at.isoformat(),
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def _checked(name: str, url: str) -> httpx.URL:
    """Check an address; it is not repeated in the error. The platforms' door has the same rule: one door does not import another."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise ConfigurationError(f"notifier {name}: malformed address, expected an https address") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo:
        raise ConfigurationError(
            f"notifier {name}: an address of another kind, expected an https address without a password"
        )
    if parsed.scheme == "http" and not _is_loopback(parsed.host):
        raise ConfigurationError(f"notifier {name}: unencrypted to another machine, expected https")
    return parsed


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""Signed webhooks: how a receiver knows that a call is Wardline's, whole, and of now."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

TIMESTAMP_HEADER = "Wardline-Timestamp"
SIGNATURE_HEADER = "Wardline-Signature"
ID_HEADER = "Wardline-Id"
_SCHEME = "v1="
_MOST_DIGITS = 12


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Sign a webhook.

    Args:
        secret: Shared with the receiver.
        timestamp: Seconds since 1970 UTC, in decimal, as sent in ``Wardline-Timestamp``.
        body: The exact bytes of the request.

    Returns:
        The value of ``Wardline-Signature``: ``v1=`` and HMAC-SHA256 in hexadecimal over the timestamp, a full stop and the body.
        Source: RFC 2104.
    """
    return _SCHEME + hmac.new(secret, timestamp.encode("ascii") + b"." + body, hashlib.sha256).hexdigest()


def verify_signature(
    secret: bytes, timestamp: str, body: bytes, signature: str, now: datetime, tolerance_seconds: float = 300
) -> bool:
    """Check a webhook's signature and that it is not old: a call caught and sent again later is refused.

    Args:
        secret: Shared with the sender.
        timestamp: The header ``Wardline-Timestamp``, as received.
        body: The exact bytes of the request.
        signature: The header ``Wardline-Signature``, as received.
        now: Aware time.
        tolerance_seconds: How far the sender's clock may be off, either way.

    Returns:
        True only when everything is right. Malformed input is False, never an error.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MOST_DIGITS):
        return False
    expected = sign(secret, timestamp, body)
    fresh = abs(now.timestamp() - int(timestamp)) <= tolerance_seconds
    return hmac.compare_digest(expected.encode(), signature.encode(errors="replace")) and fresh

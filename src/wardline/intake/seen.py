"""Idempotency: the same upload sent twice counts once.

Only keyed digests are remembered, for 24 hours: whoever reads the table learns neither keys nor files.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from wardline import records
from wardline.errors import InputError
from wardline.intake.upload import Upload

LIFETIME = timedelta(hours=24)


def key_digest(idempotency_key: str, *, api_key_id: str, secret: bytes) -> str:
    """Digest an ``Idempotency-Key`` of 1 to 255 characters; keys of different callers never meet."""
    if not 1 <= len(idempotency_key) <= 255:
        raise InputError(f"Idempotency-Key: {len(idempotency_key)} characters, expected 1 to 255")
    return hmac.new(secret, f"{api_key_id}\n{idempotency_key}".encode(), hashlib.sha256).hexdigest()


def body_digest(upload: Upload, *, secret: bytes) -> str:
    """Digest everything that was sent, so that another body under the same key is noticed."""
    digest = hmac.new(secret, upload.content, hashlib.sha256)
    digest.update(repr((upload.account_reference, upload.context, upload.flag)).encode())
    return digest.hexdigest()


def incident_digest(content: bytes, *, platform: str, former: str, secret: bytes) -> str:
    """Digest the account of one incident, so that of two that are told at the same moment one is the first.

    Args:
        content: What is sealed.
        platform: Who tells it; accounts of different platforms never meet.
        former: What stands for the same account as it was told and destroyed before; empty for none.
        secret: As for the others.
    """
    digest = hmac.new(secret, f"incident\n{platform}\n{former}\n".encode(), hashlib.sha256)
    digest.update(content)
    return digest.hexdigest()


def remember(key: str, body: str, now: datetime) -> records.Remembered:
    """Make the record that a repetition will meet."""
    return records.Remembered(key_digest=key, body_digest=body, expires_at=now + LIFETIME)

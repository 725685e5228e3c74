"""Requests that come again because an answer was lost: under the same key the same counts once, for a day; and acts that are done again because
somebody else was quicker at the same moment."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from wardline import intake, records
from wardline.errors import AlreadyExistsError, IdempotencyMismatchError, VersionConflictError
from wardline.pipeline.parts import Parts

T = TypeVar("T")
_TRIES = 5


def again(act: Callable[[], T]) -> T:
    """Do what reads and then commits; again where somebody was quicker at the same moment: what they did is there then, and is found.

    Args:
        act: Reads first what it is about, then whether that was done already, also under its key, and commits with it something that moves, or can be
            stored once only, if it is: in this order, or two of one moment are both taken. Its commit is the last thing that can fail.
    """
    for _ in range(_TRIES - 1):
        with suppress(VersionConflictError, AlreadyExistsError):
            return act()
    return act()


def seen(parts: Parts, once: str | None, said: object, *, by: str) -> tuple[bool, list[records.Change]]:
    """Say whether this was done before under its key; and give what to commit with it, so that it is known when it comes again.

    Args:
        parts: The installation's.
        once: The caller's key, 1 to 255 characters; None: every request counts.
        said: All that was asked for, with a stable ``repr``. Only a keyed digest of it is kept.
        by: Whose key it is: the id of a person.

    Raises:
        InputError: The key is empty or too long.
        IdempotencyMismatchError: The key was used for something else.
    """
    if once is None:
        return False, []
    secret = parts.idempotency_secret
    body = hmac.new(secret, repr(said).encode("utf-8", "backslashreplace"), "sha256").hexdigest()
    known = intake.remember(intake.key_digest(once, api_key_id=by, secret=secret), body, parts.now())
    before = parts.store.remembered(known.key_digest)
    if before is None:
        return False, [known]
    if before.expires_at <= parts.now():
        return False, [records.Remove(records.Remembered, known.key_digest), known]
    if before.body_digest != known.body_digest:
        raise IdempotencyMismatchError(
            "Idempotency-Key: was used with another body, expected the same body or a new key"
        )
    return True, []


def used_at(parts: Parts, once: str, *, by: str) -> datetime:
    """Say when a key was first used that ``seen`` knows: what was done under it was written then or right after."""
    known = parts.store.remembered(intake.key_digest(once, api_key_id=by, secret=parts.idempotency_secret))
    return parts.now() if known is None else known.expires_at - intake.LIFETIME

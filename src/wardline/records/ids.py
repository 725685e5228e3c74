"""Record ids: a word that says what it names, and 26 characters that sort by time.

An id is given, never made up, by pure code: time and entropy come in as values.
"""

from __future__ import annotations

import re
from datetime import datetime

from wardline.errors import InputError

_ALPHABET = (
    "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32, lower case. Source: the ULID specification.
)
_PATTERN = re.compile(r"[a-z]+(?:-[a-z]+)*-[0-9a-hjkmnp-tv-z]{26}")
ENTROPY_BYTES = 10


def new_id(kind: str, now: datetime, entropy: bytes) -> str:
    """Make the id of a new record.

    Args:
        kind: What the record is, in lower case: ``"case"``, ``"hash-list"``.
        now: Aware time; its milliseconds give the leading ten characters.
        entropy: 10 random bytes.

    Returns:
        For example ``case-01k9xyzq6m3v8r5c2t7w4n0b1d``.
    """
    if len(entropy) != ENTROPY_BYTES:
        raise InputError(f"id {kind}: {len(entropy)} bytes of entropy, expected {ENTROPY_BYTES}")
    number = (int(now.timestamp() * 1000) << 80) | int.from_bytes(entropy, "big")
    digits = [_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)]
    return f"{kind}-{''.join(digits)}"


def require_id(kind: str, value: str) -> str:
    """Return ``value`` if it is an id of this kind; otherwise raise ``InputError``."""
    if not value.startswith(f"{kind}-") or not _PATTERN.fullmatch(value):
        raise InputError(f"id: not one of the kind {kind}, expected {kind}- and 26 letters or digits")
    return value

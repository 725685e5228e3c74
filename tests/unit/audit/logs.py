"""A small signed log, and ways to make it anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import audit, records
from wardline.kernels import merkle

ORIGIN = "wardline.example/log"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = KEY.public_key()

Line = tuple[int, bytes, bytes]


def leaf(number: int) -> bytes:
    return json.dumps({"n": number}).encode()


def lines(count: int) -> list[Line]:
    return [(number, leaf(number), merkle.leaf_hash(leaf(number))) for number in range(count)]


def checkpoints(sizes: Sequence[int], key: Ed25519PrivateKey = KEY) -> list[records.Checkpoint]:
    """Sign a log of ``leaf(0)``, ``leaf(1)`` and so on at each size."""
    frontier = merkle.Frontier()
    signed = []
    for size in sizes:
        batch = [leaf(number) for number in range(frontier.size, size)]
        frontier, checkpoint = audit.sign_batch(frontier, batch, key, ORIGIN, NOW)
        signed.append(checkpoint)
    return signed


def verify(entries: Sequence[Line], signed: Sequence[records.Checkpoint]) -> audit.Verdict:
    return audit.verify_log(iter(entries), iter(signed), ORIGIN, PUBLIC_KEY)


def read_bundle(data: bytes) -> list[bytes]:
    """Read a bundle of entries as the standard says: each with its length before it, two bytes, big-endian."""
    leaves, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[start - 2 : start], "big")
        assert at <= len(data), "it ends within an entry"
        leaves.append(data[start:at])
    return leaves

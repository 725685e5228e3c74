"""What is in a file: its bytes up to a cap, and of a larger one the hashes of all of it. Nothing is ever held beyond the cap."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from wardline import intake, records

_CHUNK_BYTES = 2**20
HEAD_BYTES = 1024
"""Enough of a file to tell what it is."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A file within the cap."""

    data: bytes

    @property
    def head(self) -> bytes:
        """Its beginning."""
        return self.data[:HEAD_BYTES]

    @property
    def digests(self) -> tuple[records.Hash, ...]:
        """Its cryptographic hashes."""
        return intake.digests(self.data)


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A file beyond the cap: compared byte for byte, never decoded."""

    head: bytes
    size_bytes: int
    digests: tuple[records.Hash, ...]


Content = Whole | TooLarge


def take(read: Callable[[int], bytes], *, max_bytes: int) -> Content:
    """Read a file to its end.

    Args:
        read: Gives at most so many bytes; none at the end.
        max_bytes: More than this is hashed as it streams by and let go.
    """
    chunks: list[bytes] = []
    size = 0
    while chunk := read(_CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            return _hashed(chunks, size, read)
    return Whole(chunks[0] if len(chunks) == 1 else b"".join(chunks))


def _hashed(chunks: list[bytes], size: int, read: Callable[[int], bytes]) -> TooLarge:
    digests = {
        records.HashKind.MD5: hashlib.md5(usedforsecurity=False),
        records.HashKind.SHA1: hashlib.sha1(usedforsecurity=False),
        records.HashKind.SHA256: hashlib.sha256(),
    }
    head = b"".join(chunks[:2])[:HEAD_BYTES]
    while chunks:
        chunk = chunks.pop(0)
        for digest in digests.values():
            digest.update(chunk)
    while chunk := read(_CHUNK_BYTES):
        size += len(chunk)
        for digest in digests.values():
            digest.update(chunk)
    hashes = tuple(records.Hash(kind=kind, value=digest.hexdigest()) for kind, digest in digests.items())
    return TooLarge(head=head, size_bytes=size, digests=hashes)

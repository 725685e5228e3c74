"""Hashes of the bytes as uploaded: they find exact copies, and need no decoding."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

from wardline import records
from wardline.errors import ConfigurationError
from wardline.ports import Frame
from wardline.records import HashKind

# MD5 and SHA-1 are what lists are exchanged in. They tell files apart here and protect nothing, which FIPS builds want to be told.
_ALGORITHMS: dict[HashKind, Callable[[bytes], hashlib._Hash]] = {
    HashKind.MD5: partial(hashlib.md5, usedforsecurity=False),
    HashKind.SHA1: partial(hashlib.sha1, usedforsecurity=False),
    HashKind.SHA256: hashlib.sha256,
}


class CryptographicHasher:
    """MD5, SHA-1 or SHA-256 of the file.

    Raises:
        ConfigurationError: ``kind`` is another hash type.
    """

    def __init__(self, kind: HashKind) -> None:
        if kind not in _ALGORITHMS:
            raise ConfigurationError(f"hasher {kind}: not cryptographic, expected md5, sha1 or sha256")
        self._kind = kind

    @property
    def kind(self) -> HashKind:
        """What it computes."""
        return self._kind

    def hash(self, frame: Frame) -> records.Hash:
        """Hash the bytes; the pixels are not asked for."""
        return _digest(self._kind, frame.content)


def digests(content: bytes) -> tuple[records.Hash, ...]:
    """Give MD5, SHA-1 and SHA-256 of any bytes. Decodes nothing, so it is safe outside the sandbox and for files nobody can decode."""
    return tuple(_digest(kind, content) for kind in _ALGORITHMS)


def _digest(kind: HashKind, content: bytes) -> records.Hash:
    return records.Hash(kind=kind, value=_ALGORITHMS[kind](content).hexdigest())

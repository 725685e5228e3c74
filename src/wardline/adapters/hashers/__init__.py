"""The ``Hasher`` port: one class per family of hash types, and factories that settings can name.

``SandboxMedia`` takes factories as ``"wardline.adapters.hashers:default"``.
"""

from __future__ import annotations

from wardline.adapters.hashers.cryptographic import CryptographicHasher, digests
from wardline.adapters.hashers.perceptual import PdqHasher
from wardline.ports import Hasher
from wardline.records import HashKind

__all__ = ["CryptographicHasher", "PdqHasher", "default", "digests", "md5", "pdq", "sha1", "sha256"]


def default() -> tuple[Hasher, ...]:
    """Make one of each: MD5, SHA-1, SHA-256 and PDQ."""
    return (md5(), sha1(), sha256(), pdq())


def md5() -> Hasher:
    """Make the MD5 hasher."""
    return CryptographicHasher(HashKind.MD5)


def sha1() -> Hasher:
    """Make the SHA-1 hasher."""
    return CryptographicHasher(HashKind.SHA1)


def sha256() -> Hasher:
    """Make the SHA-256 hasher."""
    return CryptographicHasher(HashKind.SHA256)


def pdq() -> Hasher:
    """Make the PDQ hasher."""
    return PdqHasher()

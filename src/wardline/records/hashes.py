"""Hashes: fingerprints of files, in the kinds that lists are exchanged in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range


class HashKind(StrEnum):
    """The hash types that lists are exchanged in."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PDQ = "pdq"


HASH_BYTES = {HashKind.MD5: 16, HashKind.SHA1: 20, HashKind.SHA256: 32, HashKind.PDQ: 32}
"""How long a hash of each kind is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hash:
    """One fingerprint of one file."""

    kind: HashKind
    value: str
    """Lower-case hexadecimal, of the length its kind has."""
    quality: int | None = None
    """PDQ only: 0 (a flat picture) to 100. Low quality is a value to weigh, not a missing hash."""

    def __post_init__(self) -> None:
        digits = 2 * HASH_BYTES[self.kind]
        if len(self.value) != digits or set(self.value) - set("0123456789abcdef"):
            raise InputError(f"hash {self.kind}: malformed, expected {digits} lower-case hexadecimal digits")
        if (self.kind is HashKind.PDQ) != (self.quality is not None):
            raise InputError(f"hash {self.kind}: a quality belongs to PDQ and to nothing else")
        if self.quality is not None:
            require_range("hash pdq quality", self.quality, 0, 100)

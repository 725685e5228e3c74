"""The sealed form of one object: a header and the ciphertext.

A fresh data key encrypts the content; the master key wraps the data key. Everything in the header and the name of the object are
authenticated, so any change, and any file under another name, is found on opening. In version 2 the name of the master key is not bound to
the content, so that the data key can be wrapped anew; a wrong name is still found, for another key does not unwrap it.

Source: AES-GCM, NIST SP 800-38D; AES key wrap, RFC 3394.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from wardline import ports
from wardline.errors import EvidenceError, UnknownMasterKeyError

KEY_BYTES = 32
"""Length of a master key."""
_MAGIC = b"WDLSEAL\0"
_BOUND_TO_KEY = 1
_VERSION = 2
_FIXED = struct.Struct(">8sH8sq12s")  # magic, version, key id, sealed at in microseconds since 1970, nonce
_WRAPPED_BYTES = 40
_MICROSECONDS = re.compile(r"[0-9]{20}")
_NONCE = re.compile(r"[0-9a-f]{24}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

HEADER_BYTES = _FIXED.size + _WRAPPED_BYTES
WRAPPED_KEY = slice(_FIXED.size, HEADER_BYTES)
"""Where in the file the wrapped data key lies: without these bytes nothing of the content can be recovered."""


@dataclass(frozen=True, slots=True)
class Name:
    """What an object is called."""

    object_id: str
    purpose: str

    def __str__(self) -> str:
        return f"evidence {self.object_id} ({self.purpose})"


def key_id(master_key: bytes) -> bytes:
    """Give the eight bytes that name a master key in headers."""
    return hashlib.sha256(master_key).digest()[:8]


def seal(master_key: bytes, name: Name, content: bytes, now: datetime) -> bytes:
    """Encrypt content under a fresh data key. Gives the whole file."""
    return _sealed(master_key, name, content, sealed_at=(now - _EPOCH) // timedelta(microseconds=1))


def _sealed(master_key: bytes, name: Name, content: bytes, *, sealed_at: int) -> bytes:
    data_key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
    fixed = _FIXED.pack(_MAGIC, _VERSION, key_id(master_key), sealed_at, nonce)
    ciphertext = AESGCM(data_key).encrypt(nonce, content, _bound(fixed, name))
    return fixed + aes_key_wrap(master_key, data_key) + ciphertext


def open_sealed(keys: ports.MasterKeys, name: Name, sealed: bytes) -> bytes:
    """Decrypt a file; ``EvidenceError`` unless it is exactly what was sealed under this name and one of these keys."""
    nonce = _fields(name, sealed)[3]
    data_key = _data_key(keys, name, sealed)
    try:
        return AESGCM(data_key).decrypt(nonce, sealed[HEADER_BYTES:], _bound(sealed[: _FIXED.size], name))
    except InvalidTag:
        raise _changed(name) from None


def rewrapped(keys: ports.MasterKeys, name: Name, sealed: bytes) -> bytes | None:
    """Give the file with its data key under the newest master key; None when it is there already.

    A file of version 1 is encrypted anew, in memory, for its content is bound to the old key's name.
    """
    version, found_key, microseconds, nonce = _fields(name, sealed)
    newest = keys.newest()
    if found_key == key_id(newest):
        return None
    if version == _BOUND_TO_KEY:
        return _sealed(newest, name, open_sealed(keys, name, sealed), sealed_at=microseconds)
    fixed = _FIXED.pack(_MAGIC, version, key_id(newest), microseconds, nonce)
    return fixed + aes_key_wrap(newest, _data_key(keys, name, sealed)) + sealed[HEADER_BYTES:]


def wrapped_by(name: Name, header: bytes) -> bytes:
    """Read from a header which master key wraps the data key, by its name."""
    return _fields(name, header)[1]


def _data_key(keys: ports.MasterKeys, name: Name, sealed: bytes) -> bytes:
    master_key = keys.named(_fields(name, sealed)[1])
    if master_key is None:
        raise UnknownMasterKeyError(
            f"{name}: sealed under another master key, expected one of those that are loaded"
        )
    try:
        return aes_key_unwrap(master_key, sealed[WRAPPED_KEY])
    except InvalidUnwrap:
        raise _changed(name) from None


def _changed(name: Name) -> EvidenceError:
    return EvidenceError(f"{name}: changed since it was sealed, expected the bytes that were written")


def sealed_at(name: Name, header: bytes) -> datetime:
    """Read the sealing time from a header, without opening the object."""
    _, _, microseconds, _ = _fields(name, header)
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        raise EvidenceError(
            f"{name}: an impossible sealing time, expected the header that was written"
        ) from None


def tag(name: Name, header: bytes) -> str:
    """Name the ciphertext that belongs to a header, where the two are kept apart: when it was sealed, and its nonce."""
    _, _, microseconds, nonce = _fields(name, header)
    return f"{microseconds:020d}-{nonce.hex()}"


def tagged_at(name: Name, text: str) -> datetime:
    """Read the sealing time from a tag."""
    microseconds, _, nonce = text.partition("-")
    if not (_MICROSECONDS.fullmatch(microseconds) and _NONCE.fullmatch(nonce)):
        raise EvidenceError(f"{name}: something lies beside it under a foreign name, expected sealed content")
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds))
    except OverflowError:
        raise EvidenceError(
            f"{name}: an impossible sealing time, expected the one that was written"
        ) from None


def _fields(name: Name, sealed: bytes) -> tuple[int, bytes, int, bytes]:
    if len(sealed) < HEADER_BYTES:
        raise EvidenceError(f"{name}: {len(sealed)} bytes, expected a header of {HEADER_BYTES}")
    magic, version, found_key, microseconds, nonce = _FIXED.unpack_from(sealed)
    if magic != _MAGIC or version not in (_BOUND_TO_KEY, _VERSION):
        raise EvidenceError(
            f"{name}: no header of a sealed object, expected format version {_VERSION} or {_BOUND_TO_KEY}"
        )
    return version, found_key, microseconds, nonce


def _bound(fixed: bytes, name: Name) -> bytes:
    """Give the associated data: the header, and the name with its lengths so that no two names give the same bytes."""
    magic, version, found_key, microseconds, nonce = _FIXED.unpack(fixed)
    if version != _BOUND_TO_KEY:
        fixed = _FIXED.pack(magic, version, bytes(len(found_key)), microseconds, nonce)
    parts = (name.object_id.encode(), name.purpose.encode())
    return b"wardline vault" + fixed + b"".join(struct.pack(">H", len(part)) + part for part in parts)

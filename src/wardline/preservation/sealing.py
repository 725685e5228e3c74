"""Files sealed for one receiver: whoever has its private key opens them, and we do not.

An X25519 key made for one file, HKDF-SHA256, AES-256-GCM. docs/how-to/file-with-the-nca.md opens one in a few lines.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wardline.errors import ConfigurationError, IntegrityError

MAGIC = b"WLSEAL1\n"
_KEY_BYTES = 32
SECRET_BYTES = 32
"""What a file's own key is made of."""
_NONCE = bytes(12)
"""The key is used once, for one file."""
_CONTEXT = b"wardline sealed file v1"


def read_recipient(pem: bytes) -> X25519PublicKey:
    """Read a receiver's public key, as ``openssl pkey -pubout`` writes it.

    Raises:
        ConfigurationError: It is none, or of another kind.
    """
    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, X25519PublicKey) or not _agrees(key):
        raise ConfigurationError(
            "recipient key: not readable, expected the PEM of an X25519 public key",
            remedy="The receiver makes it with `openssl genpkey -algorithm X25519` and `openssl pkey -pubout`; ask for the public half.",
        )
    return key


def _agrees(key: X25519PublicKey) -> bool:
    """Say whether a secret can be shared with the key: with the few points of small order it would be known to everybody."""
    try:
        X25519PrivateKey.from_private_bytes(bytes(_KEY_BYTES)).exchange(key)
    except ValueError:
        return False
    return True


def fingerprint(key: X25519PublicKey) -> str:
    """Give the SHA-256 of a receiver's key, to be compared by telephone."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def seal(content: bytes, recipient: X25519PublicKey, *, secret: bytes, about: bytes) -> bytes:
    """Seal one file.

    Args:
        content: The file.
        recipient: Whom it is for.
        secret: 32 random bytes, drawn for this one call and kept nowhere. From anything that is kept, whoever has it and the file's digest could
            open the file again, also after it was destroyed.
        about: What the sealed file belongs to; it opens under this only.
    """
    drawn = hashlib.sha256(content).digest() + recipient.public_bytes_raw() + about
    own = X25519PrivateKey.from_private_bytes(
        _derive(secret, salt=b"", info=_CONTEXT + b" own key\n" + drawn)
    )
    public = own.public_key().public_bytes_raw()
    key = _shared(own.exchange(recipient), public, recipient.public_bytes_raw())
    return MAGIC + public + AESGCM(key).encrypt(_NONCE, content, about)


def open_sealed(sealed: bytes, private: X25519PrivateKey, *, about: bytes) -> bytes:
    """Open a sealed file, as its receiver does.

    Raises:
        IntegrityError: It is none, for another receiver, about another thing, or was changed.
    """
    wrong = IntegrityError("sealed file: does not open, expected one for this key and this pack")
    public, rest = sealed[len(MAGIC) : len(MAGIC) + _KEY_BYTES], sealed[len(MAGIC) + _KEY_BYTES :]
    if not sealed.startswith(MAGIC):
        raise wrong
    try:
        own = private.exchange(X25519PublicKey.from_public_bytes(public))
        key = _shared(own, public, private.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(_NONCE, rest, about)
    except (ValueError, InvalidTag):
        raise wrong from None


def _shared(exchanged: bytes, own: bytes, recipient: bytes) -> bytes:
    return _derive(exchanged, salt=own + recipient, info=_CONTEXT)


def _derive(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=salt or None, info=info).derive(secret)

"""Somebody outside who checks a proof with nothing but the standards, the proof's JSON and the log's key. Uses none of our code."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fields = dict[str, Any]


def accepts(proof: Fields, key: str) -> bool:
    """Check a proof against a verifier key that was given beforehand."""
    try:
        origin, key_id, encoded = key.split("+", 2)
        public = decoded(encoded)
        assert public[:1] == b"\x01"
        assert hashlib.sha256(origin.encode() + b"\n" + public).digest()[:4].hex() == key_id
        size, root = signed(proof["checkpoint"], origin, bytes.fromhex(key_id), public[1:])
        leaf = decoded(proof["leaf"])
        leaf_hash = hashlib.sha256(b"\x00" + leaf).digest()
        assert leaf_hash == decoded(proof["leaf_hash"])
        assert (proof["origin"], proof["size"], proof["key"]) == (origin, size, key)
        assert 0 <= proof["position"] < size
        return (
            climbed(leaf_hash, proof["position"], size, [decoded(each) for each in proof["hashes"]]) == root
        )
    except (AssertionError, ValueError, InvalidSignature):
        return False


def signed(note: str, origin: str, key_id: bytes, public: bytes) -> tuple[int, bytes]:
    """Check the note's signature and read size and root from it. Source: C2SP, signed-note and tlog-checkpoint."""
    text, signature = note.split("\n\n")
    start = f"— {origin} "
    assert signature.startswith(start)
    assert signature.endswith("\n")
    data = decoded(signature[len(start) : -1])
    assert data[:4] == key_id
    Ed25519PublicKey.from_public_bytes(public).verify(data[4:], f"{text}\n".encode())
    name, size, root = text.split("\n")
    assert name == origin
    return int(size), decoded(root)


def climbed(leaf_hash: bytes, index: int, size: int, hashes: list[bytes]) -> bytes:
    """Compute the root that a leaf and its siblings give, straight from the tree's definition. Source: RFC 6962, section 2.1."""
    if size == 1:
        assert not hashes
        return leaf_hash
    assert hashes
    *below, sibling = hashes
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return hashlib.sha256(b"\x01" + climbed(leaf_hash, index, split, below) + sibling).digest()
    return hashlib.sha256(b"\x01" + sibling + climbed(leaf_hash, index - split, size - split, below)).digest()


def decoded(text: str) -> bytes:
    """Decode base64 in its one canonical spelling."""
    data = base64.b64decode(text, validate=True)
    assert base64.b64encode(data).decode() == text
    return data

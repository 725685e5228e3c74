"""Statements that are signed with the log's key: short JSON texts for people outside, to be checked offline."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wardline.audit.checkpoints import verifier_key
from wardline.errors import AuditLogError

_PREFIX = b"wardline statement v1\n"
"""Keeps a statement from being taken for a checkpoint, which the same key signs."""


def sign_statement(fields: Mapping[str, Any], origin: str, key: Ed25519PrivateKey) -> dict[str, str]:
    """Sign a statement. Gives its text, which is canonical JSON, the signature in base64, and the log's public key."""
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature = key.sign(_PREFIX + text.encode())
    return {
        "statement": text,
        "signature": base64.b64encode(signature).decode("ascii"),
        "key": verifier_key(origin, key.public_key()),
    }


def open_statement(signed: Mapping[str, Any], key: Ed25519PublicKey) -> dict[str, Any]:
    """Give what a statement says; ``AuditLogError`` unless this key signed it."""
    try:
        text = str(signed["statement"])
        key.verify(base64.b64decode(str(signed["signature"]), validate=True), _PREFIX + text.encode())
        said: dict[str, Any] = json.loads(text)
    except (KeyError, ValueError, InvalidSignature):
        raise AuditLogError("statement: not signed by the log's key, expected its signature") from None
    return said

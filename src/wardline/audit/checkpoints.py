"""Checkpoints: signed statements of a log's size and root.

Source: C2SP, tlog-checkpoint (the three lines of text) and signed-note (the signature line).
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wardline import records
from wardline.errors import AuditLogError, ConfigurationError
from wardline.kernels import merkle

_ED25519 = b"\x01"
"""Signature type byte. Source: C2SP signed-note, "Signature types"."""
_KEY_HASH_BYTES = 4
_SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_ORIGIN = re.compile(r"[^\s+]{1,200}")
_NOTE = re.compile(
    r"^[^\s+]{1,200}\n[0-9]{1,19}\n[A-Za-z0-9+/]{43}=\n\n(?:— [^\s+]+ [A-Za-z0-9+/]+={0,2}\n)+",
    re.MULTILINE | re.ASCII,
)


def key_hash(origin: str, public_key: Ed25519PublicKey) -> bytes:
    """Give the 4 bytes that say which key signed. Source: C2SP signed-note, "Signatures"."""
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public_key.public_bytes_raw()).digest()[
        :_KEY_HASH_BYTES
    ]


def verifier_key(origin: str, public_key: Ed25519PublicKey) -> str:
    """Write what others need to check the log's signatures. Source: C2SP signed-note, "Verifier keys"."""
    encoded = base64.b64encode(_ED25519 + public_key.public_bytes_raw()).decode()
    return f"{origin}+{key_hash(origin, public_key).hex()}+{encoded}"


def checkpoint(
    origin: str, frontier: merkle.Frontier, key: Ed25519PrivateKey, now: datetime
) -> records.Checkpoint:
    """Sign what the log is now.

    Args:
        origin: The log's name, for example ``example.org/wardline``: 1 to 200 characters, no space, no plus sign.
        frontier: The tree over every entry so far.
        key: The log's signing key.
        now: Aware UTC. It is kept beside the note and not signed.

    Raises:
        ConfigurationError: The origin cannot be a name in a signed note.
    """
    if not _ORIGIN.fullmatch(origin):
        raise ConfigurationError(
            "audit log origin: malformed, expected 1 to 200 characters without spaces and plus signs"
        )
    root = frontier.root()
    text = _text(origin, frontier.size, root)
    signature = key_hash(origin, key.public_key()) + key.sign(text.encode())
    note = f"{text}\n— {origin} {base64.b64encode(signature).decode()}\n"
    return records.Checkpoint(size=frontier.size, root=root, note=note, at=now)


def sign_batch(
    frontier: merkle.Frontier, leaves: Sequence[bytes], key: Ed25519PrivateKey, origin: str, now: datetime
) -> tuple[merkle.Frontier, records.Checkpoint]:
    """Append entries and sign the result. The caller keeps the new frontier once both are durable."""
    grown = frontier.extend(merkle.leaf_hash(leaf) for leaf in leaves)
    return grown, checkpoint(origin, grown, key, now)


def open_checkpoint(note: str, origin: str, public_key: Ed25519PublicKey) -> tuple[int, bytes]:
    """Check a signed note and give the log's size and root.

    Signatures by other keys, such as witnesses', may follow or precede the log's own and are passed over. Nothing but the canonical
    spelling of size, root and signature is taken, so that no bit of them can change unnoticed.

    Raises:
        AuditLogError: The note is malformed, of another log, or not signed by this key.
    """
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise AuditLogError("audit checkpoint: malformed note, expected text, an empty line and signatures")
    text += "\n"
    size, root = _parse(text, origin)
    wanted = key_hash(origin, public_key)
    for line in signatures[:-1].split("\n"):
        name, signature = _signature(line)
        if name == origin and signature[:_KEY_HASH_BYTES] == wanted:
            try:
                public_key.verify(signature[_KEY_HASH_BYTES:], text.encode())
            except InvalidSignature:
                raise AuditLogError(
                    "audit checkpoint: signature does not fit, expected one by the log's key"
                ) from None
            return size, root
    raise AuditLogError("audit checkpoint: no signature by the log's key, expected one")


def signers(note: str) -> list[tuple[str, bytes]]:
    """Give the name and the hash of each key that a note says it is signed with; whether it is, is not looked at.

    Raises:
        AuditLogError: The note is malformed.
    """
    signatures = note.rpartition("\n\n")[2]
    return [
        (name, signature[:_KEY_HASH_BYTES])
        for name, signature in map(_signature, signatures[:-1].split("\n"))
    ]


def notes_in(text: str) -> list[str]:
    """Find the signed notes in a text, such as a file that they were appended to or a mail; whether they are genuine is not looked at.

    Lines may end as mails end them.
    """
    return _NOTE.findall(text.replace("\r\n", "\n"))


def notes_in_file(data: bytes) -> list[str]:
    """Find the signed notes in what somebody kept: a text, or a saved mail, whose text is seldom readable as it lies there."""
    found = notes_in(data.decode("utf-8", errors="replace"))
    if found:
        return found
    parts = email.message_from_bytes(data, policy=email.policy.default).walk()
    texts = [part.get_payload(decode=True) for part in parts if not part.is_multipart()]
    return [
        note
        for text in texts
        if isinstance(text, bytes)
        for note in notes_in(text.decode("utf-8", errors="replace"))
    ]


def _text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def _parse(text: str, origin: str) -> tuple[int, bytes]:
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != origin:
        raise AuditLogError("audit checkpoint: not of this log, expected its origin, a size and a root")
    root = _canonical_base64(lines[2])
    if not _SIZE.fullmatch(lines[1]) or root is None or len(root) != merkle.HASH_BYTES:
        raise AuditLogError(
            f"audit checkpoint: malformed size or root, expected a number and {merkle.HASH_BYTES} bytes"
        )
    return int(lines[1]), root


def _signature(line: str) -> tuple[str, bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    data = _canonical_base64(found["signature"]) if found else None
    if found is None or data is None or len(data) <= _KEY_HASH_BYTES:
        raise AuditLogError("audit checkpoint: malformed signature line, expected a dash, a name and base64")
    return found["name"], data


def _canonical_base64(text: str) -> bytes | None:
    """Decode base64, or give None when the text is not what encoding the result gives: its last digit can hide two to four bits."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return data if base64.b64encode(data).decode() == text else None

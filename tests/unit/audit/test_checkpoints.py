"""Checkpoints: the signed-note form, and everything that is not it."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.unit.audit.logs import KEY, NOW, ORIGIN, PUBLIC_KEY, checkpoints, leaf
from wardline import audit
from wardline.errors import AuditLogError, ConfigurationError
from wardline.kernels import merkle

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def signed_note(text: str, key: Ed25519PrivateKey = KEY, name: str = ORIGIN) -> str:
    """Sign any text as the log would."""
    signature = audit.key_hash(name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(signature).decode()}\n"


def test_a_checkpoint_opens_to_its_size_and_root() -> None:
    [checkpoint] = checkpoints([5])
    assert audit.open_checkpoint(checkpoint.note, ORIGIN, PUBLIC_KEY) == (5, checkpoint.root)
    assert checkpoint.root == merkle.root(merkle.leaf_hash(leaf(number)) for number in range(5))
    assert (checkpoint.size, checkpoint.at) == (5, NOW)


def test_an_empty_log_can_be_signed() -> None:
    checkpoint = audit.checkpoint(ORIGIN, merkle.Frontier(), KEY, NOW)
    assert audit.open_checkpoint(checkpoint.note, ORIGIN, PUBLIC_KEY) == (0, hashlib.sha256(b"").digest())


def test_a_note_is_origin_size_root_an_empty_line_and_a_signature() -> None:
    [checkpoint] = checkpoints([3])
    origin, size, root, empty, signature, end = checkpoint.note.split("\n")
    assert (origin, size, empty, end) == (ORIGIN, "3", "", "")
    assert base64.b64decode(root) == checkpoint.root
    dash, name, encoded = signature.split(" ")
    assert (dash, name) == ("\N{EM DASH}", ORIGIN)
    data = base64.b64decode(encoded)
    assert (
        data[:4] == hashlib.sha256(ORIGIN.encode() + b"\n\x01" + PUBLIC_KEY.public_bytes_raw()).digest()[:4]
    )
    text = checkpoint.note[: checkpoint.note.index("\n\n") + 1]
    PUBLIC_KEY.verify(data[4:], text.encode())


def test_the_key_hash_is_that_of_a_published_key() -> None:
    # The example key of Go's golang.org/x/mod/sumdb/note, whose name ends in its key hash.
    name, key_hash, encoded = ["PeterNeumann", "c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"]
    public_key = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
    assert audit.key_hash(name, public_key).hex() == key_hash


def test_a_batch_grows_the_log_that_was_signed_before() -> None:
    frontier = merkle.Frontier().extend(merkle.leaf_hash(leaf(number)) for number in range(3))
    grown, checkpoint = audit.sign_batch(frontier, [leaf(3), leaf(4)], KEY, ORIGIN, NOW)
    assert (grown.size, grown.root()) == (5, checkpoint.root)
    assert checkpoint == checkpoints([5])[0]
    assert frontier.size == 3


def test_witnesses_may_sign_the_same_note_before_or_after_the_log() -> None:
    [checkpoint] = checkpoints([3])
    text, own = checkpoint.note.split("\n\n")
    witness = signed_note(text + "\n", OTHER_KEY, "witness.example").split("\n\n")[1]
    for note in (f"{text}\n\n{witness}{own}", f"{text}\n\n{own}{witness}"):
        assert audit.open_checkpoint(note, ORIGIN, PUBLIC_KEY) == (3, checkpoint.root)


def test_a_note_signed_by_another_key_is_refused() -> None:
    [checkpoint] = checkpoints([3], OTHER_KEY)
    with pytest.raises(AuditLogError, match="no signature"):
        audit.open_checkpoint(checkpoint.note, ORIGIN, PUBLIC_KEY)


def test_a_note_of_another_log_is_refused() -> None:
    checkpoint = audit.checkpoint("wardline.example/other", merkle.Frontier(), KEY, NOW)
    with pytest.raises(AuditLogError, match="not of this log"):
        audit.open_checkpoint(checkpoint.note, ORIGIN, PUBLIC_KEY)


def test_the_signature_of_one_note_does_not_serve_another() -> None:
    first, second = (checkpoint.note.split("\n\n") for checkpoint in checkpoints([3, 4]))
    with pytest.raises(AuditLogError, match="does not fit"):
        audit.open_checkpoint(f"{first[0]}\n\n{second[1]}", ORIGIN, PUBLIC_KEY)


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n03\n{ROOT}\n",
        f"{ORIGIN}\n+3\n{ROOT}\n",
        f"{ORIGIN}\n-3\n{ROOT}\n",
        f"{ORIGIN}\n٣\n{ROOT}\n",
        f"{ORIGIN}\n{10**19}\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n3\n{ROOT[:-2]}B=\n",
        f"{ORIGIN}\n3\n{ROOT[:-4]}\n",
        f"{ORIGIN}\n3\n{ROOT}\nand more\n",
        f"{ORIGIN}\n3\n",
        f"{ORIGIN}\n",
    ],
)
def test_even_the_log_itself_cannot_sign_an_uncommon_spelling(text: str) -> None:
    with pytest.raises(AuditLogError):
        audit.open_checkpoint(signed_note(text), ORIGIN, PUBLIC_KEY)


def test_a_damaged_note_is_refused_whatever_is_left_of_it() -> None:
    [checkpoint] = checkpoints([3])
    note = checkpoint.note
    damaged = [note[:length] for length in range(len(note))]
    damaged += [
        note[:at] + mark + note[at:]
        for at in range(len(note) + 1)
        for mark in ("\n", " ", "A", "=", "\udcff")
    ]
    for text in damaged:
        with pytest.raises(AuditLogError):
            audit.open_checkpoint(text, ORIGIN, PUBLIC_KEY)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "line\nbreak", "x" * 201])
def test_an_origin_that_cannot_be_a_name_in_a_note_is_refused(origin: str) -> None:
    with pytest.raises(ConfigurationError):
        audit.checkpoint(origin, merkle.Frontier(), KEY, NOW)

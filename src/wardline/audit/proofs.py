"""Proofs: one entry, the signed checkpoint, and the hashes that lead from the one to the other; and that a log grew from an earlier one.

Whoever has the log's public key checks a proof offline and sees no other entry. Source: RFC 6962, sections 2.1.1 and 2.1.2; RFC 9162,
sections 2.1.3.2 and 2.1.4.2; C2SP, tlog-checkpoint and signed-note.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wardline import records
from wardline.audit.checkpoints import open_checkpoint, verifier_key
from wardline.errors import AuditLogError
from wardline.kernels import merkle

BLOCK_ENTRIES = 1024
"""Entries under one remembered root."""

ReadHashes = Callable[[int, int], Iterable[bytes]]
"""Gives the stored leaf hashes from a position up to, and without, another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That one entry is in the log that a checkpoint was signed over."""

    origin: str
    """The log's name."""
    position: int
    """Of the entry, from 0."""
    leaf: bytes
    """The entry as it was hashed: JSON."""
    size: int
    """Entries in the log that was signed."""
    hashes: tuple[bytes, ...]
    """The siblings on the way to the root, lowest first, 32 bytes each."""
    checkpoint: str
    """The signed note over size and root."""

    @property
    def leaf_hash(self) -> bytes:
        """The entry's hash in the tree, 32 bytes."""
        return merkle.leaf_hash(self.leaf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """That the log which a checkpoint was signed over begins with the whole of an earlier one."""

    origin: str
    """The log's name."""
    old_size: int
    """Entries of the earlier log, 0 and up."""
    size: int
    """Entries of the later one."""
    hashes: tuple[bytes, ...]
    """In the order of the standard, 32 bytes each."""
    checkpoint: str
    """The signed note over the later one."""


class Blocks:
    """Roots of the log's whole blocks of entries, so that a proof reads a few thousand leaf hashes instead of all.

    They are taken from what is stored and trusted by nobody: a proof is checked against the signed root before it leaves.
    """

    def __init__(self) -> None:
        self._roots: list[bytes] = []

    @property
    def size(self) -> int:
        """Entries under the roots."""
        return len(self._roots) * BLOCK_ENTRIES

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Take the leaf hashes from ``size`` on, reading them once; what does not fill a block is left for the next time."""
        rest = iter(leaf_hashes)
        while len(block := list(islice(rest, BLOCK_ENTRIES))) == BLOCK_ENTRIES:
            self._roots.append(merkle.root(block))

    def root(self, start: int, stop: int, read: ReadHashes) -> bytes:
        """Give the root over the entries from ``start`` up to ``stop``; reads what no whole block covers."""
        frontier, at = merkle.Frontier(), start
        first, last = start // BLOCK_ENTRIES, min(stop, self.size) // BLOCK_ENTRIES
        if start % BLOCK_ENTRIES == 0 and first < last:
            above = merkle.Frontier().extend(self._roots[first:last])
            frontier = merkle.Frontier(above.size * BLOCK_ENTRIES, above.nodes)
            at = last * BLOCK_ENTRIES
        return (frontier.extend(read(at, stop)) if at < stop else frontier).root()


def prove(
    leaf: bytes,
    position: int,
    checkpoint: records.Checkpoint,
    *,
    origin: str,
    blocks: Blocks,
    read: ReadHashes,
) -> Proof:
    """Prove that an entry is in the log under a checkpoint.

    Args:
        leaf: The entry as it was hashed.
        position: Its place, from 0; below the checkpoint's size.
        checkpoint: A checkpoint of the log.
        origin: The log's name.
        blocks: What is remembered of the log. It grows.
        read: Reads leaf hashes.
    """
    _remember(blocks, checkpoint.size, read)
    ranges = merkle.inclusion_ranges(position, checkpoint.size)
    hashes = tuple(blocks.root(start, stop, read) for start, stop in ranges)
    return Proof(
        origin=origin, position=position, leaf=leaf, size=checkpoint.size, hashes=hashes, checkpoint=checkpoint.note
    )  # fmt: skip


def prove_continuation(
    old_size: int, checkpoint: records.Checkpoint, *, origin: str, blocks: Blocks, read: ReadHashes
) -> Continuation:
    """Prove that the log under a checkpoint begins with the whole log of an earlier size; arguments as in ``prove``.

    Raises:
        InputError: The earlier size is larger than the later.
    """
    _remember(blocks, checkpoint.size, read)
    ranges = merkle.consistency_ranges(old_size, checkpoint.size)
    hashes = tuple(blocks.root(start, stop, read) for start, stop in ranges)
    return Continuation(
        origin=origin, old_size=old_size, size=checkpoint.size, hashes=hashes, checkpoint=checkpoint.note
    )


def check_continuation(proof: Continuation, earlier: str, origin: str, public_key: Ed25519PublicKey) -> None:
    """Check, as an outsider would, that a log grew from the one that an earlier checkpoint was signed over.

    Args:
        proof: What the log's holder gave.
        earlier: The signed note that the checker kept.
        origin: The log's name.
        public_key: The log's key.

    Raises:
        AuditLogError: One of the two is not signed by this key for this log, or the later log does not begin with the earlier one.
    """
    old_size, old_root = open_checkpoint(earlier, origin, public_key)
    size, root = open_checkpoint(proof.checkpoint, origin, public_key)
    fits = merkle.verify_consistency(old_size, size, old_root, root, proof.hashes)
    if not fits or (proof.origin, proof.old_size, proof.size) != (origin, old_size, size):
        raise AuditLogError(
            f"audit log of {size} entries: does not begin with the {old_size} that were signed earlier, expected the same beginning"
        )


def check_proof(proof: Proof, origin: str, public_key: Ed25519PublicKey) -> None:
    """Check a proof as an outsider would.

    Raises:
        AuditLogError: The checkpoint is not signed by this key for this log, or the hashes do not lead from the entry to its root.
    """
    size, root = open_checkpoint(proof.checkpoint, origin, public_key)
    fits = merkle.verify_inclusion(proof.leaf_hash, proof.position, size, proof.hashes, root)
    if not fits or (proof.origin, proof.size) != (origin, size):
        raise AuditLogError(
            f"entry {proof.position}: its hashes do not lead to the signed root, expected a proof that holds"
        )


def proof_fields(proof: Proof, public_key: Ed25519PublicKey) -> dict[str, int | str | list[str]]:
    """Write a proof for JSON; bytes become base64.

    The key is there so that a checker sees which one signed. Whom to believe it from, a checker must know from elsewhere.
    """
    return {
        "origin": proof.origin,
        "position": proof.position,
        "leaf": _base64(proof.leaf),
        "leaf_hash": _base64(proof.leaf_hash),
        "size": proof.size,
        "hashes": [_base64(each) for each in proof.hashes],
        "checkpoint": proof.checkpoint,
        "key": verifier_key(proof.origin, public_key),
    }


def continuation_fields(
    proof: Continuation, public_key: Ed25519PublicKey
) -> dict[str, int | str | list[str]]:
    """Write such a proof for JSON, as ``proof_fields`` does."""
    return {
        "origin": proof.origin,
        "old_size": proof.old_size,
        "size": proof.size,
        "hashes": [_base64(each) for each in proof.hashes],
        "checkpoint": proof.checkpoint,
        "key": verifier_key(proof.origin, public_key),
    }


def _remember(blocks: Blocks, size: int, read: ReadHashes) -> None:
    whole = size - size % BLOCK_ENTRIES
    if blocks.size < whole:
        blocks.extend(read(blocks.size, whole))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

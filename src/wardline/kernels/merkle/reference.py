"""The plain specification of the Merkle tree. Source: RFC 6962, section 2; verification: RFC 9162, section 2.1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wardline.errors import AuditLogError, InputError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

_SIZE_BYTES = 8


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf, 32 bytes. The prefix keeps a leaf from ever passing for a node. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent, 32 bytes. Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed of a tree in order to append to it: the roots of its perfect subtrees. Immutable."""

    size: int = 0
    """Number of leaves."""
    nodes: tuple[bytes, ...] = ()
    """One root of 32 bytes for each set bit of ``size``, the largest subtree first."""

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            raise InputError(
                "merkle frontier: size and nodes disagree, expected one node for each set bit of the size"
            )
        for node in self.nodes:
            _require_hash(node)

    def append(self, leaf_hash: bytes) -> Frontier:
        """Give the frontier with one more leaf."""
        return self.extend((leaf_hash,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> Frontier:
        """Give the frontier with more leaves, in order. Reads the iterable once and keeps only the frontier in memory."""
        size, nodes = self.size, list(self.nodes)
        for node in leaf_hashes:
            _require_hash(node)
            rest = size
            while rest & 1:  # two subtrees of equal size become one
                node = node_hash(nodes.pop(), node)
                rest >>= 1
            nodes.append(node)
            size += 1
        return Frontier(size, tuple(nodes))

    def root(self) -> bytes:
        """Give the tree's root, 32 bytes."""
        if not self.nodes:
            return EMPTY_ROOT
        result = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            result = node_hash(left, result)
        return result

    def to_bytes(self) -> bytes:
        """Write the frontier: the size in 8 bytes, big-endian, then the nodes."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.nodes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Read what ``to_bytes`` wrote.

        Raises:
            AuditLogError: The data has another length than its size calls for.
        """
        size = int.from_bytes(data[:_SIZE_BYTES], "big")
        expected = _SIZE_BYTES + HASH_BYTES * size.bit_count()
        if len(data) != expected:
            raise AuditLogError(f"merkle frontier: {len(data)} bytes, expected {expected}")
        return cls(size, tuple(data[at : at + HASH_BYTES] for at in range(_SIZE_BYTES, expected, HASH_BYTES)))


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Compute the root over leaf hashes, 32 bytes. Source: RFC 6962, section 2.1."""
    return Frontier().extend(leaf_hashes).root()


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Prove that a leaf is in the tree over all of ``leaf_hashes``. Source: RFC 6962, section 2.1.1.

    Args:
        leaf_hashes: Every leaf hash of the tree.
        index: Which leaf, from 0.

    Returns:
        The siblings on the way to the root, lowest first; about ``log2`` of the size.
    """
    ranges = inclusion_ranges(index, len(leaf_hashes))
    return tuple(_root_of(leaf_hashes, start, stop) for start, stop in ranges)


def inclusion_ranges(index: int, size: int) -> tuple[tuple[int, int], ...]:
    """Say which leaves each hash of an inclusion proof is the root over. Source: RFC 6962, section 2.1.1.

    For whoever has roots at hand and need not hash the whole tree anew.

    Args:
        index: Which leaf, from 0.
        size: Number of leaves of the tree.

    Returns:
        First leaf and the one after the last, for each sibling on the way to the root, lowest first. A range of more than ``2**k``
        leaves begins at a multiple of ``2**k``.
    """
    if not 0 <= index < size:
        raise InputError(f"merkle leaf {index}: not in the tree, expected 0 to {size - 1}")
    start, stop, ranges = 0, size, []
    while stop - start > 1:
        middle = start + _left_size(stop - start)
        if index < middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start = middle
    return tuple(reversed(ranges))


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof against a tree's size and root. Source: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, result = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            result = node_hash(sibling, result)
            at, last = _skip_lone_levels(at, last)
        else:
            result = node_hash(result, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and result == root


def consistency_proof(leaf_hashes: Sequence[bytes], old: int, new: int) -> tuple[bytes, ...]:
    """Prove that the tree of the first ``old`` leaves is a beginning of the tree of the first ``new``.

    Empty when ``old`` is 0 or equals ``new``. Source: RFC 6962, section 2.1.2.
    """
    if new > len(leaf_hashes):
        raise InputError(f"merkle size {new}: not there, expected 0 to {len(leaf_hashes)}")
    return tuple(_root_of(leaf_hashes, start, stop) for start, stop in consistency_ranges(old, new))


def consistency_ranges(old: int, new: int) -> tuple[tuple[int, int], ...]:
    """Say which leaves each hash of a consistency proof is the root over. Source: RFC 6962, section 2.1.2.

    Returns:
        First leaf and the one after the last, in the order of the proof. As in ``inclusion_ranges``, a range of more than ``2**k`` leaves
        begins at a multiple of ``2**k``.
    """
    if not 0 <= old <= new:
        raise InputError(f"merkle sizes {old} and {new}: out of order, expected 0 <= old <= new")
    if old == 0:
        return ()
    start, stop, known, ranges = 0, new, True, []
    while old != stop:
        middle = start + _left_size(stop - start)
        if old <= middle:
            ranges.append((middle, stop))
            stop = middle
        else:
            ranges.append((start, middle))
            start, known = middle, False
    if not known:  # the verifier holds the old root only when it is a whole subtree
        ranges.append((start, stop))
    return tuple(reversed(ranges))


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Check a consistency proof between two trees' sizes and roots. Source: RFC 9162, section 2.1.4.2."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_result = new_result = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old_result, new_result = node_hash(sibling, old_result), node_hash(sibling, new_result)
            at, last = _skip_lone_levels(at, last)
        else:
            new_result = node_hash(new_result, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old_result == old_root and new_result == new_root


def _require_hash(node: bytes) -> None:
    if len(node) != HASH_BYTES:
        raise InputError(f"merkle hash: {len(node)} bytes, expected {HASH_BYTES}")


def _left_size(size: int) -> int:
    """Give the largest power of two below ``size`` (2 and up): where a tree splits."""
    return 1 << ((size - 1).bit_length() - 1)


def _root_of(leaf_hashes: Sequence[bytes], start: int, stop: int) -> bytes:
    return root(leaf_hashes[start:stop])


def _skip_lone_levels(at: int, last: int) -> tuple[int, int]:
    """Climb over the levels where the rightmost node has no sibling and is passed up as it is."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last

"""Merkle trees against the definition, word for word, and proofs against every change to them."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from wardline.kernels import merkle

SIZES = st.integers(0, 130)


def leaf_hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def naive_root(hashes: list[bytes]) -> bytes:
    """Follow the definition: split at the largest power of two that is smaller than the size."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while 2 * split < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(hashes[:split]) + naive_root(hashes[split:])).digest()


@given(SIZES)
def test_a_root_is_what_the_definition_says(size: int) -> None:
    assert merkle.root(leaf_hashes(size)) == naive_root(leaf_hashes(size))


@given(st.lists(st.integers(0, 40), max_size=8))
def test_a_tree_grown_in_batches_is_the_tree_grown_at_once(batches: list[int]) -> None:
    hashes = leaf_hashes(sum(batches))
    frontier, at = merkle.Frontier(), 0
    for count in batches:
        frontier = frontier.extend(hashes[at : at + count])
        at += count
        assert (frontier.size, frontier.root()) == (at, naive_root(hashes[:at]))
    assert frontier == merkle.Frontier().extend(hashes)


@given(SIZES)
def test_a_frontier_survives_writing_and_reading(size: int) -> None:
    frontier = merkle.Frontier().extend(leaf_hashes(size))
    assert merkle.Frontier.from_bytes(frontier.to_bytes()) == frontier


@given(st.integers(1, 130), st.data())
def test_every_leaf_has_a_proof_that_holds(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = leaf_hashes(size)
    proof = merkle.inclusion_proof(hashes, index)
    assert merkle.verify_inclusion(hashes[index], index, size, proof, naive_root(hashes))


@given(st.integers(2, 70), st.data())
def test_a_proof_does_not_hold_for_anything_else(size: int, data: st.DataObject) -> None:
    hashes = leaf_hashes(size)
    root = naive_root(hashes)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    proof = merkle.inclusion_proof(hashes, index)
    assert not merkle.verify_inclusion(hashes[other], index, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], other, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], index, size, proof, naive_root(hashes[:-1]))
    assert not merkle.verify_inclusion(hashes[index], index, size, proof[:-1], root)
    assert not merkle.verify_inclusion(hashes[index], index, size, (*proof, bytes(32)), root)
    assert not merkle.verify_inclusion(hashes[index], index, size, flipped(proof, data), root)


@given(st.integers(0, 130), st.data())
def test_a_tree_is_consistent_with_all_its_beginnings(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    hashes = leaf_hashes(new)
    proof = merkle.consistency_proof(hashes, old, new)
    assert merkle.verify_consistency(old, new, naive_root(hashes[:old]), naive_root(hashes), proof)


@given(st.integers(2, 70), st.data())
def test_no_consistency_is_proved_with_what_is_no_beginning(new: int, data: st.DataObject) -> None:
    hashes = leaf_hashes(new)
    old = data.draw(st.integers(1, new - 1))
    proof = merkle.consistency_proof(hashes, old, new)
    old_root, new_root = naive_root(hashes[:old]), naive_root(hashes)
    changed = naive_root([*hashes[: old - 1], bytes(32)])
    assert not merkle.verify_consistency(old, new, changed, new_root, proof)
    assert not merkle.verify_consistency(old, new, old_root, bytes(32), proof)
    assert not merkle.verify_consistency(old, new, old_root, new_root, proof[:-1])
    assert not merkle.verify_consistency(old, new, old_root, new_root, (*proof, bytes(32)))
    assert not merkle.verify_consistency(old, new, old_root, new_root, flipped(proof, data))


def flipped(proof: tuple[bytes, ...], data: st.DataObject) -> list[bytes]:
    """Change one bit of a proof that is not empty."""
    bit = data.draw(st.integers(0, 256 * len(proof) - 1))
    joined = bytearray(b"".join(proof))
    joined[bit // 8] ^= 1 << bit % 8
    return [bytes(joined[at : at + 32]) for at in range(0, len(joined), 32)]


@given(st.integers(1, 5000), st.data())
def test_the_ranges_of_a_proof_and_its_leaf_are_the_whole_tree_and_begin_where_a_block_does(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    ranges = merkle.inclusion_ranges(index, size)
    assert sorted([index, *(leaf for start, stop in ranges for leaf in range(start, stop))]) == list(
        range(size)
    )
    assert all(start % (1 << (stop - start - 1).bit_length()) == 0 for start, stop in ranges)

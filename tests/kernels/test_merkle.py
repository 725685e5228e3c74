"""Merkle trees: published roots, and what no proof may prove."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from wardline.errors import AuditLogError, InputError
from wardline.kernels import merkle

# The leaves and roots that implementations of certificate transparency share. Source: certificate-transparency, merkle tree tests.
PUBLISHED_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
PUBLISHED_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_published_trees_have_their_published_roots(size: int) -> None:
    leaf_hashes = [merkle.leaf_hash(leaf) for leaf in PUBLISHED_LEAVES[:size]]
    assert merkle.root(leaf_hashes).hex() == PUBLISHED_ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert merkle.root([]) == merkle.Frontier().root() == merkle.EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_a_leaf_never_hashes_like_a_node() -> None:
    left, right = merkle.leaf_hash(b"left"), merkle.leaf_hash(b"right")
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


def test_appending_leaves_the_earlier_frontier_as_it_was() -> None:
    frontier = merkle.Frontier().append(merkle.leaf_hash(b"one"))
    before = frontier.root()
    frontier.extend([merkle.leaf_hash(b"two"), merkle.leaf_hash(b"three")])
    assert (frontier.size, frontier.root()) == (1, before)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_only_hashes_of_32_bytes_are_appended(length: int) -> None:
    with pytest.raises(InputError):
        merkle.Frontier().append(bytes(length))


def test_a_frontier_has_as_many_nodes_as_its_size_has_bits() -> None:
    with pytest.raises(InputError):
        merkle.Frontier(3, (bytes(32),))
    with pytest.raises(InputError):
        merkle.Frontier(1, (bytes(31),))
    with pytest.raises(InputError):
        merkle.Frontier(-1, (bytes(32),))


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: b"", lambda data: data[:8]]
)
def test_a_stored_frontier_of_the_wrong_length_is_refused(change: Callable[[bytes], bytes]) -> None:
    data = merkle.Frontier().extend(merkle.leaf_hash(bytes([n])) for n in range(5)).to_bytes()
    with pytest.raises(AuditLogError):
        merkle.Frontier.from_bytes(change(data))


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int) -> None:
    leaf_hashes = [merkle.leaf_hash(leaf) for leaf in PUBLISHED_LEAVES[:3]]
    with pytest.raises(InputError):
        merkle.inclusion_proof(leaf_hashes, index)
    assert not merkle.verify_inclusion(leaf_hashes[0], index, 3, (), merkle.root(leaf_hashes))


@pytest.mark.parametrize(("old", "new"), [(-1, 2), (3, 2), (2, 4)])
def test_there_is_no_consistency_proof_between_sizes_out_of_order(old: int, new: int) -> None:
    with pytest.raises(InputError):
        merkle.consistency_proof([merkle.leaf_hash(leaf) for leaf in PUBLISHED_LEAVES[:3]], old, new)


def test_a_larger_tree_is_not_consistent_with_a_smaller_one_afterwards() -> None:
    leaf_hashes = [merkle.leaf_hash(leaf) for leaf in PUBLISHED_LEAVES]
    proof = merkle.consistency_proof(leaf_hashes, 3, 8)
    assert not merkle.verify_consistency(8, 3, merkle.root(leaf_hashes), merkle.root(leaf_hashes[:3]), proof)
    assert not merkle.verify_consistency(3, 8, merkle.root(leaf_hashes[:3]), merkle.root(leaf_hashes), ())

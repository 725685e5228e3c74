"""``verify_proof.py`` of the how-to, which outsiders run: it takes each true proof and none that was changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from wardline.kernels import merkle

EXAMPLES = Path(__file__).parents[3] / "docs" / "how-to" / "examples"
_SIZES = range(1, 34)
HASHES = [merkle.leaf_hash(str(number).encode()) for number in range(_SIZES.stop)]


@pytest.fixture(scope="module")
def script() -> Any:
    sys.path.insert(0, str(EXAMPLES))
    try:
        import verify_proof  # type: ignore[import-not-found]  # the place that is just named
    finally:
        sys.path.remove(str(EXAMPLES))
    return verify_proof


def refused(script: Any, check: Any, *args: Any) -> bool:
    try:
        return not check(*args)
    except script.LogError:
        return True


def test_the_place_of_every_entry_is_proved_in_logs_of_all_sizes_and_nothing_else(script: Any) -> None:
    def leads(position: int, size: int, hashes: list[bytes]) -> bool:
        found: bytes = script.root_of_entry(HASHES[position], position, size, hashes)
        return found == merkle.root(HASHES[:size])

    for size in _SIZES:
        for position in range(size):
            proof = list(merkle.inclusion_proof(HASHES[:size], position))
            assert leads(position, size, proof)
            changed = [[*proof, HASHES[0]], proof[:-1], [*proof[:-1], bytes(32)]] if proof else [[HASHES[0]]]
            assert all(refused(script, leads, position, size, each) for each in changed)


def test_growth_between_all_sizes_is_proved_and_nothing_else(script: Any) -> None:
    def leads(old: int, size: int, hashes: list[bytes]) -> bool:
        roots = merkle.root(HASHES[:old]), merkle.root(HASHES[:size])
        found: tuple[bytes, bytes] = script.roots_of_growth(old, size, roots[0], hashes)
        return found == roots

    for size in _SIZES:
        for old in range(1, size + 1):
            proof = list(merkle.consistency_proof(HASHES[:size], old, size))
            assert leads(old, size, proof)
            changed = [[*proof, HASHES[0]], proof[:-1], [*proof[:-1], bytes(32)]] if proof else [[HASHES[0]]]
            assert all(refused(script, leads, old, size, each) for each in changed), (old, size)
    assert refused(script, leads, 0, 1, [])
    assert refused(script, leads, 2, 1, [])

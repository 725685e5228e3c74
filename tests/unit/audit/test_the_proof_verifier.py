"""``verify_proof.py`` of the how-to, which outsiders run: it takes each true proof and none that was changed."""

from __future__ import annotations

import json
import subprocess
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


KEY = "wardline.invalid/example+1b2c3d4e+AQ=="
_EMPTY = {"leaf": "", "hashes": [], "position": 0, "checkpoint": ""}


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, 2, "NOTHING CHECKED: {file} cannot be read: No such file or directory"),
        ("no json", 2, "NOTHING CHECKED: {file} is no JSON"),
        ("[" * 100_000, 2, "NOTHING CHECKED: {file} is no JSON"),
        ("{}", 2, "NOTHING CHECKED: {file} is no proof"),
        ("[1]", 2, "NOTHING CHECKED: {file} is no proof"),
        (json.dumps(_EMPTY), 1, "WRONG: the verifier key is damaged"),
        (json.dumps({**_EMPTY, "leaf": 7}), 1, "WRONG: a part of the proof is missing or of another kind"),
        (json.dumps({"statement": 1, "signature": "", "entries": []}), 1, "WRONG: a part of the proof"),
    ],
)
def test_what_is_no_proof_is_told_apart_from_a_wrong_one(
    tmp_path: Path, content: str | None, code: int, said: str
) -> None:
    file = tmp_path / "proof.json"
    if content is not None:
        file.write_text(content)
    ended = run(file, KEY)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.startswith(said.format(file=file)), ended.stderr
    assert ended.stderr.count("\n") == 1


def test_what_it_was_not_given_is_said(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text(json.dumps({"old_size": 1, "hashes": [], "checkpoint": ""}))
    for given, said in (
        ((), "expected PROOF KEY"),
        ((file, "no key"), "KEY is no verifier key"),
        ((file, KEY, tmp_path / "kept.txt"), "kept.txt cannot be read"),
    ):
        ended = run(*given)
        assert ended.returncode == 2
        assert said in ended.stderr


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / "verify_proof.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)

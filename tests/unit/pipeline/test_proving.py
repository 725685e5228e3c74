"""One entry can be proved to somebody who trusts neither us nor our database, without reading the whole log each time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.audit import outsider
from wardline import audit
from wardline.audit.proofs import BLOCK_ENTRIES
from wardline.errors import AuditLogError, NotFoundError
from wardline.pipeline.proving import Prover
from wardline.records import Verb
from wardline.testing.harness import Line


def fill(line: Line, count: int) -> int:
    line.store.commit(
        entries=[line.parts.entry(Verb.CASE_OPENED, f"case-{number}") for number in range(count)]
    )
    return line.sequence()


def convinces(line: Line, proof: audit.Proof) -> bool:
    public_key = line.parts.log_key.public_key()
    key = audit.verifier_key(line.parts.log_origin, public_key)
    return outsider.accepts(dict(audit.proof_fields(proof, public_key)), key)


class Counting:
    """A store that counts the leaf hashes that are read from it."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.hashes = 0
        self.leaves = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def log_hashes(self, start: int, stop: int) -> Iterator[bytes]:
        for each in self._store.log_hashes(start, stop):
            self.hashes += 1
            yield each

    def log_entries_at(self, positions: Any) -> Any:
        self.leaves += len(positions)
        return self._store.log_entries_at(positions)

    def log_entries(self, start: int, stop: int) -> Any:
        raise AssertionError("read entries that it does not need")


@pytest.mark.parametrize("position", [0, 1, 6, 12])
def test_every_entry_can_be_proved_and_the_log_may_grow_meanwhile(line: Line, position: int) -> None:
    fill(line, 13)
    assert convinces(line, line.wardline.prove_entry(position))
    fill(line, 5)
    proof = line.wardline.prove_entry(position)
    assert (proof.position, proof.size) == (position, 18)
    assert convinces(line, proof)


@pytest.mark.parametrize("position", [-1, 13, 10**18])
def test_what_is_not_in_the_signed_log_cannot_be_proved(line: Line, position: int) -> None:
    fill(line, 13)
    with pytest.raises(NotFoundError, match="13"):
        line.wardline.prove_entry(position)


def test_in_an_empty_log_there_is_nothing_to_prove(line: Line) -> None:
    with pytest.raises(NotFoundError):
        line.wardline.prove_entry(0)


def test_after_the_first_proof_the_next_ones_read_two_blocks_of_hashes_at_most(line: Line) -> None:
    size = fill(line, 7 * BLOCK_ENTRIES + 300)
    store: Any = Counting(line.store)
    prover = Prover(replace(line.parts, store=store))
    assert convinces(line, prover.prove(5))
    assert store.hashes <= size + 2 * BLOCK_ENTRIES
    for position in (0, 4000, size - 1):
        store.hashes = store.leaves = 0
        assert convinces(line, prover.prove(position))
        assert store.hashes <= 2 * BLOCK_ENTRIES
        assert store.leaves == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entries SET leaf = CAST('{}' AS BLOB) WHERE position = 2",
        "UPDATE audit_entries SET leaf_hash = zeroblob(32) WHERE position = 5",
        "UPDATE audit_entries SET leaf_hash = 'no hash' WHERE position = 5",
        "DELETE FROM audit_entries WHERE position = 2",
        "DELETE FROM audit_entries WHERE position = 5",
        "UPDATE audit_checkpoints SET size = 7",
        "UPDATE audit_checkpoints SET note = replace(note, char(10) || '6' || char(10), char(10) || '7' || char(10))",
    ],
)
def test_nothing_is_proved_of_a_log_that_was_changed(tmp_path: Path, change: str) -> None:
    with Line(tmp_path, store="sqlite") as line:
        fill(line, 6)
        with closing(sqlite3.connect(tmp_path / "wardline.sqlite")) as connection, connection:
            assert connection.execute(change).rowcount > 0
        with pytest.raises(AuditLogError):
            line.wardline.prove_entry(2)


def test_what_is_remembered_of_a_log_that_was_changed_and_put_right_does_no_harm(tmp_path: Path) -> None:
    with Line(tmp_path, store="sqlite") as line:
        fill(line, BLOCK_ENTRIES + 10)
        database = tmp_path / "wardline.sqlite"
        with closing(sqlite3.connect(database)) as connection, connection:
            (right,) = connection.execute("SELECT leaf_hash FROM audit_entries WHERE position = 5").fetchone()
            connection.execute("UPDATE audit_entries SET leaf_hash = zeroblob(32) WHERE position = 5")
        with pytest.raises(AuditLogError):
            line.wardline.prove_entry(BLOCK_ENTRIES + 2)
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("UPDATE audit_entries SET leaf_hash = ? WHERE position = 5", (right,))
        assert convinces(line, line.wardline.prove_entry(BLOCK_ENTRIES + 2))

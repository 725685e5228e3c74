"""A proof convinces an outsider who uses none of our code; with one bit of it changed it convinces nobody."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.audit import logs, outsider
from wardline import audit, records
from wardline.errors import AuditLogError
from wardline.kernels import merkle

KEY = audit.verifier_key(logs.ORIGIN, logs.PUBLIC_KEY)
MOST = 5000
LEAVES = [logs.leaf(number) for number in range(MOST)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
SHARED = audit.Blocks()
"""Grows from example to example, as it does in a service."""


def checkpoint(size: int) -> records.Checkpoint:
    frontier = merkle.Frontier().extend(HASHES[:size])
    return audit.checkpoint(logs.ORIGIN, frontier, logs.KEY, logs.NOW)


def proof_of(position: int, size: int, blocks: audit.Blocks) -> audit.Proof:
    return audit.prove(
        LEAVES[position], position, checkpoint(size), origin=logs.ORIGIN, blocks=blocks,
        read=lambda start, stop: HASHES[start:stop],
    )  # fmt: skip


def fields_of(position: int, size: int) -> dict[str, Any]:
    return dict(audit.proof_fields(proof_of(position, size, audit.Blocks()), logs.PUBLIC_KEY))


@given(st.integers(1, 130), st.data())
def test_every_proof_convinces_an_outsider(size: int, data: st.DataObject) -> None:
    fields = fields_of(data.draw(st.integers(0, size - 1)), size)
    assert outsider.accepts(fields, KEY)


@settings(max_examples=40)
@given(st.integers(1, MOST), st.data())
def test_what_is_remembered_of_a_log_makes_the_same_proofs_as_reading_all_of_it(
    size: int, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, size - 1))
    proof = proof_of(position, size, audit.Blocks())
    assert proof.hashes == merkle.inclusion_proof(HASHES[:size], position)
    assert proof_of(position, size, SHARED) == proof
    assert outsider.accepts(dict(audit.proof_fields(proof, logs.PUBLIC_KEY)), KEY)


@settings(max_examples=400)
@given(st.integers(1, 130), st.data())
def test_any_flipped_bit_convinces_nobody(size: int, data: st.DataObject) -> None:
    fields = fields_of(data.draw(st.integers(0, size - 1)), size)
    name = data.draw(st.sampled_from(sorted(name for name in fields if fields[name] != [])))
    fields[name] = flipped(fields[name], data)
    assert not outsider.accepts(fields, KEY)


def flipped(value: Any, data: st.DataObject) -> Any:
    """Change one bit of a number, of what a base64 text stands for, or of any other text."""
    match value:
        case int():
            return value ^ 1 << data.draw(st.integers(0, 40))
        case list():
            at = data.draw(st.integers(0, len(value) - 1))
            return [*value[:at], flipped(value[at], data), *value[at + 1 :]]
    try:
        raw, is_base64 = outsider.decoded(value), True
    except (ValueError, AssertionError):
        raw, is_base64 = value.encode(), False
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return base64.b64encode(changed).decode() if is_base64 else changed.decode("utf-8", "replace")


@given(st.integers(2, 130), st.data())
def test_our_own_check_refuses_what_an_outsider_would(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, size - 1))
    proof = proof_of(position, size, audit.Blocks())
    audit.check_proof(proof, logs.ORIGIN, logs.PUBLIC_KEY)
    bits = data.draw(st.integers(0, 256 * len(proof.hashes) - 1))
    joined = bytearray(b"".join(proof.hashes))
    joined[bits // 8] ^= 1 << bits % 8
    changed = tuple(bytes(joined[at : at + 32]) for at in range(0, len(joined), 32))
    for wrong in ({"hashes": changed}, {"hashes": proof.hashes[:-1]}, {"leaf": proof.leaf + b" "}, {"size": size + 1},
                  {"position": (position + 1) % size}, {"origin": "another.example/log"}):  # fmt: skip
        with pytest.raises(AuditLogError):
            audit.check_proof(replace(proof, **wrong), logs.ORIGIN, logs.PUBLIC_KEY)

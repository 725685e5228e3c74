"""Verification finds every change to a signed log and names where it begins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.audit.logs import KEY, NOW, ORIGIN, PUBLIC_KEY, Line, checkpoints, leaf, lines, verify
from wardline import audit, records
from wardline.kernels import merkle

SIZE = 40
SIGNED_AT = (15, 40)


def bits_flipped(data: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def with_line(entries: list[Line], line: Line) -> list[Line]:
    return [line if old[0] == line[0] else old for old in entries]


def consistent(position: int, content: bytes) -> Line:
    """Give an entry as somebody writes it who knows how entries are hashed."""
    return position, content, merkle.leaf_hash(content)


def test_an_untouched_log_is_found_intact() -> None:
    verdict = verify(lines(SIZE), checkpoints(SIGNED_AT))
    assert verdict == audit.Verdict(
        ok=True, entries=SIZE, unsigned=0, first_bad=None, reason="40 entries are intact and signed"
    )


def test_a_log_without_anything_in_it_is_intact() -> None:
    assert verify([], []).ok
    assert verify([], checkpoints([0])).ok


@given(st.integers(0, 60), st.lists(st.integers(0, 60), max_size=8))
def test_any_log_signed_at_any_sizes_is_intact(size: int, sizes: list[int]) -> None:
    verdict = verify(lines(size), checkpoints([*sorted(min(size, number) for number in sizes), size]))
    assert (verdict.ok, verdict.entries, verdict.unsigned) == (True, size, 0)


def test_a_log_longer_than_one_batch_is_read_to_its_end() -> None:
    verdict = verify(lines(5000), checkpoints([1, 1023, 1024, 1025, 3000, 5000]))
    assert (verdict.ok, verdict.entries) == (True, 5000)


@pytest.mark.parametrize("position", range(SIZE))
def test_a_flipped_bit_of_an_entry_or_its_hash_is_found_there(position: int) -> None:
    entries, signed = lines(SIZE), checkpoints(SIGNED_AT)
    _, content, stored = entries[position]
    changed = [(position, other, stored) for other in bits_flipped(content)]
    changed += [(position, content, other) for other in bits_flipped(stored)]
    for line in changed:
        verdict = verify(with_line(entries, line), signed)
        assert (verdict.ok, verdict.entries, verdict.first_bad) == (False, position, position)


@pytest.mark.parametrize("number", range(len(SIGNED_AT)))
def test_a_flipped_bit_of_a_checkpoint_is_found_and_what_it_covered_is_in_doubt(number: int) -> None:
    entries, signed = lines(SIZE), checkpoints(SIGNED_AT)
    good = signed[number]
    changed = [
        replace(good, note=note.decode(errors="surrogateescape")) for note in bits_flipped(good.note.encode())
    ]
    changed += [replace(good, root=root) for root in bits_flipped(good.root)]
    changed += [replace(good, size=good.size ^ 1 << bit) for bit in range(63)]
    for checkpoint in changed:
        verdict = verify(entries, [*signed[:number], checkpoint, *signed[number + 1 :]])
        assert (verdict.ok, verdict.first_bad) == (False, (0, *SIGNED_AT)[number])


@pytest.mark.parametrize("position", range(SIZE))
def test_an_entry_changed_together_with_its_hash_is_found_by_the_next_checkpoint(position: int) -> None:
    verdict = verify(with_line(lines(SIZE), consistent(position, b'{"n": -1}')), checkpoints(SIGNED_AT))
    first, last = (0, 14) if position < 15 else (15, 39)
    assert (verdict.ok, verdict.first_bad) == (False, first)
    assert f"entries {first} to {last}" in verdict.reason


@pytest.mark.parametrize("position", range(SIZE - 1))
def test_a_dropped_entry_is_found_where_it_was(position: int) -> None:
    entries = [line for line in lines(SIZE) if line[0] != position]
    verdict = verify(entries, checkpoints(SIGNED_AT))
    assert (verdict.ok, verdict.first_bad, verdict.entries) == (False, position, position)
    assert "missing" in verdict.reason


@pytest.mark.parametrize("position", range(SIZE))
def test_an_entry_dropped_and_the_rest_moved_up_is_found(position: int) -> None:
    contents = [content for at, content, _ in lines(SIZE) if at != position]
    verdict = verify([consistent(at, content) for at, content in enumerate(contents)], checkpoints(SIGNED_AT))
    # Only the missing end is certain: what comes before it was never compared with a root.
    assert (verdict.ok, verdict.first_bad) == (False, 0 if position < 15 else 39)
    assert position < 15 or "entries 15 to 38 cannot be compared" in verdict.reason


@pytest.mark.parametrize("position", range(SIZE))
def test_an_inserted_entry_is_found(position: int) -> None:
    contents = [content for _, content, _ in lines(SIZE)]
    contents.insert(position, b'{"n": -1}')
    verdict = verify([consistent(at, content) for at, content in enumerate(contents)], checkpoints(SIGNED_AT))
    assert not verdict.ok
    assert verdict.first_bad == (0 if position < 15 else 15)


@pytest.mark.parametrize("position", range(SIZE - 1))
def test_two_entries_that_changed_places_are_found(position: int) -> None:
    entries = lines(SIZE)
    (_, one, _), (_, two, _) = entries[position : position + 2]
    entries[position : position + 2] = [consistent(position, two), consistent(position + 1, one)]
    assert not verify(entries, checkpoints(SIGNED_AT)).ok


@pytest.mark.parametrize("position", range(SIZE))
def test_a_repeated_entry_is_found_where_it_is_repeated(position: int) -> None:
    entries = lines(SIZE)
    entries.insert(position + 1, entries[position])
    verdict = verify(
        entries, checkpoints(SIGNED_AT) if position < SIZE - 1 else checkpoints([*SIGNED_AT, 41])
    )
    assert (verdict.ok, verdict.first_bad) == (False, position)


def test_entries_out_of_order_are_found_at_the_first() -> None:
    entries = lines(SIZE)
    entries[7], entries[8] = entries[8], entries[7]
    assert verify(entries, checkpoints(SIGNED_AT)).first_bad == 7


@pytest.mark.parametrize("left", range(SIZE))
def test_a_log_that_was_cut_off_is_found_at_the_first_missing_entry(left: int) -> None:
    verdict = verify(lines(left), checkpoints(SIGNED_AT))
    assert (verdict.ok, verdict.first_bad, verdict.entries) == (False, left, left)


def test_a_log_cut_off_with_its_checkpoints_is_found_against_a_copy_kept_outside() -> None:
    first, last = checkpoints(SIGNED_AT)
    assert verify(lines(15), [first]).ok
    verdict = verify(lines(15), [first, last])
    assert (verdict.ok, verdict.first_bad) == (False, 15)


def test_a_log_signed_anew_is_found_against_a_copy_kept_outside() -> None:
    entries = with_line(lines(SIZE), consistent(3, b'{"n": -1}'))
    frontier = merkle.Frontier()
    _, anew = audit.sign_batch(frontier, [content for _, content, _ in entries], KEY, ORIGIN, NOW)
    assert verify(entries, [anew]).ok
    verdict = verify(entries, [*checkpoints([SIZE]), anew])
    assert (verdict.ok, verdict.first_bad) == (False, 0)


def test_two_checkpoints_of_one_size_must_agree() -> None:
    frontier, _ = audit.sign_batch(merkle.Frontier(), [b"{}"] * SIZE, KEY, ORIGIN, NOW)
    fork = audit.checkpoint(ORIGIN, frontier, KEY, NOW)
    verdict = verify(lines(SIZE), [*checkpoints(SIGNED_AT), fork])
    assert (verdict.ok, verdict.first_bad, verdict.entries) == (False, None, SIZE)
    assert verify(lines(SIZE), [*checkpoints(SIGNED_AT), *checkpoints([SIZE])]).ok


def test_checkpoints_out_of_order_are_a_finding() -> None:
    verdict = verify(lines(SIZE), checkpoints(SIGNED_AT)[::-1])
    assert (verdict.ok, verdict.first_bad) == (False, None)


def test_entries_beyond_the_last_checkpoint_are_a_finding() -> None:
    verdict = verify(lines(SIZE), checkpoints([15, 37]))
    assert (verdict.ok, verdict.entries, verdict.unsigned, verdict.first_bad) == (False, SIZE, 3, 37)


def test_a_changed_entry_beyond_the_last_checkpoint_is_found() -> None:
    entries = lines(SIZE)
    entries[38] = (38, b"{}", entries[38][2])
    verdict = verify(entries, checkpoints([15, 37]))
    assert (verdict.ok, verdict.first_bad, verdict.unsigned) == (False, 38, 1)


def test_entries_without_any_checkpoint_are_a_finding() -> None:
    verdict = verify(lines(SIZE), [])
    assert (verdict.ok, verdict.unsigned, verdict.first_bad) == (False, SIZE, 0)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"text"', b"\xff{}", '{"n": 1}'.encode("utf-16"), b"[" * 100_000, b'{"n": 1}{'],
)
def test_an_entry_that_is_no_json_object_is_found_though_it_was_signed(content: bytes) -> None:
    contents = [leaf(0), content, leaf(2)]
    _, checkpoint = audit.sign_batch(merkle.Frontier(), contents, KEY, ORIGIN, NOW)
    verdict = verify([consistent(at, each) for at, each in enumerate(contents)], [checkpoint])
    assert (verdict.ok, verdict.first_bad) == (False, 1)
    assert "JSON" in verdict.reason


def test_a_verdict_repeats_nothing_of_an_entry() -> None:
    entries = with_line(lines(SIZE), (5, json.dumps({"name": "q7z"}).encode(), bytes(32)))
    assert "q7z" not in verify(entries, checkpoints(SIGNED_AT)).reason


def test_both_sides_are_read_once_and_no_further_than_needed() -> None:
    read: list[int] = []

    def entries() -> Iterator[Line]:
        for line in lines(SIZE):
            read.append(line[0])
            yield line

    def signed() -> Iterator[records.Checkpoint]:
        for checkpoint, before in zip(checkpoints(SIGNED_AT), (0, 15), strict=True):
            assert len(read) == before
            yield checkpoint

    assert audit.verify_log(entries(), signed(), ORIGIN, PUBLIC_KEY).ok
    assert read == list(range(SIZE))

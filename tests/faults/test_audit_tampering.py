"""Every small change to a signed log of a hundred entries, tried one by one: each is found.

``pytest -m faults -n 0 tests/faults/test_audit_tampering.py``, an entry a seed, from 0 to 99 (``FAULTS_FIRST``, ``FAULTS_COUNT``); ``tests/unit/audit/test_verification.py`` tries the same on a smaller log each time, and says where
each change is found. A million entries are verified by ``wardline bench audit``.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import add

import pytest

from tests.faults import spread
from tests.unit.audit.logs import KEY, NOW, ORIGIN, Line, checkpoints, lines, verify
from tests.unit.audit.test_verification import bits_flipped, consistent, with_line
from wardline import audit, records
from wardline.kernels import merkle

_SIZE = 100
_SIGNED_AT = (33, 66, 100)
Change = tuple[str, list[Line], list[records.Checkpoint]]
"""What was done, and the log as it is then."""


def changes_at(position: int) -> Iterator[Change]:
    """Give every small change to one entry of the log, by somebody who knows how entries are hashed, and by chance."""
    entries, signed = lines(_SIZE), checkpoints(_SIGNED_AT)
    _, content, stored = entries[position]
    for other in bits_flipped(content):
        yield "bit of an entry", with_line(entries, (position, other, stored)), signed
        yield "bit of an entry, its hash made to fit", with_line(entries, consistent(position, other)), signed
    for other in bits_flipped(stored):
        yield "bit of a hash", with_line(entries, (position, content, other)), signed
    contents = [each for _, each, _ in entries]
    yield "dropped", [line for line in entries if line[0] != position], signed
    yield "dropped, the rest moved up", _numbered([*contents[:position], *contents[position + 1 :]]), signed
    yield "inserted", _numbered([*contents[:position], b'{"n": -1}', *contents[position:]]), signed
    yield "repeated", _numbered([*contents[: position + 1], *contents[position:]]), signed
    yield "cut off", entries[:position], signed
    for other_position in range(position + 1, _SIZE):
        swapped = contents.copy()
        swapped[position], swapped[other_position] = swapped[other_position], swapped[position]
        yield "two changed places", _numbered(swapped), signed


def changes_to_checkpoints() -> Iterator[Change]:
    """Give every flipped bit of every checkpoint, each pair that changed places, and the last ones dropped.

    One that is dropped while a later one stays is no finding, for that one is signed over all its entries too; see below.
    """
    entries, signed = lines(_SIZE), checkpoints(_SIGNED_AT)
    for number, good in enumerate(signed):
        changed = [
            replace(good, note=note.decode(errors="surrogateescape"))
            for note in bits_flipped(good.note.encode())
        ]
        changed += [replace(good, root=root) for root in bits_flipped(good.root)]
        changed += [replace(good, size=good.size ^ 1 << bit) for bit in range(63)]
        for each in changed:
            yield "bit of a checkpoint", entries, [*signed[:number], each, *signed[number + 1 :]]
    for one, other in itertools.combinations(range(len(signed)), 2):
        swapped = signed.copy()
        swapped[one], swapped[other] = swapped[other], swapped[one]
        yield "checkpoints changed places", entries, swapped
    for kept in range(len(signed)):
        yield "the last checkpoints dropped", entries, signed[:kept]
        yield "entries of the last checkpoints cut off", entries[: _SIGNED_AT[kept] - 1], signed[: kept + 1]


def _numbered(contents: list[bytes]) -> list[Line]:
    return [consistent(position, content) for position, content in enumerate(contents)]


def missed(changes: Iterator[Change]) -> Counter[str]:
    """Count the changes, as ``tried``, and those that verification did not find, by what was done."""
    counted: Counter[str] = Counter()
    for what, entries, signed in changes:
        counted["tried"] += 1
        if verify(entries, signed).ok:
            counted[what] += 1
    return counted


def missed_at(positions: range) -> Counter[str]:
    return reduce(add, (missed(changes_at(position)) for position in positions), Counter[str]())


@pytest.mark.parametrize("position", [0, 32, 33, 99])
def test_each_change_to_an_entry_at_the_edge_of_a_checkpoint_is_found(position: int) -> None:
    found = missed(changes_at(position))
    assert found.pop("tried") > 400
    assert not +found


def test_the_changes_of_somebody_who_hashes_and_signs_anew_are_missed_and_counted() -> None:
    def signed_anew(changes: Iterator[Change]) -> Iterator[Change]:
        """Sign each changed log as the holder of the key could: only what does not fit in itself is found then."""
        for what, entries, _ in changes:
            leaves = [content for _, content, _ in entries]
            yield what, entries, [audit.sign_batch(merkle.Frontier(), leaves, KEY, ORIGIN, NOW)[1]]

    found = missed(signed_anew(changes_at(5)))
    assert found["bit of an entry"] == found["bit of a hash"] == found["dropped"] == 0
    assert found["two changed places"] == _SIZE - 6


def test_a_checkpoint_that_is_dropped_under_a_later_one_takes_nothing_from_what_is_signed() -> None:
    entries, signed = lines(_SIZE), checkpoints(_SIGNED_AT)
    for number in range(len(signed) - 1):
        rest = [*signed[:number], *signed[number + 1 :]]
        assert verify(entries, rest).ok
        for at in (0, _SIGNED_AT[number] - 1, _SIZE - 1):
            _, content, _ = entries[at]
            changed = with_line(entries, consistent(at, content + b" "))
            assert not verify(changed, rest).ok


def test_every_small_change_to_the_checkpoints_is_found() -> None:
    found = missed(changes_to_checkpoints())
    assert found.pop("tried") > 1000
    assert not +found


@pytest.mark.faults
def test_every_change_to_every_entry_and_checkpoint_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    positions = spread.seeds(range(_SIZE))
    found = reduce(
        add, spread.over(positions, missed_at, pieces=len(positions)), missed(changes_to_checkpoints())
    )
    with capsys.disabled():
        spread.tell(f"{found}")
    assert found.pop("tried") > 400 * len(positions)
    assert not +found

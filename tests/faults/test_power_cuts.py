"""The power is cut at any moment: whatever was acknowledged is there afterwards, and nothing is there by halves.

``pytest -m faults -n 0 tests/faults/test_power_cuts.py`` cuts it 20,000 times, 40 times with each of 500 seeds (``FAULTS_FIRST``, ``FAULTS_COUNT``). What is real in it and what a twin stands in ``power``.
The same cuts with ``synchronous=NORMAL`` lose acknowledged commits: so the harness finds a loss where there is one.
"""

from __future__ import annotations

import random
import tempfile
from functools import reduce
from operator import add
from pathlib import Path

import pytest

from tests.faults import power, spread
from tests.faults.disk import SECTOR_BYTES, Event, Flush, Image, Write, after_power_cut
from tests.faults.power import Tally

_CUTS_A_SEED = 40
_SEEDS = range(500)


def cut_with_each_seed(seeds: range) -> Tally:
    return _cut(seeds, None)


def cut_with_each_seed_and_without_waiting_for_the_disk(seeds: range) -> Tally:
    return _cut(seeds, "NORMAL")


def _cut(seeds: range, synchronous: str | None) -> Tally:
    total = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            total += power.cut_often(seed, _CUTS_A_SEED, Path(folder), synchronous=synchronous)
    return total


def _checked(total: Tally, cuts: int) -> None:
    assert total.cuts == cuts
    assert total.acknowledged > cuts
    assert total.signed > 0.1 * cuts
    assert (total.lost, total.unsound) == (0, 0), total


def test_forty_power_cuts_lose_nothing_that_was_acknowledged() -> None:
    _checked(cut_with_each_seed(range(1)), _CUTS_A_SEED)


def test_the_same_cuts_lose_commits_where_the_store_does_not_wait_for_the_disk() -> None:
    assert cut_with_each_seed_and_without_waiting_for_the_disk(range(1)).lost > 0


def test_the_same_seed_writes_the_same_and_cuts_at_the_same_places() -> None:
    def written(seed: int) -> list[tuple[object, ...]]:
        recording = power.record(power.new_files(), random.Random(seed))
        return [
            (type(event).__name__, getattr(event, "name", event), getattr(event, "at", 0), len(getattr(event, "data", None) or b""))
            for event in recording.events
        ]  # fmt: skip

    assert written(3) == written(3)
    assert written(3) != written(4)


def test_what_was_flushed_survives_each_cut_and_the_rest_survives_by_sectors() -> None:
    before: Image = {"file": b""}
    old, new = b"o" * 4 * SECTOR_BYTES, b"n" * 4 * SECTOR_BYTES
    events: list[Event] = [Write("file", 0, old), Flush("file"), Write("file", 0, new)]
    seen = {after_power_cut(before, events, random.Random(seed))["file"] for seed in range(200)}
    assert {old, new} < seen
    sectors = [
        content[at : at + SECTOR_BYTES] for content in seen for at in range(0, 4 * SECTOR_BYTES, SECTOR_BYTES)
    ]
    assert set(sectors) == {b"o" * SECTOR_BYTES, b"n" * SECTOR_BYTES}


@pytest.mark.faults
def test_twenty_thousand_power_cuts_lose_nothing_that_was_acknowledged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seeds = spread.seeds(_SEEDS)
    total = reduce(add, spread.over(seeds, cut_with_each_seed, pieces=100))
    with capsys.disabled():
        spread.tell(f"{total}")
    _checked(total, _CUTS_A_SEED * len(seeds))


@pytest.mark.faults
def test_two_thousand_of_the_same_cuts_lose_commits_where_the_store_does_not_wait_for_the_disk(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seeds = spread.seeds(_SEEDS[:50])
    total = reduce(add, spread.over(seeds, cut_with_each_seed_and_without_waiting_for_the_disk, pieces=10))
    with capsys.disabled():
        spread.tell(f"{total}")
    assert total.lost > 0
    assert total.unsound == 0

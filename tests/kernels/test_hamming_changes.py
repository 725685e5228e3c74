"""Additions, removals and merges in any order, against the plain twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.kernels.hamming_lists import NARROW, around, assert_same, random_hashes, tables_always
from wardline.errors import AlreadyExistsError
from wardline.kernels.hamming import HammingIndex, ReferenceIndex

NUMBERS = st.lists(st.integers(-20, 20), max_size=8)
CENTRES = random_hashes(3, seed=1)


class Changes(RuleBasedStateMachine):
    """An index and its plain twin, changed alike."""

    @initialize(numbers=NUMBERS, seed=st.integers(0, 99))
    def build(self, numbers: list[int], seed: int) -> None:
        ids = np.array(sorted(set(numbers)), np.int64)
        hashes = around(CENTRES, len(ids), 45, seed)
        self.index = HammingIndex.build(hashes, ids, _widths=NARROW)
        self.reference = ReferenceIndex(hashes, ids)

    @rule(numbers=NUMBERS, seed=st.integers(0, 99))
    def add(self, numbers: list[int], seed: int) -> None:
        ids = np.array(numbers, np.int64)
        hashes = around(CENTRES, len(ids), 45, seed)
        try:
            self.reference.add(hashes, ids)
        except AlreadyExistsError:
            with pytest.raises(AlreadyExistsError):
                self.index.add(hashes, ids)
        else:
            self.index.add(hashes, ids)

    @rule(numbers=NUMBERS)
    def remove(self, numbers: list[int]) -> None:
        self.reference.remove(np.array(numbers, np.int64))
        self.index.remove(np.array(numbers, np.int64))

    @rule()
    def merge(self) -> None:
        self.index = self.index.merged()
        assert self.index.changes == 0

    @rule(numbers=NUMBERS, seed=st.integers(0, 99))
    def merge_while_it_changes(self, numbers: list[int], seed: int) -> None:
        """Freeze, change, merge what was frozen, and make the changes again."""
        state = self.index.frozen()
        gone, new = np.array(numbers, np.int64), np.array(sorted(set(numbers)), np.int64)
        hashes = around(CENTRES, len(new), 45, seed)
        for each in (self.index, self.reference):
            each.remove(gone)
            each.add(hashes, new)
        fresh = state.merged()
        fresh.remove(gone)
        fresh.add(hashes, new)
        self.index = fresh

    @invariant()
    def they_answer_alike(self) -> None:
        for radius_bits in (0, 31, 39):
            assert_same(self.index, self.reference, CENTRES, radius_bits)
        assert len(self.index) == len(self.reference.search(CENTRES[:1], 256)[1])


def test_additions_removals_and_merges_in_any_order_give_what_the_plain_twin_gives() -> None:
    with tables_always():
        run_state_machine_as_test(
            Changes, settings=settings(max_examples=25, stateful_step_count=12, deadline=None)
        )


def test_what_was_frozen_stays_as_it_was() -> None:
    hashes = around(CENTRES, 40, 45, seed=3)
    numbers = np.arange(40, dtype=np.int64)
    index = HammingIndex.build(hashes[:20], numbers[:20])
    index.add(hashes[20:30], numbers[20:30])
    index.remove(np.array([3, 23], np.int64))
    expected = [number for number in range(30) if number not in {3, 23}]
    state = index.frozen()
    index.remove(np.array([4, 24], np.int64))
    index.add(hashes[30:], numbers[30:])
    for found in (state, state.merged()):
        assert len(found) == len(expected)
    assert sorted(state.merged().search(CENTRES, 256).ids[:28].tolist()) == expected

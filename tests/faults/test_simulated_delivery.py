"""A hundred thousand reports delivered through faults and crashes: each is finished exactly once, and complete.

``pytest -m faults -n 0 tests/faults/test_simulated_delivery.py``, a case a seed (``FAULTS_FIRST``, ``FAULTS_COUNT``). The world and its small runs are in ``tests/property/test_referral_simulation.py``:
faults before and after every call, crashes around every call and every commit, time that runs out. Nothing there waits or touches a disk.
"""

from __future__ import annotations

import pytest

from tests.faults import spread
from tests.property.test_batch_simulation import check_batches
from tests.property.test_bundle_simulation import check_bundles
from tests.property.test_referral_simulation import (
    check_in_words,
    check_with_rejections,
    check_without_rejections,
    is_right,
    world_of,
)

_SEEDS = range(10_000, 110_000)
_CASES_A_PIECE = 1000


def wrong_without_word_of_restarts(seeds: range) -> int:
    """Count the wrong ends where the pipeline does not say that it was restarted: the bug that the long run must be able to find."""
    worlds = [world_of(seed, tells_restarts=False) for seed in seeds]
    for world in worlds:
        world.run()
    return sum(not is_right(world) for world in worlds)


def test_the_pieces_of_a_long_run_cover_every_seed_and_find_a_planted_bug() -> None:
    assert sum(spread.over(range(400), wrong_without_word_of_restarts, pieces=4)) > 0
    assert [piece for each in spread.over(range(7), list, pieces=3) for piece in each] == list(range(7))


def test_a_piece_that_fails_fails_the_run() -> None:
    with pytest.raises(ZeroDivisionError):
        spread.over(range(-2, 2), one_divided, pieces=4)


def one_divided(seeds: range) -> float:
    return sum(1 / seed for seed in seeds)


@pytest.mark.faults
def test_a_hundred_thousand_cases_end_with_exactly_one_finished_and_complete_report() -> None:
    seeds = spread.seeds(_SEEDS)
    spread.over(seeds, check_without_rejections, pieces=-(-len(seeds) // _CASES_A_PIECE))


@pytest.mark.faults
def test_a_hundred_thousand_cases_with_rejections_never_end_with_two_reports() -> None:
    seeds = spread.seeds(_SEEDS)
    spread.over(seeds, check_with_rejections, pieces=-(-len(seeds) // _CASES_A_PIECE))


@pytest.mark.faults
def test_a_hundred_thousand_reports_of_several_end_with_each_file_in_exactly_one() -> None:
    seeds = spread.seeds(_SEEDS)
    spread.over(seeds, check_bundles, pieces=-(-len(seeds) // _CASES_A_PIECE))


@pytest.mark.faults
def test_a_hundred_thousand_batched_reports_end_with_each_account_in_exactly_one() -> None:
    seeds = spread.seeds(_SEEDS)
    spread.over(seeds, check_batches, pieces=-(-len(seeds) // _CASES_A_PIECE))


@pytest.mark.faults
def test_a_hundred_thousand_reports_without_a_file_end_finished_exactly_once() -> None:
    seeds = spread.seeds(_SEEDS)
    spread.over(seeds, check_in_words, pieces=-(-len(seeds) // _CASES_A_PIECE))

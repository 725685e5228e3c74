"""A hundred thousand damaged pictures in the real sandbox: each ends with an answer, and costs no more than it may.

``pytest -m faults -n 0 tests/faults/test_decode_fuzzing.py``, a picture a seed (``FAULTS_FIRST``, ``FAULTS_COUNT``). Time is the worker's own processor time, as the kernel counts it (in hundredths of a second), and not the
clock's, for the machine may do other things; memory is the most that a worker ever held, what it shares with others included.
"""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from operator import add

import pytest
from PIL import Image

from tests.faults import mutants, spread
from tests.faults.metered import metered
from wardline import records
from wardline.adapters.media import Caps, SandboxMedia
from wardline.adapters.media.reasons import Reason
from wardline.kernels import jpeg, native, pdq
from wardline.testing import pictures

_MOST_SECONDS = 2.0
_MOST_BYTES = 512_000_000
_PATIENCE = 120.0
_CAPS = Caps(bytes=10_000_000, memory_bytes=_MOST_BYTES, seconds=_PATIENCE)
_DECODED = "decoded"
_NOT_ITS_FAULT = {Reason.DIED.value, Reason.LATE.value, Reason.UNAVAILABLE.value}


@dataclass
class Cost:
    """What many pictures came to."""

    ends: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    slowest: int | None = None
    """Its seed."""
    peak_bytes: int = 0
    deaths: list[int] = field(default_factory=list)
    """Seeds at which a worker died."""

    def __add__(self, other: Cost) -> Cost:
        slower = max(self, other, key=lambda each: each.slowest_seconds)
        return Cost(
            self.ends + other.ends, slower.slowest_seconds, slower.slowest,
            max(self.peak_bytes, other.peak_bytes), self.deaths + other.deaths,
        )  # fmt: skip


def fuzz(seeds: range) -> Cost:
    """Have the mutants of seeds hashed and shown, as an upload and a reviewer would."""
    cost, died = Cost(), list[str]()
    media = SandboxMedia(
        ("wardline.adapters.hashers:default",), caps=_CAPS, workers=1, on_worker_death=died.append, jobs_per_worker=1000
    )  # fmt: skip
    try:
        with metered(media) as meter:
            for seed in seeds:
                cost.ends[_end_of(media, mutants.mutant(seed), random.Random(seed))] += 1
                seconds = meter.taken()
                if seconds > cost.slowest_seconds:
                    cost.slowest_seconds, cost.slowest = seconds, seed
                if died:
                    cost.deaths.append(seed)
                    died.clear()
            cost.peak_bytes = meter.peak_bytes
    finally:
        media.close()
    return cost


def _end_of(media: SandboxMedia, content: bytes, chance: random.Random) -> str:
    hashed = media.hash(content, precision=chance.choice(list(records.Precision)))
    shown = media.render(
        content, frame=chance.choice((0, 0, 1)), longest_side=64, rendition=chance.choice(list(records.Rendition))
    )  # fmt: skip
    ends = [each.reason for each in (hashed, shown) if isinstance(each, records.Unscannable)]
    return next((end for end in ends if end in _NOT_ITS_FAULT), ends[0] if ends else _DECODED)


def _check(cost: Cost, count: int) -> None:
    assert sum(cost.ends.values()) == count
    assert not _NOT_ITS_FAULT & cost.ends.keys(), cost
    assert cost.deaths == []
    assert cost.slowest_seconds <= _MOST_SECONDS, cost
    assert 0 < cost.peak_bytes <= _MOST_BYTES, cost
    assert cost.ends[_DECODED] > 0.1 * count
    assert cost.ends[Reason.DAMAGED.value] > 0.1 * count


def test_four_hundred_damaged_pictures_end_with_an_answer_each_and_cost_no_more_than_they_may() -> None:
    _check(fuzz(range(400)), 400)


def test_a_seed_gives_the_same_mutant_again_and_most_differ_from_each_other() -> None:
    made = [mutants.mutant(seed) for seed in range(200)]
    assert made == [mutants.mutant(seed) for seed in range(200)]
    assert len(set(made)) > 150


def test_large_jpegs_are_whole_and_their_mutants_meet_both_decoders() -> None:
    if native.library("jpeg") is None:
        pytest.skip("the JPEG kernel was not built, expected a C compiler at the set-up")

    def read_by_the_kernel(content: bytes) -> bool:
        try:
            with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
                size = opened.size
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return False
        factor = pdq.factor_for(size)
        return factor is not None and jpeg.luma(content, size, factor) is not None

    whole = mutants.large_jpegs()
    assert [read_by_the_kernel(each) for each in whole] == [True] * 6 + [False, True, False]
    made = [mutants.mutant_of(each, random.Random(seed)) for each in whole for seed in range(40)]
    read = sum(map(read_by_the_kernel, made))
    assert 0.02 * len(made) < read < 0.9 * len(made)


def test_a_worker_that_is_busy_for_long_or_holds_much_is_noticed() -> None:
    media = SandboxMedia(("tests.faults.wasteful:hasher",), caps=_CAPS, workers=1)
    content = pictures.encode(pictures.scene(1, (64, 48)), "png")
    try:
        with metered(media) as meter:
            assert isinstance(media.hash(content), records.Examination)
            assert meter.taken() < 1
            assert isinstance(media.hash(content + b"#slow"), records.Examination)
            assert meter.taken() > _MOST_SECONDS
            assert meter.peak_bytes < 300_000_000
            assert isinstance(media.hash(content + b"#large"), records.Examination)
            assert meter.peak_bytes > 300_000_000
    finally:
        media.close()


@pytest.mark.faults
def test_a_hundred_thousand_damaged_pictures_end_with_an_answer_each_and_cost_no_more_than_they_may(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seeds = spread.seeds(range(1000, 101_000))
    cost = reduce(add, spread.over(seeds, fuzz, pieces=-(-len(seeds) // 1000)))
    with capsys.disabled():
        spread.tell(f"{cost}")
    _check(cost, len(seeds))

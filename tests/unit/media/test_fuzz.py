"""Damaged pictures by the hundred: each call ends with a value, and no worker dies."""

from __future__ import annotations

import random

import pytest

from wardline import records
from wardline.adapters.media import Caps, SandboxMedia, warming
from wardline.adapters.media.reasons import Reason
from wardline.records import MediaFormat
from wardline.testing import pictures

_EXTREMES = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f")
_FORMATS = frozenset(MediaFormat) - {MediaFormat.HEIC}
_HONEST = {reason.value for reason in Reason} - {
    Reason.DIED.value,
    Reason.UNAVAILABLE.value,
    Reason.LATE.value,
}


def _originals() -> list[bytes]:
    drawn = [
        pictures.encode(pictures.scene(seed, (160, 120)), name) for seed, name in enumerate(pictures.FORMATS)
    ]
    return [*drawn, *warming.samples(_FORMATS)]


def _mutant(original: bytes, chance: random.Random) -> bytes:
    content = bytearray(original)
    for _ in range(chance.choice((1, 2, 4, 16))):
        place = chance.randrange(len(content) if chance.random() < 0.5 else min(len(content), 200))
        match chance.randrange(5):
            case 0:
                content[place] = chance.randrange(256)
            case 1:
                content[place] ^= 1 << chance.randrange(8)
            case 2:
                del content[place : place + chance.randrange(1, 64)]
            case 3:
                content[place:place] = content[place : place + chance.randrange(1, 32)]
            case _:
                content[place : place + 4] = chance.choice(_EXTREMES)
        if not content:
            return b"\0"
    return bytes(content)


def _check(count: int, seed: int) -> None:
    deaths: list[str] = []
    chance = random.Random(seed)
    originals = _originals()
    media = SandboxMedia(
        ("wardline.adapters.hashers:default",),
        caps=Caps(seconds=60.0),
        workers=1,
        on_worker_death=deaths.append,
    )
    try:
        for number in range(count):
            content = _mutant(chance.choice(originals), chance)
            calls = (
                media.probe(content),
                *(media.hash(content, precision=precision) for precision in records.Precision),
                media.render(content, frame=number % 2, longest_side=64),
                media.render(content, frame=number % 2, rendition=records.Rendition.COVER),
            )
            for found in calls:
                assert not isinstance(found, records.Unscannable) or found.reason in _HONEST
    finally:
        media.close()
    assert deaths == []


def test_three_hundred_damaged_pictures_kill_no_worker() -> None:
    _check(300, seed=20_261_123)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(4))
def test_many_thousand_damaged_pictures_kill_no_worker(seed: int) -> None:
    _check(4_000, seed)

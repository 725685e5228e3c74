"""Answers from a worker that may lie: a valid record, or nothing."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from wardline import records
from wardline.adapters.media import Caps, wire
from wardline.adapters.media.reasons import Reason
from wardline.records import HashKind, MediaFormat

_CAPS = Caps(pixels=10_000, frames=50)
_KINDS = (HashKind.MD5, HashKind.SHA256, HashKind.PDQ)

_pictures = st.builds(
    lambda media_format, width, height, frames: records.Picture(
        format=media_format, width=width, height=height, frames=frames
    ),
    st.sampled_from(MediaFormat),
    st.integers(1, 100),
    st.integers(1, 100),
    st.integers(1, 50),
)


def _hash(kind: HashKind, digest: bytes) -> records.Hash:
    return records.Hash(
        kind=kind, value=digest.hex(), quality=digest[0] % 101 if kind is HashKind.PDQ else None
    )


_hashes = st.tuples(
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
).map(lambda digests: tuple(map(_hash, _KINDS, digests)))


@given(_pictures, _hashes)
def test_an_examination_comes_back_as_it_was(
    picture: records.Picture, hashes: tuple[records.Hash, ...]
) -> None:
    payload = wire.write_examination(picture, hashes)
    assert len(payload) <= wire.most_bytes(wire.Verb.HASH, kinds=len(_KINDS), longest_side=0)
    assert wire.read_examination(payload, _CAPS, _KINDS) == records.Examination(
        picture=picture, hashes=hashes
    )


@given(st.integers(1, 20), st.integers(1, 20), st.randoms())
def test_pixels_come_back_as_they_were(width: int, height: int, random: object) -> None:
    pixels = np.arange(width * height * 3, dtype=np.uint8).reshape(height, width, 3)
    payload = wire.write_pixels(pixels)
    assert len(payload) <= wire.most_bytes(wire.Verb.RENDER, kinds=0, longest_side=20)
    assert np.array_equal(wire.read_pixels(payload, 20), pixels)


@given(st.integers(1, 32), st.integers(1, 20))
def test_greys_and_points_come_back_as_they_were(width: int, height: int) -> None:
    greys = np.arange(width * height).astype(np.uint8).reshape(height, width)
    payload = wire.write_pixels(greys)
    for verb, read in ((wire.Verb.GREY, wire.read_greys), (wire.Verb.COVER, wire.read_points)):
        assert len(payload) <= wire.most_bytes(verb, kinds=0, longest_side=32)
        assert np.array_equal(read(payload, 32), greys)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 16_384))
def test_a_cover_of_more_than_its_points_is_malformed_whatever_size_was_asked_for(
    columns: int, rows: int, longest_side: int
) -> None:
    assert wire.most_bytes(wire.Verb.COVER, kinds=9, longest_side=longest_side) <= 8 + 32 * 20
    payload = wire.write_pixels(np.zeros((rows, columns), np.uint8))
    if 1 <= columns <= min(32, longest_side) and 1 <= rows <= min(20, longest_side):
        assert wire.read_points(payload, longest_side).shape == (rows, columns)
    else:
        with pytest.raises(wire.MalformedAnswerError):
            wire.read_points(payload, longest_side)


@pytest.mark.parametrize("read", [wire.read_greys, wire.read_points])
def test_a_coloured_answer_is_neither_greys_nor_points(
    read: Callable[[bytes, int], NDArray[np.uint8]],
) -> None:
    with pytest.raises(wire.MalformedAnswerError):
        read(wire.write_pixels(np.zeros((4, 5, 3), np.uint8)), 20)


@given(st.binary(max_size=120))
def test_any_bytes_are_a_picture_within_the_caps_or_malformed(payload: bytes) -> None:
    try:
        picture = wire.read_examination(payload, _CAPS, _KINDS).picture
    except wire.MalformedAnswerError:
        return
    assert picture.width * picture.height <= _CAPS.pixels
    assert picture.frames <= _CAPS.frames


@given(_pictures, _hashes, st.data())
def test_a_changed_examination_is_a_valid_one_or_malformed(
    picture: records.Picture, hashes: tuple[records.Hash, ...], data: st.DataObject
) -> None:
    payload = bytearray(wire.write_examination(picture, hashes))
    place = data.draw(st.integers(0, len(payload) - 1))
    payload[place] = data.draw(st.integers(0, 255))
    try:
        found = wire.read_examination(
            bytes(payload[: data.draw(st.integers(0, len(payload)))]), _CAPS, _KINDS
        )
    except wire.MalformedAnswerError:
        return
    assert tuple(one.kind for one in found.hashes) == _KINDS


@given(st.binary(max_size=80), st.integers(1, 10))
def test_any_bytes_are_pixels_of_the_asked_size_or_malformed(payload: bytes, longest_side: int) -> None:
    for read in (wire.read_pixels, wire.read_greys, wire.read_points):
        with contextlib.suppress(wire.MalformedAnswerError):
            assert max(read(payload, longest_side).shape[:2]) <= longest_side


def test_an_examination_with_a_hash_too_many_or_too_few_is_malformed() -> None:
    picture = records.Picture(format=MediaFormat.PNG, width=1, height=1, frames=1)
    hashes = [_hash(HashKind.MD5, bytes(16))] * 2
    payload = wire.write_examination(picture, hashes)
    for kinds in ((HashKind.MD5,), (HashKind.MD5,) * 3):
        with pytest.raises(wire.MalformedAnswerError):
            wire.read_examination(payload, _CAPS, kinds)


@pytest.mark.parametrize(
    "reason", [Reason.DAMAGED, Reason.UNKNOWN_FORMAT, Reason.PIXELS, Reason.FRAMES, Reason.MEMORY]
)
def test_a_refusal_comes_back_as_it_was(reason: Reason) -> None:
    assert wire.read_header(wire.refuse(reason), most=0) is reason


@pytest.mark.parametrize("reason", [Reason.EMPTY, Reason.BYTES, Reason.LATE, Reason.DIED, Reason.UNAVAILABLE])
def test_a_worker_cannot_give_the_parents_reasons(reason: Reason) -> None:
    with pytest.raises(wire.MalformedAnswerError):
        wire.read_header(wire.refuse(reason), most=0)


@given(st.integers(0, 255), st.integers(0, 2**64 - 1))
def test_a_header_never_announces_more_than_was_allowed(status: int, size: int) -> None:
    try:
        outcome = wire.read_header(struct.pack("!BQ", status, size), most=1000)
    except wire.MalformedAnswerError:
        return
    assert isinstance(outcome, Reason) or outcome <= 1000

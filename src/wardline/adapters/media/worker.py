"""The loop of a sealed worker: one request, one answer, until the parent hangs up."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from wardline import records
from wardline.adapters.media import decoding, wire
from wardline.adapters.media.caps import Caps
from wardline.adapters.media.frame import LazyFrame
from wardline.adapters.media.reasons import Reason, RejectedError
from wardline.ports import Hasher

_PRECISIONS = {wire.Verb.HASH: records.Precision.EXACT, wire.Verb.HASH_FAST: records.Precision.FAST}
_DECODERS = {
    wire.Verb.RENDER: decoding.rendition,
    wire.Verb.GREY: decoding.greys,
    wire.Verb.COVER: decoding.points,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a worker works with."""

    caps: Caps
    formats: frozenset[records.MediaFormat]
    hashers: tuple[Hasher, ...]


def serve(connection: socket.socket, bench: Bench) -> None:
    """Answer requests. A hasher's exception comes out and ends the worker: that is our fault, not the picture's."""
    while True:
        header = connection.recv(wire.REQUEST.size, socket.MSG_WAITALL)
        if len(header) < wire.REQUEST.size:
            return
        verb, frame, longest_side, size = wire.REQUEST.unpack(header)
        content = connection.recv(size, socket.MSG_WAITALL)
        if len(content) < size:
            return
        connection.sendall(answer(wire.Verb(verb), content, bench, frame=frame, longest_side=longest_side))


def answer(verb: wire.Verb, content: bytes, bench: Bench, *, frame: int = 0, longest_side: int = 1) -> bytes:
    """Do one job and write its answer."""
    try:
        payload = _work(verb, content, bench, frame, longest_side)
        return wire.ANSWER.pack(0, len(payload)) + payload
    except RejectedError as rejection:
        return wire.refuse(rejection.reason)
    except MemoryError:
        return wire.refuse(Reason.MEMORY)


def examine(
    content: bytes, bench: Bench, precision: records.Precision = records.Precision.EXACT
) -> tuple[records.Picture, Sequence[records.Hash]]:
    """Compute every hash of the first frame, and make sure that it can be decoded."""
    frame = LazyFrame(content, bench.caps, bench.formats, precision)
    hashes = [hasher.hash(frame) for hasher in bench.hashers]
    frame.require_decodable()
    return frame.picture, hashes


def _work(verb: wire.Verb, content: bytes, bench: Bench, frame: int, longest_side: int) -> bytes:
    match verb:
        case wire.Verb.PROBE:
            return wire.write_picture(decoding.probe(content, bench.caps, bench.formats))
        case wire.Verb.HASH | wire.Verb.HASH_FAST:
            return wire.write_examination(*examine(content, bench, _PRECISIONS[verb]))
        case wire.Verb.RENDER | wire.Verb.GREY | wire.Verb.COVER:
            decode = _DECODERS[verb]
            pixels = decode(content, bench.caps, bench.formats, frame=frame, longest_side=longest_side)
            return wire.write_pixels(pixels)

"""The ``Media`` port over sandboxed worker processes."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Sequence
from typing import TypeVar, assert_never

import numpy as np
from numpy.typing import NDArray

from wardline import records
from wardline.adapters.media import cover, png, sealing, wire
from wardline.adapters.media.caps import Caps
from wardline.adapters.media.nursery import Nursery
from wardline.adapters.media.pool import Pool
from wardline.adapters.media.reasons import SOURCE, Reason
from wardline.errors import ConfigurationError, InputError, SandboxUnavailableError

T = TypeVar("T")

DEFAULT_LAYERS = frozenset({sealing.RLIMITS, sealing.SECCOMP})
_MOST_LONGEST_SIDE = 16_384
_REQUEST_SIZE_LIMIT = 2**32


class SandboxMedia:
    """Decode pictures in locked-in processes.

    A zygote (one thread, decoders loaded) forks the workers; each gives up every right before its first picture and then serves one call
    after the other. Start it before other threads only for tidiness: the zygote is a fresh program and does not mind.

    Args:
        hashers: Factories as ``"module:attribute"``, called without arguments in the zygote; each gives a ``Hasher`` or a tuple of them.
        caps: What one picture may cost.
        workers: Pictures decoded at the same time.
        heic: Accept HEIC too; needs the extra ``wardline[heif]``.
        require_layers: What must hold around every worker: of ``"rlimits"``, ``"seccomp"``, ``"landlock"``.
        on_worker_death: Called with the reason, in the calling thread, each time a worker died on a picture or was killed for being late.
            It must not raise.
        jobs_per_worker: After so many pictures a worker is replaced.

    Raises:
        SandboxUnavailableError: The sandbox cannot be built here, or a required layer does not hold.
        ConfigurationError: A setting is out of range.
    """

    def __init__(
        self,
        hashers: Sequence[str],
        *,
        caps: Caps | None = None,
        workers: int = 2,
        heic: bool = False,
        require_layers: frozenset[str] = DEFAULT_LAYERS,
        on_worker_death: Callable[[str], None] | None = None,
        jobs_per_worker: int = 200,
    ) -> None:
        if workers < 1 or jobs_per_worker < 1:
            raise ConfigurationError(
                f"media sandbox: {workers} workers of {jobs_per_worker} jobs, expected 1 or more of each"
            )
        self._caps = caps or Caps()
        self._on_worker_death = on_worker_death
        self._owner = os.getpid()
        self._nursery = Nursery(
            hashers=hashers,
            caps=self._caps,
            heic=heic,
            jobs_per_worker=jobs_per_worker,
            require_layers=require_layers,
        )
        self._pool = Pool(self._nursery.spawn, size=workers, jobs_per_worker=jobs_per_worker)
        self._end = weakref.finalize(self, _end, self._owner, self._pool, self._nursery)
        try:
            self._pool.fill()
            self._layers = self._nursery.layers
        except BaseException:
            self._end()
            raise

    def layers(self) -> frozenset[str]:
        """Say which layers of the sandbox hold around the workers."""
        return self._layers

    def probe(self, content: bytes) -> records.Picture | records.Unscannable:
        """Say what the picture is, without decoding all of it."""
        return self._ask(wire.Verb.PROBE, content, lambda payload: wire.read_picture(payload, self._caps))

    def hash(
        self, content: bytes, *, precision: records.Precision = records.Precision.EXACT
    ) -> records.Examination | records.Unscannable:
        """Compute every configured hash of the first frame, in the configured order."""
        kinds = self._nursery.kinds
        verb = wire.Verb.HASH_FAST if precision is records.Precision.FAST else wire.Verb.HASH
        return self._ask(verb, content, lambda payload: wire.read_examination(payload, self._caps, kinds))

    def render(
        self,
        content: bytes,
        *,
        frame: int = 0,
        longest_side: int = 1600,
        rendition: records.Rendition = records.Rendition.FULL,
    ) -> bytes | records.Unscannable:
        """Decode one frame, turn it upright by its Exif, fit it into ``longest_side``, and write it as a bare PNG.

        Args:
            content: The file as uploaded.
            frame: From 0; one that the file does not have is ``Unscannable``.
            longest_side: 1 to 16,384 pixels; anything else is ``InputError``. A cover is 480 pixels at most.
            rendition: In colour, grey, or the cover that stands in before a reveal.
        """
        if not 1 <= longest_side <= _MOST_LONGEST_SIDE:
            raise InputError(f"longest_side: {longest_side} pixels, expected 1 to {_MOST_LONGEST_SIDE}")
        if not 0 <= frame < _REQUEST_SIZE_LIMIT:
            return _unscannable(Reason.NO_FRAME)
        verb, read = _form(rendition)
        pixels = self._ask(
            verb,
            content,
            lambda payload: read(payload, longest_side),
            frame=frame,
            longest_side=longest_side,
        )
        if isinstance(pixels, records.Unscannable):
            return pixels
        return png.encode(cover.paint(pixels, longest_side) if verb is wire.Verb.COVER else pixels)

    def close(self) -> None:
        """End the zygote and the workers. Calls under way, and later ones, give ``Unscannable``. Repeating is no error."""
        self._end()

    def _ask(
        self,
        verb: wire.Verb,
        content: bytes,
        read: Callable[[bytes], T],
        *,
        frame: int = 0,
        longest_side: int = 0,
    ) -> T | records.Unscannable:
        if not content:
            return _unscannable(Reason.EMPTY)
        if len(content) > self._caps.bytes:
            return _unscannable(Reason.BYTES)
        if (
            os.getpid() != self._owner
        ):  # a forked copy of the parent would mix its answers up with the parent's
            return _unscannable(Reason.UNAVAILABLE)
        request = wire.REQUEST.pack(verb, frame, longest_side, len(content))
        most_bytes = wire.most_bytes(verb, kinds=len(self._nursery.kinds), longest_side=longest_side)
        outcome = self._exchange(request, content, most_bytes, read)
        return _unscannable(outcome) if isinstance(outcome, Reason) else outcome

    def _exchange(
        self, request: bytes, content: bytes, most_bytes: int, read: Callable[[bytes], T]
    ) -> T | Reason:
        try:
            worker = self._pool.borrow()
        except SandboxUnavailableError:
            return Reason.UNAVAILABLE
        sound = False
        try:
            answer = worker.ask(request, content, seconds=self._caps.seconds, most_bytes=most_bytes)
            outcome = answer if isinstance(answer, Reason) else read(answer)
            sound = outcome is not Reason.MEMORY  # what is left of its address space is anyone's guess
        except TimeoutError:
            outcome = self._lost(Reason.LATE)
        except (OSError, EOFError, wire.MalformedAnswerError):
            outcome = self._lost(Reason.DIED)
        finally:  # whatever came up the stack, a worker in the middle of an answer is never lent again
            if sound:
                self._pool.give_back(worker)
            else:
                self._pool.dismiss(worker)
        return outcome

    def _lost(self, reason: Reason) -> Reason:
        if self._pool.closed:
            return Reason.UNAVAILABLE
        if self._on_worker_death is not None:
            self._on_worker_death(reason.value)
        return reason


def _form(rendition: records.Rendition) -> tuple[wire.Verb, Callable[[bytes, int], NDArray[np.uint8]]]:
    """Give what to ask the worker for, and how to read its answer."""
    match rendition:
        case records.Rendition.FULL:
            return wire.Verb.RENDER, wire.read_pixels
        case records.Rendition.GREY:
            return wire.Verb.GREY, wire.read_greys
        case records.Rendition.COVER:
            return wire.Verb.COVER, wire.read_points
    assert_never(rendition)


def _unscannable(reason: Reason) -> records.Unscannable:
    return records.Unscannable(source=SOURCE, reason=reason.value)


def _end(owner: int, pool: Pool, nursery: Nursery) -> None:
    if os.getpid() == owner:  # a forked copy must not end what its parent uses
        pool.close()
        nursery.close()

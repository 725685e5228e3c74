"""Why a file could not be scanned, in fixed phrases that never hold content."""

from __future__ import annotations

from enum import StrEnum

SOURCE = "media"
"""The ``source`` of every ``Unscannable`` that comes from here."""


class Reason(StrEnum):
    """The ``reason`` of an ``Unscannable``. The order is part of the wire format; append only."""

    EMPTY = "empty file"
    UNKNOWN_FORMAT = "unknown format"
    DAMAGED = "truncated or damaged"
    PIXELS = "too many pixels"
    FRAMES = "too many frames"
    BYTES = "too many bytes"
    MEMORY = "too much memory"
    NO_FRAME = "no such frame"
    LATE = "took too long"
    DIED = "decoder died"
    UNAVAILABLE = "sandbox unavailable"


class RejectedError(Exception):
    """Carry a reason from the decoder to the worker's loop. Never leaves the worker."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason

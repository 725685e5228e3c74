"""A hasher that wastes time or memory where the end of a picture says so."""

from __future__ import annotations

import time

from wardline import ports, records
from wardline.records import HashKind

_SOME = records.Hash(kind=HashKind.SHA256, value="0" * 64)


class Wasteful:
    """Give the same hash for everything, sometimes late."""

    kind = HashKind.SHA256

    def hash(self, frame: ports.Frame) -> records.Hash:
        """Waste what the picture's end asks for."""
        if frame.content.endswith(b"#slow"):
            until = time.process_time() + 2.2
            while time.process_time() < until:
                pass
        if frame.content.endswith(b"#large"):
            len(b"x" * 300_000_000)
        return _SOME


def hasher() -> Wasteful:
    return Wasteful()

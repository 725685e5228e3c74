"""The decode sandbox, started at its first use: most commands never decode anything."""

from __future__ import annotations

import threading
from collections.abc import Callable

from wardline import ports, records


class LateMedia:
    """A ``ports.Media`` that is made when it is first needed."""

    def __init__(self, make: Callable[[], ports.Media]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: ports.Media | None = None

    def start(self) -> ports.Media:
        """Start the sandbox now, before the first upload waits for it."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def probe(self, content: bytes) -> records.Picture | records.Unscannable:
        """See ``ports.Media``."""
        return self.start().probe(content)

    def hash(
        self, content: bytes, *, precision: records.Precision = records.Precision.EXACT
    ) -> records.Examination | records.Unscannable:
        """See ``ports.Media``."""
        return self.start().hash(content, precision=precision)

    def render(
        self,
        content: bytes,
        *,
        frame: int = 0,
        longest_side: int = 1600,
        rendition: records.Rendition = records.Rendition.FULL,
    ) -> bytes | records.Unscannable:
        """See ``ports.Media``."""
        return self.start().render(content, frame=frame, longest_side=longest_side, rendition=rendition)

    def close(self) -> None:
        """See ``ports.Media``."""
        with self._lock:
            if self._made is not None:
                self._made.close()

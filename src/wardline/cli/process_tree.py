"""The processor time of a process and everything below it, read from /proc."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

_EACH_SECONDS = 0.02
_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _STARTED = 11, 12, 19
"""Fields counted from the third. Source: proc_pid_stat(5)."""


class ProcessTree:
    """Adds up what a process and its descendants use.

    Decoders come and go, and the time of one that ended is credited to nobody when its parent does not wait for it. So the tree is looked
    at often, and what each process had used when it was last seen is kept: at most 20 ms of each that ended are missed.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._used: dict[tuple[int, str], int] = {}
        self._lock = threading.Lock()

    def cpu_seconds(self) -> float:
        """Give the processor time of all of them until now, in seconds."""
        with self._lock:
            self._look()
            return sum(self._used.values()) / _TICKS

    @contextlib.contextmanager
    def watched(self) -> Iterator[ProcessTree]:
        """Look often meanwhile."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(_EACH_SECONDS):
                self.cpu_seconds()

        thread = threading.Thread(target=watch, name="process-tree", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()

    def _look(self) -> None:
        pending = [self._root]
        for pid in pending:  # grows while it is walked
            try:
                fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                pending += _children(pid)
            except OSError:
                continue  # it ended just now
            # A number may be given to another process later; when it was started tells them apart.
            self._used[pid, fields[_STARTED]] = int(fields[_USER]) + int(fields[_SYSTEM])


def _children(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text("ascii").split()
    ]

"""The processor time of a process and everything below it, read from /proc."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

_EACH_SECONDS = 0.02
_LOOKS_TO_A_SEARCH = 25
_MOST_BYTES = 2**16
_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _STARTED = 11, 12, 19
"""Fields counted from the third. Source: proc_pid_stat(5)."""


class ProcessTree:
    """Adds up what a process and its descendants use.

    Decoders come and go, and the time of one that ended is credited to nobody when its parent does not wait for it. So the tree is looked
    at often, and what each process had used when it was last seen is kept: at most 20 ms of each that ended are missed.

    Looking takes time from what is measured. The children of all threads are only sought twice a second; in between, those of the known
    processes' first threads: who forks often here has one thread.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._used: dict[tuple[int, str], int] = {}
        self._living = [root]
        self._lock = threading.Lock()

    def cpu_seconds(self) -> float:
        """Give the processor time of all of them until now, in seconds."""
        with self._lock:
            self._look([self._root], _children)
            return sum(self._used.values()) / _TICKS

    @contextlib.contextmanager
    def watched(self) -> Iterator[ProcessTree]:
        """Look often meanwhile."""
        over = threading.Event()

        def watch() -> None:
            for turn in itertools.count(1):
                if over.wait(_EACH_SECONDS):
                    return
                if turn % _LOOKS_TO_A_SEARCH:
                    with self._lock:
                        self._look(self._living, _children_of_first_thread)
                else:
                    self.cpu_seconds()

        thread = threading.Thread(target=watch, name="process-tree", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()

    def _look(self, known: Sequence[int], children_of: Callable[[int], list[int]]) -> None:
        pending, living = list(dict.fromkeys(known)), []
        for pid in pending:  # grows while it is walked
            try:
                fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
                pending += [child for child in children_of(pid) if child not in pending]
            except OSError:
                continue  # it ended just now
            # A number may be given to another process later; when it was started tells them apart.
            self._used[pid, fields[_STARTED]] = int(fields[_USER]) + int(fields[_SYSTEM])
            living.append(pid)
        self._living = living


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in _read(f"{task}/children").split()]


def _children_of_first_thread(pid: int) -> list[int]:
    return [int(child) for child in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _read(path: str) -> str:
    """Read a short file of the kernel's; by a fifth of what ``Path`` takes, for it is done hundreds of times a second."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, _MOST_BYTES).decode("utf-8", "replace")
    finally:
        os.close(descriptor)

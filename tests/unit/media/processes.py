"""Look at processes through /proc."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

_PATIENCE_SECONDS = 60.0


def children(parent: int) -> list[int]:
    """Give the living children of a process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        fields = _fields(status)
        if fields and int(fields[1]) == parent and fields[0] not in "ZX":
            found.append(int(status.parent.name))
    return found


def zygotes() -> list[int]:
    """Give our children that are decoder zygotes."""
    return [pid for pid in children(os.getpid()) if b"adapters.media import zygote" in _command(pid)]


def workers() -> list[int]:
    """Give the workers of our zygotes."""
    return [worker for zygote in zygotes() for worker in children(zygote)]


def is_busy(pid: int) -> bool:
    """Say whether a process has used processor time and is running now."""
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return bool(fields) and fields[0] == "R" and int(fields[11]) > 5


def is_alive(pid: int) -> bool:
    """Say whether a process is there and not just waiting to be reaped."""
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return bool(fields) and fields[0] not in "ZX"


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that comes soon; fail when it does not."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        time.sleep(0.01)


def _fields(status: Path) -> list[str]:
    try:
        return status.read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""

"""What each call costs the decoder's workers, as the kernel counts it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from wardline.adapters.media import SandboxMedia
from wardline.adapters.media.attendant import Attendant

_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Meter:
    """Processor time of the calls since ``taken`` was asked last, and the most memory that any worker ever held."""

    peak_bytes: int = 0
    _seconds: float = 0.0
    _seen: dict[int, float] = field(default_factory=dict)

    def taken(self) -> float:
        """Give the processor time since the last time this was asked, in seconds."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds

    def look_at(self, worker: Attendant) -> None:
        """Read a worker's counters, before it is lent again or killed."""
        pid = _pid_of(worker._pidfd)
        try:
            fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
        except OSError:
            return  # it died and is gone: the caller hears of that otherwise
        used = (int(fields[11]) + int(fields[12])) * _TICK
        self._seconds += used - self._seen.get(pid, 0.0)
        self._seen[pid] = used
        held = [int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")]
        self.peak_bytes = max(self.peak_bytes, *held) if held else self.peak_bytes


def _pid_of(pidfd: int) -> int:
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


@contextmanager
def metered(media: SandboxMedia) -> Iterator[Meter]:
    """Count what a sandbox's workers use while it is used within."""
    meter, pool = Meter(), media._pool
    give_back, dismiss = pool.give_back, pool.dismiss

    def given_back(worker: Attendant) -> None:
        meter.look_at(worker)
        give_back(worker)

    def dismissed(worker: Attendant) -> None:
        meter.look_at(worker)
        dismiss(worker)

    with mock.patch.object(pool, "give_back", given_back), mock.patch.object(pool, "dismiss", dismissed):
        yield meter

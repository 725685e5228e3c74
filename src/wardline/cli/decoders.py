"""Decode sandboxes that belong to one command."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wardline import ports
    from wardline.settings import IntakeSettings


_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of this container, where there is one


def cores() -> int:
    """How many cores this process may use. More workers would make each other late, and a picture that is late is not scanned."""
    allowed = len(os.sched_getaffinity(0))
    try:
        quota, period = _QUOTA.read_text("ascii").split()
        return max(1, min(allowed, int(quota) // int(period)))
    except (OSError, ValueError, ZeroDivisionError):  # none, or "max"
        return allowed


@contextmanager
def sandbox(limits: IntakeSettings, hashers: Sequence[str], *, workers: int) -> Iterator[ports.Media]:
    """Start a decode sandbox, and end it afterwards.

    A worker that dies on a picture raises no alarm here, unlike in the service: the command names the picture.

    Args:
        limits: What one picture may cost.
        hashers: Names of the hashers, as in the settings.
        workers: Pictures decoded at the same time, in place of the limits' own number.
    """
    from wardline import plugins

    media: ports.Media = plugins.load("media", "sandbox")(
        [plugins.locate("hashers", name) for name in hashers], workers=workers, max_bytes=limits.max_bytes,
        max_pixels=limits.max_pixels, max_frames=limits.max_frames, seconds=limits.decode_seconds, heic=limits.heic,
        on_worker_death=_nobody_to_tell,
    )  # fmt: skip
    try:
        yield media
    finally:
        media.close()


def _nobody_to_tell(reason: str) -> None:
    """The picture's own line tells it."""

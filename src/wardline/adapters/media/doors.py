"""What the entry point ``wardline.media`` gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wardline.adapters.media.caps import Caps
from wardline.adapters.media.sandbox import SandboxMedia


def sandbox(
    hashers: Sequence[str],
    *,
    workers: int,
    max_bytes: int,
    max_pixels: int,
    max_frames: int,
    seconds: float,
    heic: bool,
    on_worker_death: Callable[[str], None],
) -> SandboxMedia:
    """Start the decode sandbox with the settings' caps; see ``SandboxMedia``."""
    caps = Caps(bytes=max_bytes, pixels=max_pixels, frames=max_frames, seconds=seconds)
    return SandboxMedia(hashers, caps=caps, workers=workers, heic=heic, on_worker_death=on_worker_death)

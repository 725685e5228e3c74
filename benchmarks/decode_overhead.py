"""What the sandbox costs: the same decoding and hashing in a worker and in this process."""

from __future__ import annotations

import ctypes
import statistics
import time
from collections.abc import Callable

from wardline.adapters.hashers import default
from wardline.adapters.media import Caps, SandboxMedia, decoding, worker
from wardline.testing import pictures

_SIZES = ((640, 480), (1024, 768), (4000, 3000))
_WARM_UP = 5
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h


def rows() -> list[dict[str, object]]:
    """Give one row a picture size: ``ours`` is sandboxed, ``theirs`` in process, both the median in milliseconds."""
    return [measure_decode_overhead(size, rounds=200 if size[0] < 2000 else 10) for size in _SIZES]


def measure_decode_overhead(size: tuple[int, int] = (1024, 768), *, rounds: int = 200) -> dict[str, object]:
    """Time ``Media.hash`` of one JPEG against the same work without a sandbox, by turns so that both see the same machine.

    Args:
        size: Width and height, pixels.
        rounds: Measured calls of each kind.
    """
    # The workers keep freed memory for the next picture; do the same here, or the sandbox would look faster than no sandbox.
    libc = ctypes.CDLL(None)
    libc.mallopt(_M_MMAP_THRESHOLD, 2**25)
    libc.mallopt(_M_TRIM_THRESHOLD, 2**26)
    content = pictures.encode(pictures.scene(1, size))
    caps = Caps(seconds=30.0)
    media = SandboxMedia(["wardline.adapters.hashers:default"], caps=caps, workers=1, jobs_per_worker=10**6)
    bench = worker.Bench(caps=caps, formats=decoding.configure(caps), hashers=default())
    try:
        ours, theirs = _by_turns(lambda: media.hash(content), lambda: worker.examine(content, bench), rounds)
    finally:
        media.close()
    return {
        "case": f"hash a {size[0]}x{size[1]} JPEG of {len(content) // 1000} kB: sandboxed, in process",
        "ours": round(1000 * ours, 3),
        "peer": "the same work in process",
        "theirs": round(1000 * theirs, 3),
        "ratio": round(ours / theirs, 3),
        "unit": "ms, median",
    }


def _by_turns(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    for _ in range(_WARM_UP):
        first(), second()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, taken in zip((first, second), times, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    for row in rows():
        print(row)

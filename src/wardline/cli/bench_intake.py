"""What uploads cost: the sandbox, the whole server, the disk beside it, and start-up."""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wardline.cli import bench_serving, output
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_server import prepared, running_server
from wardline.cli.preconditions import sync_seconds

_SIZE = (640, 480)  # 0.3 million pixels
_PICTURES = 40
_ROUNDS = 120
_STARTS = 5
_MOST_OVERHEAD_MS, _LEAST_PER_CPU_SECOND = 1.0, 60.0
_MOST_IMPORT_MS, _MOST_HELP_MS = 300.0, 500.0


def rows(*, seconds: float, entries: int, disk: Path | None) -> list[Row]:
    """Measure everything, with notes about the progress on stderr.

    Args:
        seconds: How long each load lasts.
        entries: Size of the hash list.
        disk: Folder in which the installation is made; None for the temporary folder.
    """
    output.note("Drawing pictures ...")
    pictures = _pictures()
    with prepared(entries, disk) as installation:
        output.note("Decoding in the sandbox and in this process ...")
        found = _decoding(installation.folder, pictures[0])
        output.note("Starting programs ...")
        found += _starting()
        with running_server(installation) as server:
            full, half = bench_serving.loads(server, pictures, seconds)
        found += bench_serving.serving(
            "uploads of 0.3 Mpx JPEGs", full, half, least_per_cpu_second=_LEAST_PER_CPU_SECOND
        )
        return [*found, _disk(installation.folder)]


def _pictures() -> list[bytes]:
    from wardline.testing import pictures

    return [pictures.encode(pictures.scene(seed, _SIZE)) for seed in range(_PICTURES)]


def _decoding(folder: Path, content: bytes) -> list[Row]:
    from wardline import plugins, settings, wiring

    chosen = settings.load(folder)
    hashers = [plugins.load("hashers", name)() for name in chosen.matching.hashers]
    with wiring.open_installation(chosen) as installation:
        media = installation.wardline.parts.media
        sandboxed, here = _by_turns(lambda: media.hash(content), lambda: _examine(content, hashers))
    extra = 1000 * (sandboxed - here)
    return [
        row("decode and hash a 0.3 Mpx JPEG in the sandbox, median", 1000 * sandboxed, "ms", peer="in this process", theirs=1000 * here),
        row("what the sandbox adds to it, median", extra, "ms", peer=TARGET, theirs=_MOST_OVERHEAD_MS),
    ]  # fmt: skip


def _examine(content: bytes, hashers: list[Any]) -> None:
    """Do what the sandbox does, without one: pictures of our own are no danger."""
    import numpy as np
    from PIL import Image

    from wardline.testing.frames import Still

    with Image.open(io.BytesIO(content)) as image:
        frame = Still(np.asarray(image.convert("RGB")), content=content)
    for hasher in hashers:
        hasher.hash(frame)


def _by_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Time two things by turns, so that both see the same machine; gives the medians, seconds."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for work, taken in zip((first, second), times, strict=True):
            begun = time.perf_counter()
            work()
            taken.append(time.perf_counter() - begun)
    return statistics.median(times[0]), statistics.median(times[1])


def _starting() -> list[Row]:
    bare = _run_ms(["-c", "pass"])
    imported = _run_ms(["-c", "import wardline"])
    helped = _run_ms(["-m", "wardline", "--help"])
    return [
        row(
            "import wardline, beyond Python's own start",
            imported - bare,
            "ms",
            peer=TARGET,
            theirs=_MOST_IMPORT_MS,
        ),
        row("wardline --help, from start to end", helped, "ms", peer=TARGET, theirs=_MOST_HELP_MS),
    ]


def _run_ms(arguments: list[str]) -> float:
    times = []
    for _ in range(_STARTS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own program
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def _disk(folder: Path) -> Row:
    milliseconds = 1000 * sync_seconds(folder)
    return row(
        "fdatasync of 4 KiB on the disk beside it, p50",
        milliseconds,
        "ms",
        peer="itself",
        theirs=milliseconds,
    )

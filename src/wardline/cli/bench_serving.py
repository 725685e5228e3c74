"""A server under load: as many uploads as it takes, then half as many."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from wardline.cli import output
from wardline.cli.bench_load import Load, Uploads
from wardline.cli.bench_rows import TARGET, Row, row
from wardline.cli.bench_server import Server, prepared, running_server

MOST_P99_MS = 250.0
_SENDERS = 4
_LARGE = (1152, 864)  # 1 million pixels
_LARGE_QUALITY = 85
_LARGE_PICTURES = 24
_LEAST_PER_CPU_SECOND = 150.0
_AT_REST = 0.2
"""Of a processor: what looking for work takes, twice."""
_MOST_SECONDS_TO_REST = 60.0


def rows(*, seconds: float, entries: int, disk: Path | None) -> list[Row]:
    """Measure the whole server with pictures as telephones send them and a list as large platforms have it.

    Args:
        seconds: How long each load lasts.
        entries: Size of the hash list.
        disk: Folder in which the installation is made; None for the temporary folder.
    """
    output.note("Drawing pictures ...")
    pictures = _large_pictures()
    output.note(f"Loading a list of {entries:,} entries ...")
    with prepared(entries, disk) as installation, running_server(installation) as server:
        full, half = loads(server, pictures, seconds)
    kilobytes = sum(map(len, pictures)) / len(pictures) / 1000
    what = f"uploads of 1 Mpx JPEGs of {kilobytes:.0f} kB against {entries:,} hashes"
    return serving(what, full, half, least_per_cpu_second=_LEAST_PER_CPU_SECOND)


def loads(server: Server, pictures: Sequence[bytes], seconds: float) -> tuple[Load, Load]:
    """Send as fast as possible, and then at half of what that gave."""
    uploads = Uploads(server, pictures)
    try:
        # The first answer pays for imports and for reading the list, and the index is built on after it.
        uploads.send()
        _come_to_rest(server)
        uploads.as_fast_as_possible(1.0, senders=_SENDERS)
        output.note(f"As fast as possible, for {seconds:.0f} s ...")
        full = uploads.as_fast_as_possible(seconds, senders=_SENDERS)
        output.note(f"At half of {full.per_second:.0f} uploads a second, for {seconds:.0f} s ...")
        return full, uploads.at_rate(full.per_second / 2, seconds)
    finally:
        uploads.close()


def serving(what: str, full: Load, half: Load, *, least_per_cpu_second: float) -> list[Row]:
    """Say what the two loads showed, beside what is promised."""
    return [
        row(f"{what}, as many as it takes", full.per_second, "uploads/s", peer="CPU-seconds used in a second",
            theirs=full.cpu_seconds / full.wall_seconds),
        row("the same, per CPU-second of the server's processes", full.per_cpu_second, "uploads/CPU-s", peer=TARGET,
            theirs=least_per_cpu_second),
        row("at half load (open loop), per CPU-second", half.per_cpu_second, "uploads/CPU-s", peer=TARGET,
            theirs=least_per_cpu_second),
        row("latency at half load, p50", 1000 * half.percentile(0.5), "ms", peer="p99", theirs=1000 * half.percentile(0.99)),
        row("latency at half load, p99", 1000 * half.percentile(0.99), "ms", peer=TARGET, theirs=MOST_P99_MS),
    ]  # fmt: skip


def _come_to_rest(server: Server) -> None:
    """Wait until the server does no more than wait, but no longer than a minute: some servers never rest."""
    deadline = time.monotonic() + _MOST_SECONDS_TO_REST
    while time.monotonic() < deadline:
        used = server.processes.cpu_seconds()
        time.sleep(1.0)
        if server.processes.cpu_seconds() - used < _AT_REST:
            return


def _large_pictures() -> list[bytes]:
    from wardline.testing import pictures

    return [
        pictures.encode(pictures.scene(seed, _LARGE), quality=_LARGE_QUALITY)
        for seed in range(_LARGE_PICTURES)
    ]

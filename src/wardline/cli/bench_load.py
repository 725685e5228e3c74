"""Load on a server: an open-loop generator, whose requests do not wait for each other's answers."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from wardline.cli.bench_lines import Lines
from wardline.cli.bench_server import Server
from wardline.errors import DependencyError

_MOST_AT_ONCE = 64
_ACCEPTED = 202


@dataclass(frozen=True, slots=True)
class Load:
    """What a load showed."""

    answers: int
    wall_seconds: float
    cpu_seconds: float
    """Of the server's processes, in that time."""
    latencies: tuple[float, ...]
    """Seconds from when a request was due, not from when it was sent: a server that stalls is not let off."""

    @property
    def per_second(self) -> float:
        """Answers per second of wall time."""
        return self.answers / self.wall_seconds

    @property
    def per_cpu_second(self) -> float:
        """Answers per second of the server's processor time."""
        return self.answers / self.cpu_seconds

    def percentile(self, share: float) -> float:
        """Give the latency that this share of the answers stays within, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Uploads:
    """Sends pictures in turn, each as a platform would."""

    def __init__(self, server: Server, pictures: Sequence[bytes]) -> None:
        self._pictures = itertools.cycle(pictures)
        self._server = server
        self._lock = threading.Lock()
        self._lines = Lines(server.url)

    def close(self) -> None:
        """Close the connections."""
        self._lines.close()

    def send(self) -> None:
        """Send one upload and require that it was accepted."""
        with self._lock:
            picture = next(self._pictures)
        context = {"account_reference": "bench", "content_reference": "bench", "surface": "post", "visibility": "public",
                   "uploaded_at": datetime.now(UTC).isoformat()}  # fmt: skip
        headers = {"Authorization": f"Bearer {self._server.api_key}", "Wardline-Context": json.dumps(context),
                   "Content-Type": "application/octet-stream"}  # fmt: skip
        status = self._lines.post("/v1/items", picture, headers)
        if status != _ACCEPTED:
            raise DependencyError(f"server: answered {status}, expected {_ACCEPTED}")

    def at_rate(self, per_second: float, seconds: float) -> Load:
        """Send at a fixed rate, whatever the answers do."""
        due = [index / per_second for index in range(int(per_second * seconds))]
        with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
            cpu, begun = self._server.processes.cpu_seconds(), time.monotonic()

            def one(at: float) -> float:
                self.send()
                return time.monotonic() - begun - at

            pending = []
            for at in due:
                time.sleep(max(0.0, begun + at - time.monotonic()))
                pending.append(pool.submit(one, at))
            latencies = tuple(each.result() for each in pending)
        wall = time.monotonic() - begun
        return Load(len(due), wall, self._server.processes.cpu_seconds() - cpu, latencies)

    def as_fast_as_possible(self, seconds: float, *, senders: int) -> Load:
        """Keep a few requests under way at all times, to find out how many it can take."""
        cpu, begun = self._server.processes.cpu_seconds(), time.monotonic()

        def sender() -> list[float]:
            latencies = []
            while (at := time.monotonic()) < begun + seconds:
                self.send()
                latencies.append(time.monotonic() - at)
            return latencies

        with ThreadPoolExecutor(senders) as pool:
            latencies = [
                each for done in [pool.submit(sender) for _ in range(senders)] for each in done.result()
            ]
        wall = time.monotonic() - begun
        return Load(len(latencies), wall, self._server.processes.cpu_seconds() - cpu, tuple(latencies))

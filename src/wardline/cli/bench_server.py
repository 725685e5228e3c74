"""A real server to measure: a new installation with a hash list, and `wardline serve` in processes of its own."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wardline.cli.process_tree import ProcessTree
from wardline.errors import DependencyError

_SETTINGS = '[installation]\nname = "bench"\n\n[intake]\ndecode_workers = {workers}\n'
_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Prepared:
    """An installation that was made to be measured."""

    folder: Path
    api_key: str


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    url: str
    processes: ProcessTree
    api_key: str


@contextlib.contextmanager
def prepared(entries: int, disk: Path | None) -> Iterator[Prepared]:
    """Make an installation with a list of random entries; it is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="wardline-bench-", dir=disk) as name:
        yield Prepared(Path(name), _prepare(Path(name), entries))


@contextlib.contextmanager
def running_server(installation: Prepared) -> Iterator[Server]:
    """Serve an installation in processes of its own."""
    command = [
        sys.executable,
        "-m",
        "wardline",
        "serve",
        "--folder",
        str(installation.folder),
        "--port",
        "0",
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603 -- our own program
    try:
        said = process.stdout.readline() if process.stdout else ""
        if not said:
            raise DependencyError("server: ended before it served, expected it to say where")
        with ProcessTree(process.pid).watched() as processes:
            yield Server(url=json.loads(said)["url"], processes=processes, api_key=installation.api_key)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _prepare(folder: Path, entries: int) -> str:
    from wardline import wiring
    from wardline.pipeline import people
    from wardline.records import KeyTrust, ListTrust, Role

    text = _SETTINGS.format(workers=max(1, os.cpu_count() or 1))
    lines = ["hash_type,hash", *(f"pdq,{secrets.token_hex(32)}" for _ in range(entries))]
    (folder / "list.csv").write_text("\n".join(lines) + "\n", "ascii")
    with wiring.open_installation(wiring.create_installation(folder, text)) as installation:
        line = installation.wardline
        first, second = (
            people.create_user(line.parts, name, Role.LEAD, secrets.token_urlsafe(16))
            for name in ("first", "second")
        )
        added = line.add_list(
            folder / "list.csv", name="random", provenance="bench", trust=ListTrust.VERIFIED, user=first
        )
        line.approve(added.approval.id, user=second)
        _, secret = people.create_platform_key(
            line.parts, "bench", "bench", trust=KeyTrust.TRUSTED, requests_per_minute=10**8
        )
    return secret

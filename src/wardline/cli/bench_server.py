"""A real server to measure: a new installation with a hash list, `wardline serve` in processes of its own, and their processor time."""

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

from wardline.errors import DependencyError

_SETTINGS = '[installation]\nname = "bench"\n\n[intake]\ndecode_workers = {workers}\n'
_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    url: str
    pid: int
    api_key: str
    folder: Path

    def cpu_seconds(self) -> float:
        """Give the processor time of the server, its zygote and its decoders, also of those that ended, in seconds."""
        return sum(_ticks(pid) for pid in _tree(self.pid)) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running_server(entries: int, disk: Path | None) -> Iterator[Server]:
    """Make an installation with a list of random entries and serve it."""
    with tempfile.TemporaryDirectory(prefix="wardline-bench-", dir=disk) as name:
        folder = Path(name)
        api_key = _prepare(folder, entries)
        command = [sys.executable, "-m", "wardline", "serve", "--folder", name, "--port", "0", "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603 -- our own program
        try:
            said = process.stdout.readline() if process.stdout else ""
            if not said:
                raise DependencyError("server: ended before it served, expected it to say where")
            yield Server(url=json.loads(said)["url"], pid=process.pid, api_key=api_key, folder=folder)
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


def _tree(root: int) -> list[int]:
    """Give a process and all its descendants."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int(_fields(entry)[1])
    found = [root]
    for pid in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _ticks(pid: int) -> int:
    """Add up user and system time of a process and of its children that ended. Source: proc_pid_stat(5), fields 14 to 17."""
    try:
        return sum(int(field) for field in _fields(Path(f"/proc/{pid}"))[11:15])
    except OSError:
        return 0  # it ended meanwhile; its parent has its time now


def _fields(process: Path) -> list[str]:
    """Give the fields from the third on; the second, the program's name, may hold anything."""
    return (process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()

"""A hasher that does what a picture's last line tells it: what code would try that a hostile picture has taken over.

It answers ``ESCAPED`` when it was not stopped. Ordinary pictures, those of the warming among them, it hashes in peace.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from wardline import ports, records
from wardline.records import HashKind

ESCAPED = records.Hash(kind=HashKind.SHA256, value="e" * 64)
PEACEFUL = records.Hash(kind=HashKind.SHA256, value="0" * 64)
_MARK = b"\n#act "


def told(picture: bytes, act: str) -> bytes:
    """Write the order behind the end of a picture, where no decoder looks."""
    return picture + _MARK + act.encode("ascii")


class Misbehaving:
    """Carries out the order, if there is one."""

    kind = HashKind.SHA256

    def hash(self, frame: ports.Frame) -> records.Hash:
        """Obey, then confess."""
        _, mark, act = frame.content.rpartition(_MARK)
        if not mark:
            return PEACEFUL
        ACTS[act.decode("ascii")]()
        return ESCAPED


def hasher() -> Misbehaving:
    return Misbehaving()


def pair() -> tuple[Misbehaving, Misbehaving]:
    return Misbehaving(), Misbehaving()


def threaded() -> Misbehaving:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return Misbehaving()


def _open_a_file() -> None:
    Path("/etc/passwd").read_bytes()


def _write_a_file() -> None:
    Path("/tmp/escaped").write_bytes(b"x")


def _list_a_folder() -> None:
    list(Path("/").iterdir())


def _look_at_a_file() -> None:
    Path("/etc/passwd").stat()


def _make_a_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def _run_a_program() -> None:
    os.execv("/bin/true", ["true"])  # noqa: S606 - it must be stopped right here


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _start_a_thread() -> None:
    threading.Thread(target=int).start()


def _kill_the_parent() -> None:
    os.kill(1, 0)


def _map_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def _raise_the_limits() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _crash() -> None:
    ctypes.string_at(0)


def _raise() -> None:
    raise RuntimeError("a fault of the hasher")


def _leave() -> None:
    os._exit(0)


def _call_through_the_old_gate() -> None:
    # getpid by its number in the x32 table: the same kernel, another numbering
    ctypes.CDLL(None).syscall(0x4000_0000 + 39)


def _loop() -> None:
    while True:
        pass


def _eat_memory() -> None:
    hoard = []
    while True:
        hoard.append(
            np.zeros(100_000_000, np.uint8)
        )  # address space only: it is the cap that must stop it, not the clock


def _answer_garbage() -> None:
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\xff" * 64)
        except OSError:
            continue


def _announce_too_much() -> None:
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\x00" + b"\x7f" * 8)
        except OSError:
            continue


def _hang_up() -> None:
    for descriptor in range(3, 64):
        try:
            os.close(descriptor)
        except OSError:
            continue
    signal.sigpending()


CONTAINED: dict[str, Callable[[], None]] = {
    act.__name__.strip("_").replace("_", " "): act
    for act in (
        _open_a_file, _write_a_file, _list_a_folder, _look_at_a_file, _make_a_socket, _run_a_program, _fork, _start_a_thread,
        _kill_the_parent, _map_code, _raise_the_limits, _crash, _raise, _leave, _call_through_the_old_gate, _answer_garbage,
        _announce_too_much, _hang_up,
    )
}  # fmt: skip
"""What must end as "decoder died"."""

ACTS: dict[str, Callable[[], None]] = CONTAINED | {"loop": _loop, "eat memory": _eat_memory}

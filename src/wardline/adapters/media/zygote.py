"""The process that workers are forked from: one thread, every decoder loaded and warm, no input of its own.

``nursery`` starts it with one connected socket; ``handshake`` has the protocol. When the parent hangs up, the zygote ends and the kernel
ends its workers.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import signal
import socket
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

from wardline import kernels
from wardline.adapters.media import decoding, handshake, sealing, warming, worker
from wardline.adapters.media.caps import Caps
from wardline.adapters.media.handshake import FAILED, FORK, HERE
from wardline.ports import Hasher
from wardline.records import MediaFormat


def main(descriptor: int) -> None:
    """Serve the parent on an inherited socket until it hangs up."""
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    try:
        order = handshake.receive(control)
        caps = Caps(**order["caps"])
        kernels.select(order["kernels"])
        bench = _prepare(caps, order["hashers"], heic=order["heic"])
    except Exception as problem:  # noqa: BLE001 - whatever it is, the parent must hear of it; it turns it into our own error
        handshake.send(control, {"problem": f"{type(problem).__name__}: {problem}"})
        return
    handshake.send(control, {"kinds": [hasher.kind.value for hasher in bench.hashers]})
    signal.signal(
        signal.SIGCHLD, signal.SIG_IGN
    )  # the kernel reaps; the parent sees a worker's end on its socket
    gc.collect()
    gc.freeze()  # so that collecting in a worker does not copy every page
    while control.recv(1) == FORK:
        _fork(control, bench, cpu_seconds=int(order["cpu_seconds"]))


def _prepare(caps: Caps, names: Sequence[str], *, heic: bool) -> worker.Bench:
    # Decoders warn and log about hostile files. Printing a warning reads a source file and a log record asks for the process id: either
    # would be a sealed worker's death.
    warnings.simplefilter("ignore")
    logging.disable()
    bench = worker.Bench(caps=caps, formats=decoding.configure(caps, heic=heic), hashers=_make(names))
    warming.warm(bench)
    _require_one_thread()
    return bench


def _require_one_thread() -> None:
    """A fork copies one thread and the locks that the others held. One that has just been joined may take a moment to vanish."""
    deadline = time.monotonic() + 1.0
    while (threads := len(list(Path("/proc/self/task").iterdir()))) > 1:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{threads} threads after loading the hashers, expected 1")
        time.sleep(0.01)


def _make(names: Sequence[str]) -> tuple[Hasher, ...]:
    """Call each factory, named ``module:attribute``; it gives one hasher or a tuple of them."""
    hashers: list[Hasher] = []
    for name in names:
        module, _, attribute = name.partition(":")
        made = getattr(importlib.import_module(module), attribute)()
        hashers.extend(made if isinstance(made, tuple) else (made,))
    kinds = [hasher.kind for hasher in hashers]
    if len(set(kinds)) != len(kinds):
        raise ValueError("two hashers of one kind")
    return tuple(hashers)


def _fork(control: socket.socket, bench: worker.Bench, *, cpu_seconds: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        zygote = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            control.sendall(FAILED)
            return
        if pid == 0:
            _live_and_die(theirs, bench, zygote, cpu_seconds)
        try:
            pidfd = os.pidfd_open(pid)
        except OSError:  # already dead, or a kernel before 5.3
            control.sendall(FAILED)
            return
        socket.send_fds(control, [HERE], [ours.fileno(), pidfd])
        os.close(pidfd)


def _live_and_die(connection: socket.socket, bench: worker.Bench, zygote: int, cpu_seconds: int) -> None:
    """The whole life of a worker, in the forked process. Never returns."""
    try:
        os.closerange(3, connection.fileno())
        os.closerange(connection.fileno() + 1, 2**20)
        sealing.die_with_parent(zygote)
        threads = MediaFormat.HEIC in bench.formats  # its decoder always works in a thread of its own
        layers = sealing.seal(
            memory_bytes=bench.caps.address_space_bytes, cpu_seconds=cpu_seconds, threads=threads
        )
        connection.sendall(bytes([sum(1 << sealing.LAYERS.index(layer) for layer in layers)]))
        worker.serve(connection, bench)
    finally:
        os._exit(0)

"""The parent's handle on the zygote: start it, have workers made, start it again when it died."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wardline import kernels
from wardline.adapters.media import handshake
from wardline.adapters.media.attendant import Attendant
from wardline.adapters.media.caps import Caps
from wardline.errors import SandboxUnavailableError
from wardline.records import HashKind

_START_SECONDS = 60.0  # it takes under one, but a machine may be under load
_STOP_SECONDS = 5.0
_SPARE_CPU_SECONDS = 10
# -I shuts out the environment and the working folder; the parent's own module path comes as an argument instead, so that the zygote
# runs the same code, however it was installed.
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]);"
    "from wardline.adapters.media import zygote; zygote.main(int(sys.argv[1]))"
)
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PATH")
# Keep the memory of one picture for the next: handing it back to the kernel and faulting it in again costs more than a small decode.
_KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**26)}


class Nursery:
    """One zygote at a time. Safe to call from many threads."""

    def __init__(
        self,
        *,
        hashers: Sequence[str],
        caps: Caps,
        heic: bool,
        jobs_per_worker: int,
        require_layers: frozenset[str],
    ) -> None:
        self._order: dict[str, Any] = {
            "hashers": list(hashers),
            "caps": asdict(caps),
            "heic": heic,
            "kernels": kernels.selected().value,
            "cpu_seconds": int(caps.seconds * jobs_per_worker) + _SPARE_CPU_SECONDS,
        }
        self._require_layers = require_layers
        self._lock = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.kinds: tuple[HashKind, ...] = ()
        """What the hashers compute, in order. Known from the first worker on, as are the layers."""
        self.layers: frozenset[str] = frozenset()

    def spawn(self) -> Attendant:
        """Have one worker forked and sealed.

        Raises:
            SandboxUnavailableError: It cannot be made, or too few layers hold around it.
        """
        with self._lock:
            if self._closed:
                raise SandboxUnavailableError("media sandbox: closed, expected open")
            if self._control is not None:
                try:
                    return self._fork(self._control)
                except (OSError, EOFError):  # the zygote is gone
                    self._stop()
            return self._start_and_fork()

    def close(self) -> None:
        """End the zygote, and with it every worker."""
        with self._lock:
            self._closed = True
            self._stop()

    def _start_and_fork(self) -> Attendant:
        try:
            return self._fork(self._start())
        except (OSError, EOFError, ValueError) as problem:
            self._stop()
            raise SandboxUnavailableError(
                "media sandbox: the decoder process does not start, expected a running one"
            ) from problem
        except SandboxUnavailableError:
            self._stop()
            raise

    def _start(self) -> socket.socket:
        if sys.platform != "linux" or not sys.executable:
            raise SandboxUnavailableError(f"media sandbox: {sys.platform} without it, expected Linux")
        ours, theirs = socket.socketpair()
        path = [entry or str(Path.cwd()) for entry in sys.path]
        with theirs:
            self._control = ours
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
                [sys.executable, "-I", "-c", _BOOT, str(theirs.fileno()), json.dumps(path)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for the parent
            )
        ours.settimeout(_START_SECONDS)
        handshake.send(ours, self._order)
        hello = handshake.receive(ours)
        if "problem" in hello:
            raise SandboxUnavailableError(
                f"media sandbox: {hello['problem']}, expected the decoders and hashers to load"
            )
        self.kinds = tuple(HashKind(kind) for kind in hello["kinds"])
        return ours

    def _fork(self, control: socket.socket) -> Attendant:
        control.sendall(handshake.FORK)
        answer, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if answer == handshake.FAILED:
            raise SandboxUnavailableError(
                "media sandbox: no new process or no pidfd, expected Linux 5.3 with room for one"
            )
        if answer != handshake.HERE or len(descriptors) != 2:
            raise EOFError("control socket: closed")
        attendant = Attendant(socket.socket(fileno=descriptors[0]), descriptors[1])
        try:
            self._check(attendant.receive_layers(_START_SECONDS))
        except BaseException:
            attendant.end()
            raise
        return attendant

    def _check(self, layers: frozenset[str]) -> None:
        self.layers = layers
        missing = self._require_layers - layers
        if missing:
            raise SandboxUnavailableError(
                f"media sandbox: {', '.join(sorted(missing))} not active, expected {', '.join(sorted(self._require_layers))}"
            )

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | dict.fromkeys(_ONE_THREAD, "1") | _KEEP_MEMORY | {"LC_ALL": "C.UTF-8"}

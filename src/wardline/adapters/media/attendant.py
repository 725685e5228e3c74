"""The parent's handle on one worker: ask it, see whether it lives, end it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time

from wardline.adapters.media import sealing, wire
from wardline.adapters.media.reasons import Reason


class Attendant:
    """Talks to one worker; used by one thread at a time."""

    def __init__(self, connection: socket.socket, pidfd: int) -> None:
        self._connection = connection
        self._pidfd = pidfd
        self.layers: frozenset[str] = frozenset()
        """The layers of the sandbox around it."""
        self.jobs = 0
        """How many answers it has given."""

    def receive_layers(self, seconds: float) -> frozenset[str]:
        """Wait until it is sealed; ``EOFError`` when it died on the way."""
        self._connection.settimeout(seconds)
        bits = self._receive(1, time.monotonic() + seconds)[0]
        self.layers = frozenset(name for place, name in enumerate(sealing.LAYERS) if bits >> place & 1)
        return self.layers

    def alive(self) -> bool:
        """Say whether it waits for work. One that is dead, or that speaks without being asked, does not."""
        self._connection.setblocking(False)
        try:
            self._connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def ask(self, request: bytes, content: bytes, *, seconds: float, most_bytes: int) -> Reason | bytes:
        """Send one request and wait for its answer.

        Raises:
            TimeoutError: The time is up.
            EOFError, OSError, MalformedAnswerError: It died, or it is not what it was.
        """
        deadline = time.monotonic() + seconds
        self._connection.settimeout(seconds)
        self._connection.sendall(request)
        self._connection.sendall(content)
        outcome = wire.read_header(self._receive(wire.ANSWER.size, deadline), most=most_bytes)
        self.jobs += 1
        return outcome if isinstance(outcome, Reason) else self._receive(outcome, deadline)

    def interrupt(self) -> None:
        """Kill it, from any thread; whoever waits for its answer is told that it died."""
        with contextlib.suppress(OSError):  # it is dead already, or its descriptor is closed
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def end(self) -> None:
        """Kill it and let go of it. Call once."""
        self.interrupt()
        self._connection.close()
        os.close(self._pidfd)

    def _receive(self, size: int, deadline: float) -> bytes:
        buffer = bytearray(size)
        view, filled = memoryview(buffer), 0
        while filled < size:
            self._connection.settimeout(max(deadline - time.monotonic(), 1e-6))
            count = self._connection.recv_into(view[filled:])
            if not count:
                raise EOFError("worker: gone")
            filled += count
        return bytes(buffer)

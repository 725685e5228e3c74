"""The parent's handle on one worker: ask it, see whether it lives, end it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time

from wardline.adapters.media import sealing, wire
from wardline.adapters.media.reasons import Reason

_ROOM_BYTES = 2**20
"""So much the kernel is asked to take at once, as far as it allows: a picture that fits needs no second turn."""
_FIRST_BYTES = 2**12
"""An answer that is no picture comes whole in the first of these."""


class Attendant:
    """Talks to one worker; used by one thread at a time."""

    def __init__(self, connection: socket.socket, pidfd: int) -> None:
        # It never blocks by itself: Python would ask the kernel twice for each thing that it sends or receives with a time limit.
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM_BYTES)
        self._connection = connection
        self._pidfd = pidfd
        self.layers: frozenset[str] = frozenset()
        """The layers of the sandbox around it."""
        self.jobs = 0
        """How many answers it has given."""

    def receive_layers(self, seconds: float) -> frozenset[str]:
        """Wait until it is sealed; ``EOFError`` when it died on the way."""
        bits = self._receive(1, 1, time.monotonic() + seconds)[0]
        self.layers = frozenset(name for place, name in enumerate(sealing.LAYERS) if bits >> place & 1)
        return self.layers

    def alive(self) -> bool:
        """Say whether it waits for work. One that is dead, or that speaks without being asked, does not."""
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
        self._send(request, content, deadline)
        head = wire.ANSWER.size
        begun = self._receive(head, min(head + most_bytes, _FIRST_BYTES), deadline)
        outcome = wire.read_header(begun[:head], most=most_bytes)
        length = 0 if isinstance(outcome, Reason) else outcome
        if len(begun) > head + length:
            raise wire.MalformedAnswerError("answer: longer than it says")
        rest = head + length - len(begun)
        payload = begun[head:] + (self._receive(rest, rest, deadline) if rest else b"")
        self.jobs += 1
        return outcome if isinstance(outcome, Reason) else payload

    def interrupt(self) -> None:
        """Kill it, from any thread; whoever waits for its answer is told that it died."""
        with contextlib.suppress(OSError):  # it is dead already, or its descriptor is closed
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def end(self) -> None:
        """Kill it and let go of it. Call once."""
        self.interrupt()
        self._connection.close()
        os.close(self._pidfd)

    def _send(self, request: bytes, content: bytes, deadline: float) -> None:
        try:
            sent = self._connection.sendmsg([request, content])
        except BlockingIOError:
            sent = 0
        if sent == len(request) + len(content):
            return
        for part in (memoryview(request)[sent:], memoryview(content)[max(sent - len(request), 0) :]):
            at = 0
            while at < len(part):
                self._wait(select.POLLOUT, deadline)
                with contextlib.suppress(BlockingIOError):
                    at += self._connection.send(part[at:])

    def _receive(self, least: int, most: int, deadline: float) -> bytes:
        """Receive so many bytes, as soon as the least of them are there."""
        buffer = bytearray(most)
        view, filled = memoryview(buffer), 0
        while filled < least:
            self._wait(select.POLLIN, deadline)
            try:
                count = self._connection.recv_into(view[filled:])
            except BlockingIOError:
                continue
            if not count:
                raise EOFError("worker: gone")
            filled += count
        return bytes(view[:filled])

    def _wait(self, event: int, deadline: float) -> None:
        """Wait until it can be sent to, or received from, or is gone; ``TimeoutError`` when the time is up before."""
        poll = select.poll()
        poll.register(self._connection, event)
        if not poll.poll(max(deadline - time.monotonic(), 0.0) * 1000):
            raise TimeoutError

"""How parent and zygote talk; both are trusted.

The parent sends one order, the zygote answers with one hello (``kinds``, or a ``problem``), each a size and JSON. Then every ``FORK``
asks for a worker and is answered by ``HERE`` with two descriptors (the worker's socket, its pidfd) or by ``FAILED``. A worker's own
first byte, sent before it sees any picture, says which layers of the sandbox hold around it.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

FORK, HERE, FAILED = b"F", b"W", b"E"

_SIZE = struct.Struct("!I")


def send(control: socket.socket, message: dict[str, Any]) -> None:
    """Send one message."""
    body = json.dumps(message).encode("ascii")
    control.sendall(_SIZE.pack(len(body)) + body)


def receive(control: socket.socket) -> dict[str, Any]:
    """Wait for one message; ``EOFError`` when the other side is gone."""
    size = _SIZE.unpack(_exactly(control, _SIZE.size))[0]
    message: dict[str, Any] = json.loads(_exactly(control, size))
    return message


def _exactly(control: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = control.recv(size)
        if not part:
            raise EOFError("control socket: closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)

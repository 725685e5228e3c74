"""A server that sends its first answer twice, and another one to whoever asks next."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def answering_twice(first: bytes, then: bytes) -> Iterator[str]:
    """Serve on loopback: the first request gets ``first`` twice over, every other one ``then``. Gives the address."""
    asked = threading.Semaphore(0)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            answers = iter([first + first])
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return  # the test is over
                threading.Thread(target=talk, args=(connection, answers), daemon=True).start()

        def talk(connection: socket.socket, answers: Iterator[bytes]) -> None:
            with connection:
                while read_request(connection):
                    connection.sendall(next(answers, then))
                    asked.release()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    assert asked.acquire(timeout=5), "nobody asked"


def read_request(connection: socket.socket) -> bool:
    """Read one request with its body; False when there is none any more."""
    received = b""
    while b"\r\n\r\n" not in received:
        try:
            part = connection.recv(65_536)
        except OSError:
            return False
        if not part:
            return False
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    size = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < size:
        part = connection.recv(65_536)
        if not part:
            return False
        body += part
    return True


def answer(status: str, body: bytes = b"") -> bytes:
    """Make an answer that leaves the connection open."""
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)

"""A door before an object store that fails as it is told to: refusals, silence, answers that are lost or cut off."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Fault = Callable[[str, str], str | None]
"""Given a method and a path, say what goes wrong: ``"507 InsufficientStorage"``, ``"silent"``, ``"lost"``, ``"cut"``, ``"other bytes"``."""


@dataclass
class Door:
    """A door that stands open."""

    url: str
    fault: Fault = lambda _method, _path: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each call."""
    sent: list[bytes] = field(default_factory=list)
    """Whole bodies."""
    credentials: set[str] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def works(self) -> None:
        """Let nothing fail any more."""
        self.fault = lambda _method, _path: None

    def fails(self, what: str, *, method: str = "", path: str = "", first: int | None = None) -> None:
        """Let calls with this method and this in their path fail: all, or the first few."""
        left = [10**9 if first is None else first]

        def fault(called: str, where: str) -> str | None:
            if method not in ("", called) or path not in where or left[0] == 0:
                return None
            left[0] -= 1
            return what

        self.fault = fault


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    door: Door
    behind: str

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        door = self.door
        door.asked.append((self.command, self.path))
        door.sent.append(body)
        door.credentials.add(
            (self.headers.get("Authorization") or "").partition("Credential=")[2].partition("/")[0]
        )
        what = door.fault(self.command, self.path)
        if what == "silent":
            door.ended.wait()
            self.close_connection = True
        elif what is not None and what[0].isdigit():
            status, _, code = what.partition(" ")
            self._answer(int(status), {}, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())
        else:
            status_, headers, content = self._asked_behind(body)
            if what == "lost":
                self.close_connection = True
            elif what == "cut":
                self._answer(status_, headers, content, cut=True)
            else:
                if what == "other bytes":
                    headers = {**headers, "ETag": '"00"'}
                    content = bytes(len(content))
                self._answer(status_, headers, content)

    def _asked_behind(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.behind).netloc)
        try:
            connection.request(self.command, self.path, body=body, headers=dict(self.headers))
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: dict[str, str], content: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = self.close_connection or cut

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _pass  # noqa: N815 -- the names that the standard library calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the standard library
        """Say nothing."""


@contextmanager
def door_before(url: str) -> Iterator[Door]:
    """Put a door before an object store."""
    handler = type("Handler", (_Handler,), {"behind": url})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    made = Door(f"http://127.0.0.1:{server.server_address[1]}")
    handler.door = made  # type: ignore[attr-defined]  # of the class that was made just above
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        made.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()

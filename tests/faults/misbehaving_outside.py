"""Everything that Wardline talks to, misbehaving: it answers with what it was sent, with marks of its own, with nonsense, or half.

Each service has a path; what was called is counted. Nothing of what it answers may come out anywhere.
"""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.faults.planted import Planted

SERVICES = (
    "platform",
    "authority",
    "notifier",
    "witness",
    "detector",
    "exchange",
    "provider",
    "objects",
    "mail",
)


class Outside:
    """Where the services are, and how often each was called."""

    def __init__(self, address: str, planted: Planted) -> None:
        self.calls: Counter[str] = Counter()
        self.changed = threading.Condition()
        self.address = address
        self.mail_port = 0
        self._paths = {name: f"/{name}/{planted.mark(f'path_{name}')}" for name in SERVICES}
        self.answers = {name: planted.mark(f"answer_{name}") for name in SERVICES}

    def url(self, service: str) -> str:
        """Give a service's address, which has a mark in its path."""
        return f"{self.address}{self._paths[service]}"

    def called(self, path: str) -> tuple[str, int]:
        """Count a call; gives the service and how many it had before."""
        service = path.strip("/").partition("/")[0]
        with self.changed:
            self.calls[service] += 1
            self.changed.notify_all()
            return service, self.calls[service] - 1

    def wait_for(self, service: str, times: int, seconds: float) -> bool:
        """Wait until a service was called so often; False when it was not."""
        with self.changed:
            return self.changed.wait_for(lambda: self.calls[service] >= times, seconds)


@contextmanager
def misbehaving(planted: Planted) -> Iterator[Outside]:
    """Let all services misbehave within."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            _misbehave(self, outside)

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 - their names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    outside = Outside(f"http://127.0.0.1:{server.server_address[1]}", planted)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    mail = _mail(outside)
    try:
        yield outside
    finally:
        for each in (server, mail):
            each.shutdown()
            each.server_close()
        thread.join()


def _mail(outside: Outside) -> socketserver.ThreadingTCPServer:
    """Start a mail server that takes no password, and says what it was sent."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            mark = outside.answers["mail"].encode()
            outside.called("/mail")
            self.wfile.write(b"220 " + mark + b"\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"EHLO"):
                    self.wfile.write(b"250-" + mark + b"\r\n250 AUTH PLAIN LOGIN\r\n")
                else:
                    self.wfile.write(b"535 " + mark + b" " + line.strip() + b"\r\n")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    outside.mail_port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def _misbehave(call: BaseHTTPRequestHandler, outside: Outside) -> None:
    length = int(call.headers.get("Content-Length") or 0)
    sent = call.rfile.read(length)
    service, before = outside.called(call.path)
    mark = outside.answers.get(service, "")
    echo = f"{mark} {call.path} {call.headers}".encode() + sent
    call.close_connection = True
    match before % 6:
        case 0:
            _answer(call, 500, echo, mark)
        case 1:
            call.wfile.write(f"HTTP/1.1 {mark} {mark}\r\n{mark}\r\n\r\n".encode())
        case 2:
            _answer(call, 302, echo, mark, ("Location", f"http://{mark}.example/{mark}"))
        case 3:
            _answer(call, 200, b'{"' + mark.encode() + b'": ' + echo[:2000], mark)
        case 4:
            call.wfile.write(
                f"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\nX-{mark}: {mark}\r\n\r\n{mark}".encode()
            )
        case _:
            _answer(call, 401, echo, mark, ("WWW-Authenticate", f'Basic realm="{mark}"'))


def _answer(
    call: BaseHTTPRequestHandler, status: int, body: bytes, mark: str, *headers: tuple[str, str]
) -> None:
    call.send_response_only(status, mark)
    for name, value in (*headers, ("X-Mark", mark), ("Content-Length", str(len(body)))):
        call.send_header(name, value)
    call.end_headers()
    call.wfile.write(body)

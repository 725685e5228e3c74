"""A detector on loopback that answers by HTTP what it is told to, and fails as it is told to: for tests of what asks one."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_MOST_BODY_BYTES = 1 << 26


class DetectorFault(StrEnum):
    """What goes wrong with one request."""

    ERROR = "error"
    """500."""
    REFUSE = "refuse"
    """403."""
    REDIRECT = "redirect"
    """302, to another address."""
    DROP = "drop"
    """Closes the connection."""
    GARBAGE = "garbage"
    """Answers something that is not JSON."""
    NOT_A_NUMBER = "not-a-number"
    """``NaN``, which is no JSON."""
    NO_SCORE = "no-score"
    HIGH = "high"
    """A score of 7."""
    OTHER_VERSION = "other-version"
    DRIP = "drip"
    """A byte of the answer now and then."""
    DRIP_HEADER = "drip-header"
    """The same, of a header."""
    HUGE = "huge"
    """Megabytes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class DetectorSandbox:
    """Use it in a ``with`` statement. ``score`` and ``version`` may be set at any time."""

    def __init__(self, *, score: float = 0.25, version: str = "1") -> None:
        self.score, self.version = score, version
        self.asked: list[Asked] = []
        self.faults: deque[DetectorFault] = deque()
        """Of the next requests, one each."""
        self.always: DetectorFault | None = None
        """Of every request for which there is none of its own."""
        self.stopped = threading.Event()
        self._server: _Server | None = None

    def __enter__(self) -> DetectorSandbox:
        self._server = _Server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is asked."""
        port = self._server.server_address[1] if self._server else 0
        return f"http://127.0.0.1:{port}/score"

    def answer(self, fault: DetectorFault | None) -> bytes:
        """Make the body of an answer."""
        match fault:
            case DetectorFault.GARBAGE:
                return b"<html>all is well</html>"
            case DetectorFault.NOT_A_NUMBER:
                return b'{"results": [{"score": NaN}], "model": {"version": "1"}}'
            case DetectorFault.HUGE:
                return b" " * (1 << 22)
            case _:
                pass
        version = "2-silently" if fault is DetectorFault.OTHER_VERSION else self.version
        score = 7.0 if fault is DetectorFault.HIGH else self.score
        results = [] if fault is DetectorFault.NO_SCORE else [{"score": score}]
        return json.dumps({"results": results, "model": {"version": version}}).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, sandbox: DetectorSandbox) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sandbox = sandbox

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a caller that hangs up is usual here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_POST(self) -> None:
        sandbox = self.server.sandbox
        length = min(int(self.headers.get("Content-Length", "0")), _MOST_BODY_BYTES)
        sandbox.asked.append(Asked(self.path, dict(self.headers), self.rfile.read(length)))
        fault = sandbox.faults.popleft() if sandbox.faults else sandbox.always
        match fault:
            case DetectorFault.DROP:
                self.close_connection = True
            case DetectorFault.ERROR:
                self._say(500, b"")
            case DetectorFault.REFUSE:
                self._say(403, b"")
            case DetectorFault.REDIRECT:
                self._say(302, b"")
            case DetectorFault.DRIP_HEADER:
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 10_000)
            case _:
                self._say(200, sandbox.answer(fault), drips=fault is DetectorFault.DRIP)

    def _say(self, status: int, body: bytes, *, drips: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        if drips:
            self._drip(body)
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes) -> None:
        for byte in body:
            if self.server.sandbox.stopped.is_set():
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def log_message(self, *args: object) -> None:
        """Say nothing."""

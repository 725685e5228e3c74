"""Four hash exchanges on this machine, for tests: NCMEC's, StopNCII's, Meta's and Tech Against Terrorism's. They know what you told them.

Share nothing but random digits: no hash of anything real belongs into a test.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlencode, urlsplit

from wardline.errors import BusyError
from wardline.testing.exchange_calls import (
    DENIED,
    EXCHANGES,
    Credentials,
    ExchangeCalls,
    ExchangeReply,
    ExchangeRequest,
    Spoiling,
)
from wardline.testing.exchange_ledger import ExchangeLedger

__all__ = [
    "Credentials",
    "ExchangeFault",
    "ExchangeLedger",
    "ExchangeReply",
    "ExchangeRequest",
    "ExchangeSandbox",
]

_MOST_BODY_BYTES = 1 << 20
_ENTITIES = b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY e SYSTEM "file:///etc/hostname">]><queryResult><images><image>&e;</image></images></queryResult>'


class ExchangeFault(StrEnum):
    """What can go wrong with one request."""

    GARBAGE = "garbage"
    """HTTP 200 with a page for people."""
    TRUNCATED = "truncated"
    """HTTP 200 with the first half of the answer."""
    ENTITIES = "entities"
    """HTTP 200 with a document that wants a file of the reader's machine."""
    TWICE = "twice"
    """Every entry of the page stands in it twice."""
    DENIED = "denied"
    """HTTP 401."""
    SERVER_ERROR = "server-error"
    """HTTP 500."""
    BUSY = "busy"
    """HTTP 429, and come back in a day."""
    DROP = "drop"
    """The connection ends without an answer."""
    SLOW = "slow"
    """It is answered after a while."""
    REDIRECT = "redirect"
    """HTTP 302 to ``elsewhere``."""
    FOREIGN_NEXT = "foreign-next"
    """The next page is said to be at ``elsewhere``."""


class ExchangeSandbox:
    """Serve the four exchanges on a loopback port. Use it as a context manager.

    Args:
        clock_now: Gives the time of changes, aware.
        page_entries: Most entries of a page.
        elsewhere: Address of another host, for the faults that lead there.
        delay_seconds: How long ``ExchangeFault.SLOW`` lasts.
    """

    def __init__(
        self,
        *,
        clock_now: Callable[[], datetime] = lambda: datetime.now(UTC),
        page_entries: int = 100,
        elsewhere: str = "http://127.0.0.1:9",
        delay_seconds: float = 0.05,
    ) -> None:
        self.ledgers = {name: ExchangeLedger(clock_now) for name in EXCHANGES}
        self.credentials = Credentials()
        self.elsewhere, self.delay_seconds = elsewhere, delay_seconds
        self.requests: list[ExchangeRequest] = []
        """Every request, in order."""
        self.calls = ExchangeCalls(
            ledgers=self.ledgers, credentials=self.credentials, page_entries=page_entries, base_url=lambda: self.url
        )  # fmt: skip
        self._faults: deque[ExchangeFault | ExchangeReply | None] = deque()
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        if self._server is None:
            raise BusyError("exchange sandbox: not started, expected to be used as a context manager")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def url_of(self, exchange: str) -> str:
        """Give the option ``sandbox_url`` of an exchange's adapter."""
        return f"{self.url}/{exchange}"

    @property
    def heard(self) -> dict[tuple[str, str, str], str]:
        """The feedback that arrived: by exchange, key and fingerprint, the last word."""
        return dict(self.calls.heard)

    def inject(self, *faults: ExchangeFault | ExchangeReply | None) -> None:
        """Let the next requests fail, one after the other, or be answered so; None lets one through."""
        with self._lock:
            self._faults.extend(faults)

    def take(self, request: ExchangeRequest) -> ExchangeReply | None:
        """Answer one request, or None where the connection is to end without an answer."""
        with self._lock:
            self.requests.append(request)
            fault = self._faults.popleft() if self._faults else None
        spoiling = Spoiling(
            twice=fault is ExchangeFault.TWICE,
            next_base=self.elsewhere if fault is ExchangeFault.FOREIGN_NEXT else None,
        )
        match fault:
            case ExchangeReply():
                return fault
            case ExchangeFault.DROP:
                return None
            case ExchangeFault.GARBAGE:
                return ExchangeReply(body=b"<html><body>It works</body>", content_type="text/html")
            case ExchangeFault.ENTITIES:
                return ExchangeReply(body=_ENTITIES, content_type="application/xml")
            case ExchangeFault.DENIED:
                return DENIED
            case ExchangeFault.SERVER_ERROR | ExchangeFault.BUSY:
                return ExchangeReply(status=500 if fault is ExchangeFault.SERVER_ERROR else 429)
            case ExchangeFault.REDIRECT:
                place = f"{self.elsewhere}/{request.exchange}{request.path}?{urlencode(request.query)}"
                return ExchangeReply(status=302, location=place)
            case ExchangeFault.SLOW:
                time.sleep(self.delay_seconds)
        reply = self.calls.answer(request, spoiling)
        if fault is ExchangeFault.TRUNCATED:
            half = reply.body[: len(reply.body) // 2]
            return ExchangeReply(status=reply.status, body=half, content_type=reply.content_type)
        return reply

    def __enter__(self) -> ExchangeSandbox:
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="exchange-sandbox", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, sandbox: ExchangeSandbox) -> None:
        self.sandbox = sandbox
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # The base class also looks its own name up, which may ask a name server.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a caller that hangs up is usual here, and printing would show what it sent."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10
    wbufsize = -1

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or "0")
        parts = urlsplit(self.path)
        _, exchange, *rest = parts.path.split("/")
        request = ExchangeRequest(
            method=self.command, exchange=exchange, path="/" + "/".join(rest), query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()}, body=self.rfile.read(min(length, _MOST_BODY_BYTES)),
        )  # fmt: skip
        reply = self.server.sandbox.take(request)
        if reply is not None:
            self._send(reply)

    def _send(self, reply: ExchangeReply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.status == 429:
            self.send_header("Retry-After", "86400")
        if reply.location is not None:
            self.send_header("Location", reply.location)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Print nothing: addresses hold tokens."""

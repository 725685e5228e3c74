"""A strict CyberTipline on this machine, for tests and demonstrations. It sends nothing anywhere.

It demands credentials, the right content type, valid documents in the right order, and the documented rules; it expires, finishes once
and answers with the documented codes. With a ledger file it still knows its reports after it was killed.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from wardline.errors import BusyError
from wardline.testing.authority_calls import XML_TYPE, AuthorityCalls, Reply, Request, reply
from wardline.testing.authority_ledger import AuthorityLedger

_BASE_PATH = "/ispws"
_IDLE_SECONDS = 30
_PATIENCE_SECONDS = 5.0
_MOST_READS = 1024  # of at most 64 KiB, of a body that is not taken


class Fault(StrEnum):
    """What can go wrong with one call."""

    DROP_BEFORE = "drop-before"
    """The connection ends; nothing was done."""
    DROP_AFTER = "drop-after"
    """The connection ends; it was done."""
    SERVER_ERROR = "server-error"
    """HTTP 500 with code 1000; nothing was done."""
    GARBAGE = "garbage"
    """It was done; the answer makes no sense."""
    ERROR_IN_SUCCESS = "error-in-success"
    """HTTP 200 with code 1100; nothing was done."""
    DELAY = "delay"
    """It is done, after a while."""
    REJECTED = "rejected"
    """The documented answer to a document that breaks a rule, code 4100; nothing was done."""
    CUT_OFF = "cut-off"
    """It was done; the connection ends in the middle of the answer."""
    DRIP = "drip"
    """It was done; the answer comes a byte at a time."""
    OTHER_REPORT = "other-report"
    """It was done; the answer is about another report."""
    FEWER_FILES = "fewer-files"
    """It was done; where the answer lists files, the last one is not among them."""
    TWICE = "twice"
    """It was done; the answer is sent twice on one connection, so that the second stands where the next call's is expected."""


@dataclass(frozen=True, slots=True)
class _Oddly(Reply):
    """An answer that is sent in a strange manner."""

    manner: Fault


_REPORT_ID = re.compile(rb"(<reportId>\d+)(</reportId>)")
_LAST_LISTED = re.compile(rb"<fileId>[^<]*</fileId>\s*(</files>)")

Faults = Callable[[str, int], Fault | None]
"""Chooses a fault from the call's name and its number since the start, from 1 and 0 for the schema; None lets it through."""


class AuthoritySandbox:
    """Serve the Reporting API on a loopback port.

    Args:
        username: The credentials it knows.
        password: Their password.
        ledger_path: File to keep the reports in; None keeps them in memory.
        clock_now: Gives the current time, aware; decides about expiry and about times in the past.
        faults: Chooses what goes wrong.
        delay_seconds: How long ``Fault.DELAY`` lasts.
        schema_path: A schema file to serve at ``/xsd``.
        most_bytes: Longest request body that it takes.

    Raises:
        BusyError: Another process holds the ledger's file, or the port.
    """

    def __init__(
        self,
        *,
        username: str = "sandbox",
        password: str = "sandbox",  # noqa: S107 - opens nothing but this sandbox
        ledger_path: Path | None = None,
        clock_now: Callable[[], datetime] = lambda: datetime.now(UTC),
        faults: Faults | None = None,
        delay_seconds: float = 0.05,
        schema_path: Path | None = None,
        most_bytes: int = 1 << 28,
    ) -> None:
        self.username = username
        self.password = password
        self.ledger = AuthorityLedger(ledger_path, clock_now=clock_now)
        self.faults = faults
        """May be replaced while it runs."""
        self.delay_seconds = delay_seconds
        self.most_bytes = most_bytes
        schema = schema_path.read_bytes() if schema_path is not None else None
        self._calls = AuthorityCalls(username, password, self.ledger, clock_now, schema)
        self._numbers = itertools.count(1)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, port: int = 0) -> AuthoritySandbox:
        """Begin to serve on 127.0.0.1; port 0 takes any free one."""
        try:
            self._server = _Server(port, self)
        except OSError as error:
            raise BusyError(f"authority sandbox: port {port} cannot be taken, expected a free one") from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="authority-sandbox", daemon=True
        )
        self._thread.start()
        return self

    @property
    def url(self) -> str:
        """Give the base address for ``NcmecAuthority(sandbox_url=...)``."""
        if self._server is None:
            raise BusyError("authority sandbox: not started, expected start() before")
        return f"http://127.0.0.1:{self._server.server_address[1]}{_BASE_PATH}"

    def stop(self) -> None:
        """End every connection, give back the port and the ledger's file. Repeating is no error."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()
            self._server.server_close()
            self._server = None
        self.ledger.close()

    def __enter__(self) -> AuthoritySandbox:
        return self if self._server is not None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def take(self, request: Request) -> Reply | None:
        """Answer one request, or None where the connection is to end without an answer."""
        # The schema is asked for when it is time, and not because of anything that a test does.
        number = 0 if request.call == "xsd" else next(self._numbers)
        fault = self.faults(request.call, number) if self.faults is not None else None
        match fault:
            case None:
                return self._calls.answer(request)
            case Fault.DROP_BEFORE:
                return None
            case Fault.SERVER_ERROR:
                return reply(1000)
            case Fault.ERROR_IN_SUCCESS:
                return reply(1100, status=200)
            case Fault.DROP_AFTER:
                self._calls.answer(request)
                return None
            case Fault.GARBAGE:
                self._calls.answer(request)
                return Reply(200, b"<html><body>It works</body>")
            case Fault.DELAY:
                time.sleep(self.delay_seconds)
                return self._calls.answer(request)
            case Fault.REJECTED:
                return reply(4100)
            case Fault.OTHER_REPORT:
                answer = self._calls.answer(request)
                return Reply(answer.status, _REPORT_ID.sub(b"\\g<1>7\\g<2>", answer.body))
            case Fault.FEWER_FILES:
                answer = self._calls.answer(request)
                return Reply(answer.status, _LAST_LISTED.sub(b"\\g<1>", answer.body))
            case Fault.CUT_OFF | Fault.DRIP | Fault.TWICE:
                answer = self._calls.answer(request)
                return _Oddly(answer.status, answer.body, fault)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, sandbox: AuthoritySandbox) -> None:
        self.sandbox = sandbox
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # The base class also looks its own name up, which may ask a name server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._connections.discard(request)
            self._changed.notify_all()

    def hang_up(self) -> None:
        """End the connections that are still open and wait for their threads to let go of them."""
        with self._changed:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster
            self._changed.wait_for(lambda: not self._connections, timeout=_PATIENCE_SECONDS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a connection that broke is the client's to notice, and a request is never printed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    wbufsize = -1  # headers and body in one piece, else every answer waits for an acknowledgement
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self._body()
        if body is None:
            self._refuse()
            return
        prefix, _, call = self.path.rpartition("/")
        request = Request(
            method=self.command,
            call=call if prefix == _BASE_PATH else "",
            authorization=self.headers.get("Authorization", ""),
            content_type=self.headers.get("Content-Type", ""),
            body=body,
            peer=str(self.client_address[0]),
        )
        answer = self.server.sandbox.take(request)
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    def _body(self) -> bytes | None:
        if self.command == "GET":
            return b""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > self.server.sandbox.most_bytes:
            return None
        body = self.rfile.read(int(length))
        return body if len(body) == int(length) else None

    def _refuse(self) -> None:
        """Answer a body that is not taken, and then let it arrive: a connection closed on unread bytes loses its answer on the way."""
        self.close_connection = True
        self._send(reply(4000))
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_PATIENCE_SECONDS)
        with contextlib.suppress(OSError):
            for _ in range(_MOST_READS):
                if not self.connection.recv(1 << 16):
                    break

    def _send(self, answer: Reply) -> None:
        self.send_response(answer.status)
        if self.close_connection:
            self.send_header("Connection", "close")
        if answer.status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="authority sandbox"')
        self.send_header("Content-Type", XML_TYPE)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Request-ID", uuid.uuid4().hex)
        self.end_headers()
        manner = answer.manner if isinstance(answer, _Oddly) else None
        match manner:
            case Fault.CUT_OFF:
                self.wfile.write(answer.body[: len(answer.body) // 2])
                self.close_connection = True
            case Fault.DRIP:
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            case _:
                self.wfile.write(answer.body)
        if manner is Fault.TWICE:
            self._send(Reply(answer.status, answer.body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Print nothing."""

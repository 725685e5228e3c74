"""The HTTP side of the platform sandbox."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from wardline.adapters.platforms.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, verify_signature
from wardline.testing.platform_ledger import Received, read

_MOST_BODY_BYTES = 64 * 1024


class FaultKind(StrEnum):
    """What goes wrong with one request."""

    REFUSE = "refuse"
    """Answers 422 and does nothing: for good."""
    ERROR = "error"
    """Answers 500 and does nothing."""
    DROP_BEFORE = "drop-before"
    """Closes the connection and does nothing."""
    DROP_AFTER = "drop-after"
    """Does what was asked and closes the connection without an answer."""
    DELAY = "delay"
    """Waits, then goes on as usual."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    kind: FaultKind
    seconds: float = 0.0
    """For ``DELAY``: how long."""


class Webhooks(ThreadingHTTPServer):
    """Receives webhooks and hands on those that are in order.

    Args:
        address: Host and port.
        secret: For the signatures.
        now: Gives the time, aware.
        next_fault: Asked once a request.
        receive: Given each action and message; it is answered after that returned.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        address: tuple[str, int],
        secret: bytes,
        now: Callable[[], datetime],
        next_fault: Callable[[], Fault | None],
        receive: Callable[[Received], None],
    ) -> None:
        super().__init__(address, _Handler)
        self.secret, self.now, self.next_fault, self.receive = secret, now, next_fault, receive

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a caller that hangs up is usual here, and printing would show what it sent."""


class _Handler(BaseHTTPRequestHandler):
    server: Webhooks
    timeout = 10

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= _MOST_BODY_BYTES):
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        fault = self.server.next_fault()
        match fault:
            case Fault(FaultKind.REFUSE):
                self._answer(422)
            case Fault(FaultKind.ERROR):
                self._answer(500)
            case Fault(FaultKind.DROP_BEFORE):
                self.close_connection = True
            case Fault(FaultKind.DROP_AFTER):
                self._take(body)
            case Fault(FaultKind.DELAY, seconds):
                time.sleep(seconds)
                self._answer(self._take(body))
            case _:
                self._answer(self._take(body))

    def _take(self, body: bytes) -> int:
        """Check a request and hand it on. Gives the status to answer."""
        now = self.server.now()
        timestamp, signature = self.headers.get(TIMESTAMP_HEADER, ""), self.headers.get(SIGNATURE_HEADER, "")
        if self.path != "/webhooks":
            return 404
        if not verify_signature(self.server.secret, timestamp, body, signature, now):
            return 401
        try:
            received = read(json.loads(body), now.isoformat())
        except (ValueError, KeyError, TypeError, AttributeError):
            return 400
        self.server.receive(received)
        return 204

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing: addresses and references do not belong in logs."""

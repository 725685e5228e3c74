"""The HTTP side of the platform sandbox."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from wardline.adapters.platforms.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, verify_signature
from wardline.testing.platform_ledger import ReceivedAction

if TYPE_CHECKING:
    from wardline.testing.platform_sandbox import Fault

_MOST_BODY_BYTES = 64 * 1024


class Webhooks(ThreadingHTTPServer):
    """Receives webhooks and hands on those that are in order.

    Args:
        address: Host and port.
        secret: For the signatures.
        now: Gives the time, aware.
        next_fault: Asked once a request.
        receive: Given each action; it is answered after that returned.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        address: tuple[str, int],
        secret: bytes,
        now: Callable[[], datetime],
        next_fault: Callable[[], Fault | None],
        receive: Callable[[ReceivedAction], None],
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
        match fault.kind if fault else None:
            case "refuse":
                self._answer(422)
            case "error":
                self._answer(500)
            case "drop-before":
                self.close_connection = True
            case "drop-after":
                self._take(body)
            case "delay":
                time.sleep(fault.seconds if fault else 0)
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
            action = ReceivedAction.read(json.loads(body), now.isoformat())
        except (ValueError, KeyError, TypeError):
            return 400
        self.server.receive(action)
        return 204

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parameter's name is the base class's
        """Say nothing: addresses and references do not belong in logs."""

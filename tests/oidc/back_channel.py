"""Where the provider's word arrives that somebody signed out: a door on loopback that hands it to the application."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from tests.web.client import Api


@dataclass
class Told:
    """What arrived, and what was answered."""

    FORM: ClassVar[dict[str, str]] = {"Content-Type": "application/x-www-form-urlencoded"}
    path: ClassVar[str] = "/sign-in/with/example/signed-out"
    address: str = ""
    api: Api | None = None
    """The application that it is handed to; a test sets its own."""
    bodies: list[bytes] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Told]:
    """Listen on a free port."""
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = 503
            if told.api is not None:
                status = told.api.send("POST", self.path, content=body, headers=Told.FORM).status_code
                told.bodies.append(body)
                told.statuses.append(status)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.address = f"http://127.0.0.1:{server.server_port}{Told.path}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()

"""A real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from wardline.cli import serve
from wardline.testing.harness import Line
from wardline.web.app import create_app

_PATIENCE_SECONDS = 30


@contextmanager
def serving(line: Line) -> Iterator[str]:
    """Serve a line on a free port of this machine; gives its address."""
    with serve.listening("127.0.0.1", 0) as listener:
        app = create_app(line.wardline, low_trust_answer_seconds=0)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(_PATIENCE_SECONDS)
        assert not thread.is_alive()

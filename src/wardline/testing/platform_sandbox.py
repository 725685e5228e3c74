"""A platform on loopback that takes Wardline's webhooks: for demos, tests and ``wardline sandbox platform``.

It is strict where a careful platform is: it checks every signature, drops repeats, and answers only after its ledger is on disk.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from http.server import ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from types import TracebackType

from wardline.adapters.clocks import SystemClock
from wardline.errors import ConfigurationError
from wardline.testing.platform_http import Fault, FaultKind, Webhooks
from wardline.testing.platform_ledger import (
    AccountState,
    ContentState,
    Ledger,
    Received,
    ReceivedAction,
    ReceivedMessage,
)

__all__ = ["AccountState", "ContentState", "Fault", "FaultKind", "PlatformSandbox", "ReceivedAction", "ReceivedMessage"]  # fmt: skip


class PlatformSandbox:
    """A platform that keeps the state of its content and accounts. Use it as a context manager, or ``start`` and ``stop`` it.

    Args:
        secret: For the signatures, as in ``WebhookPlatform``.
        ledger_path: Where every action is written, one JSON object a line, before it is answered. A sandbox that was killed goes on
            from there. None keeps it in memory.
        port: 0 for any free one.
        faults: Taken one a request, None for a request without a fault; when they run out nothing goes wrong any more. May be endless.
        now: Gives the time that signatures are checked against, aware.
    """

    def __init__(
        self,
        secret: bytes,
        ledger_path: Path | None = None,
        port: int = 0,
        faults: Iterable[Fault | None] | None = None,
        *,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.secret, self.now = secret, now or SystemClock().now
        self._ledger_path, self._port = ledger_path, port
        self._faults: Iterator[Fault | None] = iter(faults or ())
        self._injected: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> PlatformSandbox:
        """Listen on 127.0.0.1. Gives itself. ``ConfigurationError`` when the port is taken or it runs already."""
        if self._server is not None:
            raise ConfigurationError("platform sandbox: running already, expected to be started once")
        if self._ledger is None or self._ledger_path is not None:
            self._ledger = Ledger(self._ledger_path)
        try:
            self._server = Webhooks(
                ("127.0.0.1", self._port), self.secret, self.now, self._next_fault, self._receive
            )
        except OSError:
            self._ledger.close()
            raise ConfigurationError(
                f"platform sandbox: port {self._port} is taken, expected a free one"
            ) from None
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="platform-sandbox", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening. What was received can still be asked for. Repeating is no error; a later start uses the same port."""
        server, thread, self._server, self._thread = self._server, self._thread, None, None
        if server is None or thread is None:
            return
        server.shutdown()
        thread.join()
        server.server_close()
        with self._lock:
            self._kept.close()

    def __enter__(self) -> PlatformSandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where webhooks go."""
        return f"http://127.0.0.1:{self._port}/webhooks"

    def inject(self, *faults: Fault) -> None:
        """Let the next requests fail, before any faults given at the start."""
        with self._lock:
            self._injected.extend(faults)

    def actions(self) -> list[ReceivedAction]:
        """Every request that took effect, once, in order of arrival."""
        with self._lock:
            return list(self._kept.actions)

    def messages(self) -> list[ReceivedMessage]:
        """Every message that was to be shown, once, in order of arrival."""
        with self._lock:
            return list(self._kept.messages)

    def state_of(self, content_reference: str) -> ContentState:
        """Say who can see a piece of content now. Content that was never spoken of is visible."""
        with self._lock:
            return self._kept.state_of(content_reference)

    def account_state_of(self, account_reference: str) -> AccountState:
        """Say whether an account works now."""
        with self._lock:
            return self._kept.account_state_of(account_reference)

    @property
    def _kept(self) -> Ledger:
        if self._ledger is None:
            raise ConfigurationError("platform sandbox: never started, expected to be started first")
        return self._ledger

    def _next_fault(self) -> Fault | None:
        with self._lock:
            if self._injected:
                return self._injected.popleft()
            return next(chain(self._faults, (None,)))

    def _receive(self, received: Received) -> None:
        with self._lock:
            self._kept.receive(received)

"""A platform whose answer drips in has answered: nobody waits for the rest of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from wardline.adapters.platforms import webhook
from wardline.adapters.platforms.webhook import WebhookPlatform
from wardline.testing import store_records as make


@contextmanager
def dripping(over: threading.Event) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n")
                while not over.wait(0.02):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        finally:
            over.set()
            thread.join()


def test_an_answer_that_drips_in_keeps_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_MOST_SECONDS_DRAINING", 0.1)
    over = threading.Event()
    with dripping(over) as url:
        platform = WebhookPlatform("example", url, b"s" * 32, now=lambda: datetime.now(UTC))
        done = threading.Event()

        def carry_out() -> None:
            platform.carry_out(make.action())
            done.set()

        thread = threading.Thread(target=carry_out)
        thread.start()
        try:
            assert done.wait(20)
        finally:
            over.set()
            thread.join()
            platform.close()

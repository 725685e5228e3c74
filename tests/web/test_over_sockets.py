"""The application behind a real server: connections that break, bodies that never end."""

from __future__ import annotations

import asyncio
import http.client
import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
import uvicorn

from tests.acceptance.stories import picture
from tests.web.client import assert_problem, context
from wardline.pipeline import Rules
from wardline.testing.harness import REPORTER, Key, Line
from wardline.web.app import create_app
from wardline.web.protocol import MOST_HEADING_BYTES, CappedProtocol

MOST = 1_000_000
PATIENCE_SECONDS = 30


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Line(tmp_path, rules=Rules(reporter=REPORTER, max_bytes=MOST)) as made:
        yield made


@pytest.fixture
def key(line: Line) -> Key:
    return line.platform_key()


@pytest.fixture
def port(line: Line) -> Iterator[int]:
    """Serve on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(line.wardline, low_trust_answer_seconds=0)
        config = uvicorn.Config(
            app, log_level="critical", access_log=False, lifespan="on", http=CappedProtocol
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def head(key: Key, *more: str) -> bytes:
    lines = [
        "POST /v1/items HTTP/1.1", "Host: wardline.test", f"Authorization: Bearer {key.secret}",
        f"Wardline-Context: {json.dumps(context(flag='spam'))}", "Content-Type: image/jpeg", *more, "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def connected(port: int) -> closing[socket.socket]:
    return closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))


def upload(port: int, key: Key) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key.secret}", "Wardline-Context": json.dumps(context(flag="spam"))}
    return httpx.post(
        f"http://127.0.0.1:{port}/v1/items", content=picture(), headers=headers, trust_env=False
    )


def test_an_upload_is_taken(port: int, key: Key, line: Line) -> None:
    assert upload(port, key).status_code == 202
    assert len(line.store.cases()) == 1


def test_a_connection_that_breaks_in_the_middle_leaves_nothing(port: int, key: Key, line: Line) -> None:
    for _ in range(5):
        with connected(port) as connection:
            connection.sendall(head(key, "Content-Length: 100000") + b"x" * 50_000)
    assert upload(port, key).status_code == 202
    assert len(line.store.cases()) == 1


def test_an_endless_body_gets_its_refusal_while_it_is_sent(port: int, key: Key, line: Line) -> None:
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    sent, answer, pending = 0, b"", head(key, "Transfer-Encoding: chunked")
    with connected(port) as connection:
        connection.setblocking(False)
        while not answer and sent < 100 * MOST:
            readable, writable, _ = select.select([connection], [connection], [], PATIENCE_SECONDS)
            if readable:
                answer = connection.recv(65_536)
            elif writable:
                done = connection.send(pending)
                sent += done
                pending = pending[done:] or chunk
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert sent < 20 * MOST
    assert line.store.cases() == []
    assert upload(port, key).status_code == 202


def test_a_body_that_declares_too_much_is_refused_before_it_is_sent(port: int, key: Key) -> None:
    with connected(port) as connection:
        connection.sendall(head(key, f"Content-Length: {10 * MOST}"))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_request_that_is_no_http_hurts_nobody(port: int, key: Key) -> None:
    for nonsense in (b"\x16\x03\x01\x00", b"GET\r\n\r\n", b"\x00" * 1000, head(key, "Content-Length: x")):
        with connected(port) as connection:
            connection.sendall(nonsense)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                continue
    assert upload(port, key).status_code == 202


def test_problems_are_the_same_over_the_wire(port: int) -> None:
    answer = httpx.get(f"http://127.0.0.1:{port}/v1/cases", trust_env=False)
    assert_problem(answer, 401, "not-authenticated")
    assert answer.headers["cache-control"] == "no-store"


def pushed(port: int, begin: bytes, piece: bytes, most: int) -> tuple[int, bytes]:
    """Send a piece again and again until something comes back; gives how many bytes were taken, and what came."""
    sent, answer, pending = 0, b"", begin
    with connected(port) as connection:
        connection.setblocking(False)
        while not answer and sent < most:
            readable, writable, _ = select.select([connection], [connection], [], PATIENCE_SECONDS)
            try:
                if readable:
                    answer = connection.recv(65_536) or b"closed"
                elif writable:
                    done = connection.send(pending)
                    sent, pending = sent + done, pending[done:] or piece
            except ConnectionError:
                answer = answer or b"closed"
    return sent, answer


FLOODS = {
    "one header": (b"GET /v1/cases HTTP/1.1\r\nX: ", b"x" * 10_000),
    "many headers": (b"GET /v1/cases HTTP/1.1\r\n", b"X: %s\r\n" % (b"x" * 5_000)),
    "an address": (b"GET /", b"x" * 10_000),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_heading_that_never_ends_is_refused_before_anybody_is_asked_who_they_are(
    port: int, key: Key, flood: str
) -> None:
    sent, answer = pushed(port, *FLOODS[flood], 100 * MOST)
    assert answer.startswith((b"HTTP/1.1 431 ", b"closed"))
    assert sent < 20 * MOST  # what the buffers of both ends hold
    assert upload(port, key).status_code == 202


def test_trailers_that_never_end_close_the_connection(port: int, key: Key) -> None:
    begin = head(key, "Transfer-Encoding: chunked") + b"5\r\nabcde\r\n0\r\n"
    sent, _ = pushed(port, begin, b"X: %s\r\n" % (b"x" * 5_000), 100 * MOST)
    assert sent < 20 * MOST
    assert upload(port, key).status_code == 202


def test_a_heading_within_the_limit_is_read_and_counting_begins_anew_with_each_request(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    fill = {f"X-Fill-{number}": "x" * 8_000 for number in range(3)}
    with closing(connection):
        connection.connect()
        same = connection.sock
        for _ in range(MOST_HEADING_BYTES // 24_000 + 3):
            connection.request("GET", "/v1/cases", headers=fill)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 401
            assert connection.sock is same


def test_an_upload_that_is_under_way_is_done_before_the_server_has_ended(line: Line) -> None:
    app = create_app(line.wardline, low_trust_answer_seconds=0)
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(PATIENCE_SECONDS)
        ended.set()

    async def served() -> None:
        async with app.router.lifespan_context(app):
            doing = asyncio.ensure_future(app.state.hands.do(work))
            await asyncio.to_thread(begun.wait, PATIENCE_SECONDS)
            doing.cancel()  # as the server does with what is still under way when its patience ends
            threading.Timer(0.2, may_end.set).start()
        assert ended.is_set()

    asyncio.run(served())

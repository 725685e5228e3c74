"""A call that brought no answer says in words what was seen and where to look, and nothing of what the other side sent."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from tests.unit.ncmec.test_client import client, now, says
from wardline import errors
from wardline.adapters.authorities.ncmec import NcmecAuthority
from wardline.testing.authority_contract import CONTENTS, sample_file, sample_report

PRIVATE = "Hope Marlowe"
"""Stands in everything that the other side sends here."""


def at(url: str) -> NcmecAuthority:
    return NcmecAuthority("sandbox", "user", "word", now, sandbox_url=url)


@contextmanager
def answering(sent: bytes) -> Iterator[int]:
    """Take one connection, read what comes first, send this and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            taken, _ = server.accept()
            with taken, suppress(ConnectionError):
                taken.recv(1 << 16)
                taken.sendall(sent)
                taken.shutdown(socket.SHUT_WR)
                while taken.recv(1 << 16):  # else what it still sends is answered with a reset
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            thread.join()


def seen(authority: NcmecAuthority) -> errors.AuthorityError:
    with authority, pytest.raises(errors.AuthorityError) as caught:
        authority.status()
    assert PRIVATE not in caught.value.message + caught.value.advice
    assert caught.value.message.startswith("ncmec status: ")
    assert ", expected" in caught.value.message
    return caught.value


def test_a_refused_connection_is_said_to_be_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = seen(at(f"http://127.0.0.1:{port}"))
    assert "connection was refused" in error.message
    assert "network" in error.advice


def test_tls_that_does_not_come_about_is_said_to_be_it() -> None:
    with answering(f"no TLS, says {PRIVATE}\r\n".encode()) as port:
        error = seen(at(f"https://127.0.0.1:{port}"))
    assert "TLS" in error.message
    assert "clock" in error.advice


@pytest.mark.parametrize(
    ("sent", "what", "where"),
    [
        (b"", "ended before", "network"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<reportResponse>" + PRIVATE.encode(), "ended before", "network"),
        (f"220 {PRIVATE} ESMTP\r\n\r\n".encode(), "no HTTP", "proxy"),
    ],
)  # fmt: skip
def test_an_answer_that_was_cut_off_or_is_no_http_is_told_apart(sent: bytes, what: str, where: str) -> None:
    with answering(sent) as port:
        error = seen(at(f"http://127.0.0.1:{port}"))
    assert isinstance(error, errors.AuthorityUncertainError)
    assert what in error.message
    assert where in error.advice


def failing(error: httpx.TransportError, cause: Exception | None = None) -> NcmecAuthority:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error from cause

    return client(handler)


@pytest.mark.parametrize(
    ("error", "cause", "what", "where"),
    [
        (httpx.ConnectError(PRIVATE), socket.gaierror(-2, PRIVATE), "name of the authority's machine", "DNS"),
        (httpx.ConnectError(PRIVATE), None, "no connection", "network"),
        (httpx.ConnectTimeout(PRIVATE), None, "within 10 s", "network"),
        (httpx.PoolTimeout(PRIVATE), None, "no connection was free", "this machine"),
        (httpx.ProxyError(f"502 {PRIVATE}"), None, "the proxy", "HTTPS_PROXY"),
        (httpx.ReadTimeout(PRIVATE), None, "no answer within 60 s", "network"),
        (httpx.WriteTimeout(PRIVATE), None, "not taken within 60 s", "network"),
        (httpx.ReadError(PRIVATE), None, "broke after sending", "network"),
    ],
)
def test_each_failure_of_a_connection_is_told_apart(
    error: httpx.TransportError, cause: Exception | None, what: str, where: str
) -> None:
    found = seen(failing(error, cause))
    assert what in found.message
    assert where in found.advice


def answer(status: int, kind: str | None, body: bytes) -> Callable[[httpx.Request], httpx.Response]:
    headers = {} if kind is None else {"Content-Type": kind}
    return lambda _: httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)


PAGE = f"\n<!DOCTYPE html><html><title>Sign in, {PRIVATE}</title></html>".encode()


@pytest.mark.parametrize(
    ("status", "kind", "body", "what", "where"),
    [
        (200, "text/html; charset=utf-8", PAGE, f"HTTP 200 with text/html, {len(PAGE)} bytes, a web page", "sign-in page"),
        (200, "text/xml", PAGE, "a web page", "sign-in page"),
        (200, f"text/x-{PRIVATE}", b"\x00" + PRIVATE.encode(), "content of another type, 13 bytes, no whole XML", "authority's status"),
        (200, None, b"", "content of no named type, 0 bytes, empty", "authority's status"),
        (200, "text/xml", f"<reportResponse>{PRIVATE}".encode(), "no whole XML", "cut them off"),
        (200, "application/xml", f"<other>{PRIVATE}</other>".encode(), "XML without one clear answer code", "authority's status"),
        (200, "text/xml", f"<reportResponse><responseCode>{PRIVATE}</responseCode></reportResponse>".encode(), "without one clear answer code", "status"),
        (302, "text/html", PAGE, "HTTP 302", "sign-in page"),
        (403, "text/html", PAGE, "HTTP 403", "a firewall"),
        (403, None, b"", "HTTP 403", "password file"),
        (407, "text/html", PAGE, "HTTP 407", "HTTPS_PROXY"),
        (429, None, PRIVATE.encode(), "HTTP 429", "slows down"),
        (502, "text/html", PAGE, "HTTP 502", "authority's status first"),
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_described_and_not_quoted(
    status: int, kind: str | None, body: bytes, what: str, where: str
) -> None:
    found = seen(client(answer(status, kind, body)))
    assert what in found.message
    assert where in found.advice


def test_an_answer_that_cannot_be_unpacked_is_said_to_be_one() -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        sent = gzip.compress(PRIVATE.encode())[:12]
        return httpx.Response(
            200, stream=httpx.ByteStream(b"\x00" + sent), headers={"Content-Encoding": "gzip"}
        )

    assert "cannot be unpacked" in seen(client(handler)).message


@pytest.mark.parametrize("code", [1000, 1100])
def test_a_code_by_which_the_authority_failed_itself_says_so(code: int) -> None:
    found = seen(client(says(code, more=f"<reportId>{PRIVATE}</reportId>")))
    assert f"answer code {code}" in found.message
    assert "failed itself" in found.advice


def test_details_that_failed_after_their_file_say_what_was_seen() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/fileinfo"):
            raise httpx.ConnectTimeout(PRIVATE)
        digest = hashlib.md5(CONTENTS[0], usedforsecurity=False).hexdigest()
        more = f"<reportId>77</reportId><fileId>f1</fileId><hash>{digest}</hash>"
        return says(0, more=more)(request)

    with client(handler) as authority, pytest.raises(errors.AuthorityUncertainError) as caught:
        authority.attach("77", sample_file(1), CONTENTS[0])
    assert "no connection within 10 s" in caught.value.message
    assert f"{sample_file(1).item_id} had arrived before" in caught.value.message
    assert PRIVATE not in caught.value.message


def test_a_report_is_not_quoted_where_it_comes_back() -> None:
    echo = client(lambda request: httpx.Response(200, stream=httpx.ByteStream(request.read())))
    with echo as authority, pytest.raises(errors.AuthorityUncertainError) as caught:
        authority.submit(sample_report())
    assert sample_report().person.account_reference not in caught.value.message

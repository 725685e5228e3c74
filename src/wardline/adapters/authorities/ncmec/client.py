"""The CyberTipline Reporting API over HTTPS, one call at a time."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
import structlog

from wardline import records
from wardline.adapters.authorities import not_sent
from wardline.adapters.authorities.ncmec import answers, preview, published, rules, seen
from wardline.adapters.authorities.ncmec.served import BROUGHT, Served
from wardline.adapters.trusting import trust
from wardline.errors import (
    AuthorityDeniedError,
    AuthorityRejectedError,
    AuthorityUncertainError,
    AuthorityUnreachableError,
    ConfigurationError,
)

PRODUCTION_URL = "https://report.cybertip.org/ispws"
TEST_URL = "https://exttest.cybertip.org/ispws"

_log = structlog.get_logger("wardline.ncmec")
_REPORT_ID = re.compile("[0-9]{1,18}")
_REQUEST_ID = re.compile(r"[0-9A-Za-z._:+/=-]{1,128}")
_XML = {"Content-Type": "text/xml; charset=utf-8"}
_TIMEOUT = httpx.Timeout(60.0, connect=10.0, pool=10.0)
# A connection for each call. What an authority sends beyond an answer's end would on a kept one be taken for the answer to the next call.
_ONE_CALL_EACH = httpx.Limits(max_keepalive_connections=0)
_MOST_SECONDS_READING = 120.0  # an answer that drips in is given up, however steadily it drips


class NcmecAuthority:
    """``ports.Authority`` for the CyberTipline. Safe to call from many threads.

    Args:
        environment: ``"sandbox"``, ``"test"`` or ``"production"``.
        username: Issued by the authority.
        password: Content of the password file.
        clock_now: Gives the current time, aware.
        sandbox_url: Base address of a sandbox on this machine; for ``"sandbox"`` and for nothing else.
        production_confirmed: The second of the two settings that real reports need.
        transport: Another way to send, for tests of the connection itself.

    Raises:
        ConfigurationError: The environment is unknown, a sandbox is not on this machine, or production is not confirmed.
    """

    takes_batches: ClassVar[bool] = True
    """Reports of one file that many accounts spread can be written for it."""

    def __init__(
        self,
        environment: str,
        username: str,
        password: str,
        clock_now: Callable[[], datetime],
        sandbox_url: str | None = None,
        production_confirmed: bool = False,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        base_url = _base_url(environment, sandbox_url, production_confirmed=production_confirmed)
        if not username or not password.strip():
            raise ConfigurationError(
                "ncmec: user name or password is empty, expected the credentials that the authority issued"
            )
        self._environment = environment
        self._now = clock_now
        self._served = BROUGHT
        # A proxy may stand between us and the authority, never before a sandbox.
        is_real = environment != "sandbox"
        self._http = httpx.Client(
            base_url=base_url,
            auth=httpx.BasicAuth(username.encode(), password.rstrip("\r\n").encode()),
            headers={"Accept": "text/xml", "Accept-Encoding": "identity"},
            timeout=_TIMEOUT,
            limits=_ONE_CALL_EACH,
            follow_redirects=False,
            trust_env=is_real,
            verify=trust(trust_env=is_real),
            transport=transport,
        )

    @property
    def name(self) -> str:
        """Give the adapter's name, as it stands in referrals."""
        return "ncmec"

    @property
    def environment(self) -> str:
        """Say where reports go."""
        return self._environment

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> NcmecAuthority:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check(self, report: records.Report) -> tuple[str, ...]:
        """Check a report against the authority's rules, and the documents built from it against its schema."""
        return rules.problems(report) or self._served.problems(report, self._now())

    def preview(self, report: records.Report) -> records.Preview:
        """Say what the authority would get, in words and byte for byte. Sends nothing."""
        return self._served.preview(report, self._now())

    def fetch_schema(self) -> bytes:
        """Ask for the schema that the authority serves now, as it is served."""
        response, body = self._send("xsd", "GET", most_bytes=published.MOST_BYTES)
        if response.status_code != 200:
            raise seen.unknown("xsd", response.status_code, response.headers.get("Content-Type"), body)
        if not published.is_schema(body):  # an error page is no news about the schema
            raise AuthorityUncertainError("ncmec xsd: success without a schema, expected one")
        return body

    def use_schema(self, content: bytes) -> records.SchemaReading:
        """Write and check documents by this schema from here on."""
        if content != self._served.content:
            self._served = Served.of(content)
        return self._served.reading

    def status(self) -> records.AuthorityAnswer:
        """Check that the authority answers and knows the credentials."""
        return self._call("status", "GET")[0]

    def submit(self, report: records.Report) -> records.AuthorityAnswer:
        """Open a report."""
        document = self._served.report_document(report, self._now())
        not_sent.tell(_log, report)
        answer, parsed = self._call("submit", "POST", content=document, headers=_XML)
        if parsed.report_id is None or not _REPORT_ID.fullmatch(parsed.report_id):
            raise AuthorityUncertainError("ncmec submit: success without a report id, expected one")
        return _with_id(answer, parsed.report_id)

    def attach(self, remote_id: str, file: records.ReportedFile, content: bytes) -> records.AuthorityAnswer:
        """Upload one file, compare what arrived, and describe it. The answer is that of the description, with the file's id."""
        _require_report_id(remote_id)
        self._served.file_document(
            remote_id, preview.FILE_ID, file, self._now()
        )  # what cannot be described is not uploaded
        form = {"id": (None, remote_id), "file": (file.item_id, content, "application/octet-stream")}
        _, uploaded = self._call("upload", "POST", files=form)
        expected = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if uploaded.file_id is None or uploaded.report_id not in {None, remote_id}:
            raise AuthorityUncertainError("ncmec upload: success without this report's file id, expected one")
        if uploaded.md5 is None or uploaded.md5.lower() != expected:
            raise AuthorityUncertainError(
                f"ncmec upload of {file.item_id}: other bytes arrived, expected those that were sent"
            )
        return self._describe(remote_id, uploaded.file_id, file)

    def finish(self, remote_id: str) -> records.AuthorityAnswer:
        """Close a report; the answer's body is the receipt."""
        _require_report_id(remote_id)
        answer, parsed = self._call("finish", "POST", files={"id": (None, remote_id)})
        if parsed.report_id != remote_id:
            raise AuthorityUncertainError(
                f"ncmec finish of {remote_id}: success without this report's receipt, expected one"
            )
        return replace(_with_id(answer, remote_id), files=parsed.listed)

    def retract(self, remote_id: str) -> records.AuthorityAnswer:
        """Withdraw an open report."""
        _require_report_id(remote_id)
        answer, parsed = self._call("retract", "POST", files={"id": (None, remote_id)})
        if parsed.report_id not in {None, remote_id}:
            raise AuthorityUncertainError(
                f"ncmec retract of {remote_id}: an answer about another report, expected this one"
            )
        return _with_id(answer, remote_id)

    def _describe(self, remote_id: str, file_id: str, file: records.ReportedFile) -> records.AuthorityAnswer:
        try:
            answer, _ = self._call(
                "fileinfo",
                "POST",
                content=self._served.file_document(remote_id, file_id, file, self._now()),
                headers=_XML,
            )
        except (AuthorityUnreachableError, AuthorityDeniedError) as error:
            # The upload before it did have its effect, so doing both again would leave the file there twice.
            raise AuthorityUncertainError(
                f"{error.message}; the file {file.item_id} had arrived before", remedy=error.advice
            ) from error
        return _with_id(answer, file_id)

    def _call(self, call: str, method: str, **request: Any) -> tuple[records.AuthorityAnswer, answers.Parsed]:
        response, body = self._send(call, method, most_bytes=answers.MOST_BYTES, **request)
        parsed = answers.read(call, response.status_code, body, response.headers.get("Content-Type"))
        if parsed.kind != ("reportDoneResponse" if call == "finish" else "reportResponse"):
            raise AuthorityUncertainError(
                f"ncmec {call}: success in the answer to another call, expected its own"
            )
        answer = records.AuthorityAnswer(remote_id=None, request_id=_request_id(response), body=body)
        return answer, parsed

    def _send(
        self, call: str, method: str, *, most_bytes: int, **request: Any
    ) -> tuple[httpx.Response, bytes]:
        try:
            with self._http.stream(method, f"/{call}", **request) as response:
                # Of each answer, a refusal too, and before it is read: the authority asks for this number when something went wrong.
                _log.info(
                    "authority called",
                    call=call,
                    status=response.status_code,
                    request_id=_request_id(response),
                )
                return response, _read(call, response, most_bytes)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise seen.no_connection(call, error) from error
        except httpx.HTTPError as error:
            raise seen.no_answer(call, error) from error


def _request_id(response: httpx.Response) -> str | None:
    """Give the authority's number of a call; None where it gave none, or something that is no number and may be anything."""
    given = response.headers.get("Request-ID", "")
    return given if _REQUEST_ID.fullmatch(given) else None


def _read(call: str, response: httpx.Response, most_bytes: int) -> bytes:
    until = time.monotonic() + _MOST_SECONDS_READING
    parts: list[bytes] = []
    size = 0
    # Asked for as it is. Who stands between may compress it all the same; what it says is still the authority's word.
    for part in response.iter_bytes(16384):
        parts.append(part)
        size += len(part)
        if size > most_bytes:
            raise AuthorityUncertainError(
                f"ncmec {call}: answer too long, expected at most {most_bytes} bytes"
            )
        if time.monotonic() > until:
            raise AuthorityUncertainError(
                f"ncmec {call}: answer too slow, expected within {_MOST_SECONDS_READING:.0f} s"
            )
    return b"".join(parts)


def _with_id(answer: records.AuthorityAnswer, remote_id: str) -> records.AuthorityAnswer:
    return records.AuthorityAnswer(remote_id=remote_id, request_id=answer.request_id, body=answer.body)


def _require_report_id(remote_id: str) -> None:
    if not _REPORT_ID.fullmatch(remote_id):
        raise AuthorityRejectedError("ncmec: not a report id, expected decimal digits")


def _base_url(environment: str, sandbox_url: str | None, *, production_confirmed: bool) -> str:
    if environment != "sandbox" and sandbox_url is not None:
        raise ConfigurationError(
            f"ncmec: a sandbox address with environment {environment!r}, expected it with 'sandbox' only"
        )
    match environment:
        case "sandbox":
            return _loopback(sandbox_url)
        case "test":
            return TEST_URL
        case "production":
            if not production_confirmed:
                raise ConfigurationError(
                    "ncmec: production is not confirmed, expected both settings to say so"
                )
            return PRODUCTION_URL
        case _:
            raise ConfigurationError(
                f"ncmec: unknown environment {environment!r}, expected 'sandbox', 'test' or 'production'"
            )


def _loopback(url: str | None) -> str:
    wrong = ConfigurationError(
        "ncmec: sandbox address is not on this machine, expected http:// and a loopback address"
    )
    if url is None:
        raise wrong
    try:
        parts = urlsplit(url)
        local = parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        raise wrong from None
    if not local or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        raise wrong
    return url.rstrip("/")

"""The client against answers and connections that a sandbox would not give by itself."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

import httpx
import pytest

from wardline import errors
from wardline.adapters.authorities.ncmec import PRODUCTION_URL, TEST_URL, NcmecAuthority
from wardline.adapters.authorities.ncmec.answers import MOST_BYTES
from wardline.testing.authority_contract import CONTENTS, sample_file, sample_report

URL = "http://127.0.0.1:9/ispws"


def now() -> datetime:
    return datetime.now(UTC)


def client(handler: Callable[[httpx.Request], httpx.Response]) -> NcmecAuthority:
    return NcmecAuthority(
        "sandbox", "user", "word\n", now, sandbox_url=URL, transport=httpx.MockTransport(handler)
    )


@contextmanager
def hearing() -> Iterator[list[dict[str, Any]]]:
    """Catch what the client logs, whatever the process does with logs."""
    told: list[dict[str, Any]] = []
    log = SimpleNamespace(info=lambda event, **values: told.append({"event": event, **values}))
    with mock.patch("wardline.adapters.authorities.ncmec.client._log", log):
        yield told


def says(code: int, *, status: int = 200, more: str = "") -> Callable[[httpx.Request], httpx.Response]:
    body = f"<reportResponse><responseCode>{code}</responseCode><responseDescription>x</responseDescription>{more}</reportResponse>"
    return lambda _: httpx.Response(status, stream=httpx.ByteStream(body.encode()))


def raises(error: type[httpx.TransportError]) -> Callable[[httpx.Request], httpx.Response]:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error("simulated", request=request)

    return handler


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (1000, errors.AuthorityUncertainError),
        (1100, errors.AuthorityUnreachableError),
        (1110, errors.AuthorityUnreachableError),
        (1111, errors.AuthorityUnreachableError),
        (1210, errors.AuthorityUnreachableError),
        (1300, errors.AuthorityUnreachableError),
        (2000, errors.AuthorityDeniedError),
        (3000, errors.AuthorityDeniedError),
        (3100, errors.AuthorityDeniedError),
        (3300, errors.AuthorityDeniedError),
        (4000, errors.AuthorityRejectedError),
        (4100, errors.AuthorityRejectedError),
        (4110, errors.AuthorityRejectedError),
        (4200, errors.AuthorityRejectedError),
        (5001, errors.ReportGoneError),
        (5002, errors.AuthorityUncertainError),
        (5101, errors.ReportGoneError),
        (5102, errors.ReportFinishedError),
        (7777, errors.AuthorityRejectedError),
        (-1, errors.AuthorityRejectedError),
    ],
)
def test_the_answer_code_decides_whatever_the_http_status(
    code: int, expected: type[errors.AuthorityError], status: int
) -> None:
    with client(says(code, status=status)) as authority, pytest.raises(errors.AuthorityError) as caught:
        authority.finish("77")
    assert type(caught.value) is expected
    assert str(code) in caught.value.message


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError, errors.AuthorityUnreachableError),
        (httpx.ConnectTimeout, errors.AuthorityUnreachableError),
        (httpx.PoolTimeout, errors.AuthorityUnreachableError),
        (httpx.WriteError, errors.AuthorityUncertainError),
        (httpx.ReadTimeout, errors.AuthorityUncertainError),
        (httpx.ReadError, errors.AuthorityUncertainError),
        (httpx.RemoteProtocolError, errors.AuthorityUncertainError),
    ],
)
def test_only_a_connection_that_never_was_is_certain(
    error: type[httpx.TransportError], expected: type[errors.AuthorityError]
) -> None:
    with client(raises(error)) as authority, pytest.raises(expected):
        authority.submit(sample_report())


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"<html>", errors.AuthorityUncertainError),
        (200, b"", errors.AuthorityUncertainError),
        (200, b"<reportResponse><responseCode>zero</responseCode></reportResponse>", errors.AuthorityUncertainError),
        (200, b'<!DOCTYPE a [<!ENTITY e "0">]><reportResponse><responseCode>&e;</responseCode></reportResponse>', errors.AuthorityUncertainError),
        (200, b"<reportResponse><responseCode>0</responseCode></reportResponse>", errors.AuthorityUncertainError),
        (200, b"<other><responseCode>0</responseCode></other>", errors.AuthorityUncertainError),
        (500, b"<reportResponse><responseCode>0</responseCode><reportId>1</reportId></reportResponse>", errors.AuthorityUncertainError),
        (200, b"<reportResponse><responseCode>0</responseCode><responseCode>4100</responseCode><reportId>1</reportId></reportResponse>", errors.AuthorityUncertainError),
        (200, b"<reportResponse><responseCode>0</responseCode><reportId>1</reportId><reportId>2</reportId></reportResponse>", errors.AuthorityUncertainError),
        (200, b"<reportResponse><responseCode>0_0</responseCode><reportId>1</reportId></reportResponse>", errors.AuthorityUncertainError),
        (200, "<reportResponse><responseCode>0</responseCode><reportId>\u0664\u0662</reportId></reportResponse>".encode(), errors.AuthorityUncertainError),
        (200, b"<reportDoneResponse><responseCode>0</responseCode><reportId>1</reportId><files/></reportDoneResponse>", errors.AuthorityUncertainError),
        (200, b" " * (MOST_BYTES + 1), errors.AuthorityUncertainError),
        (302, b"", errors.AuthorityUncertainError),
        (502, b"bad gateway", errors.AuthorityUncertainError),
        (401, b"", errors.AuthorityDeniedError),
        (403, b"no", errors.AuthorityDeniedError),
        (429, b"slow down", errors.AuthorityUnreachableError),
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_never_a_success(
    status: int, body: bytes, expected: type[errors.AuthorityError]
) -> None:
    with (
        client(lambda _: httpx.Response(status, stream=httpx.ByteStream(body))) as authority,
        pytest.raises(expected),
    ):
        authority.submit(sample_report())


def test_other_bytes_than_ours_at_the_authority_are_uncertain() -> None:
    more = f"<reportId>77</reportId><fileId>f</fileId><hash>{'0' * 32}</hash>"
    with (
        client(says(0, more=more)) as authority,
        pytest.raises(errors.AuthorityUncertainError, match="other bytes"),
    ):
        authority.attach("77", sample_file(1), CONTENTS[0])


@pytest.mark.parametrize("code", [1300, 2000, 1000])
def test_an_upload_whose_description_failed_is_uncertain_because_the_file_is_there(code: int) -> None:
    md5 = "d8eced3b06972df4d1dd7d835fc3edd3"

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/upload"):
            return says(0, more=f"<reportId>77</reportId><fileId>f</fileId><hash>{md5}</hash>")(request)
        return says(code)(request)

    with client(handler) as authority, pytest.raises(errors.AuthorityUncertainError):
        authority.attach("77", sample_file(1), b"harmless")


def test_a_receipt_for_another_report_is_no_receipt() -> None:
    body = b"<reportDoneResponse><responseCode>0</responseCode><reportId>78</reportId><files/></reportDoneResponse>"
    with (
        client(lambda _: httpx.Response(200, stream=httpx.ByteStream(body))) as authority,
        pytest.raises(errors.AuthorityUncertainError),
    ):
        authority.finish("77")


def test_the_request_id_and_the_body_are_kept_as_received() -> None:
    body = b"<reportDoneResponse>\n <responseCode>0</responseCode><reportId>77</reportId><files/>\n</reportDoneResponse>"
    with client(
        lambda _: httpx.Response(200, stream=httpx.ByteStream(body), headers={"Request-ID": "abc"})
    ) as authority:
        answer = authority.finish("77")
    assert (answer.remote_id, answer.request_id, answer.body) == ("77", "abc", body)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_the_request_id_of_every_call_is_logged_also_of_one_that_was_refused(status: int) -> None:
    handler = says(4100)

    def numbered(request: httpx.Request) -> httpx.Response:
        answer = handler(request)
        answer.status_code, answer.headers["Request-ID"] = status, f"id-{request.url.path.rpartition('/')[2]}"
        return answer

    with client(numbered) as authority, hearing() as told:
        for call in (
            authority.status,
            authority.fetch_schema,
            lambda: authority.submit(sample_report()),
            lambda: authority.attach("77", sample_file(1), CONTENTS[0]),
            lambda: authority.finish("77"),
            lambda: authority.retract("77"),
        ):
            with pytest.raises(errors.AuthorityError):
                call()
    calls = ("status", "xsd", "submit", "upload", "finish", "retract")
    assert [
        (each["call"], each["status"], each["request_id"])
        for each in told
        if each["event"] == "authority called"
    ] == [(call, status, f"id-{call}") for call in calls]


def test_the_request_id_of_a_file_that_arrived_is_logged_beside_that_of_its_details() -> None:
    content = CONTENTS[0]
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    answer = says(0, more=f"<reportId>77</reportId><fileId>{'f' * 32}</fileId><hash>{digest}</hash>")

    def numbered(request: httpx.Request) -> httpx.Response:
        response = answer(request)
        response.headers["Request-ID"] = f"id-{request.url.path.rpartition('/')[2]}"
        return response

    with client(numbered) as authority, hearing() as told:
        authority.attach("77", sample_file(1), content)
    assert [each["request_id"] for each in told if each["event"] == "authority called"] == [
        "id-upload",
        "id-fileinfo",
    ]


@pytest.mark.parametrize("given", ["two words", "x" * 129, "line\x0bbreak", "<b>"])
def test_a_request_id_that_may_be_anything_is_neither_logged_nor_kept(given: str) -> None:
    body = b"<reportDoneResponse><responseCode>0</responseCode><reportId>77</reportId><files/></reportDoneResponse>"
    with (
        client(
            lambda _: httpx.Response(200, stream=httpx.ByteStream(body), headers={"Request-ID": given})
        ) as authority,
        hearing() as told,
    ):
        assert authority.finish("77").request_id is None
    assert [each["request_id"] for each in told] == [None]


def test_an_answer_that_somebody_on_the_way_compressed_is_read_and_kept_as_the_authority_said_it() -> None:
    body = b"<reportDoneResponse><responseCode>0</responseCode><reportId>77</reportId><files/></reportDoneResponse>"
    packed = httpx.ByteStream(gzip.compress(body))
    with client(
        lambda _: httpx.Response(200, stream=packed, headers={"Content-Encoding": "gzip"})
    ) as authority:
        assert authority.finish("77").body == body
    broken = httpx.ByteStream(b"\x1f\x8bnothing")
    with (
        client(
            lambda _: httpx.Response(200, stream=broken, headers={"Content-Encoding": "gzip"})
        ) as authority,
        pytest.raises(errors.AuthorityUncertainError),
    ):
        authority.finish("77")
    bomb = httpx.ByteStream(gzip.compress(b" " * (MOST_BYTES * 3)))
    with (
        client(lambda _: httpx.Response(200, stream=bomb, headers={"Content-Encoding": "gzip"})) as authority,
        pytest.raises(errors.AuthorityUncertainError, match="too long"),
    ):
        authority.finish("77")


def test_credentials_go_as_basic_authentication_without_the_files_last_line_end() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return says(0)(request)

    with client(handler) as authority:
        authority.status()
    assert seen[0].headers["Authorization"] == "Basic dXNlcjp3b3Jk"
    assert str(seen[0].url) == f"{URL}/status"


def test_a_report_id_that_is_no_number_is_not_sent() -> None:
    with client(says(0)) as authority, pytest.raises(errors.AuthorityRejectedError):
        authority.retract("77/../78")


@pytest.mark.parametrize(
    ("environment", "sandbox_url", "confirmed"),
    [
        ("production", None, False),
        ("sandbox", None, False),
        ("sandbox", "https://report.cybertip.org/ispws", True),
        ("sandbox", "http://192.0.2.1/ispws", False),
        ("sandbox", "http://127.0.0.1@report.cybertip.org/ispws", False),
        ("sandbox", "file:///ispws", False),
        ("test", URL, False),
        ("staging", None, True),
    ],
)
def test_these_settings_are_refused(environment: str, sandbox_url: str | None, confirmed: bool) -> None:
    with pytest.raises(errors.ConfigurationError):
        NcmecAuthority(environment, "user", "word", now, sandbox_url, confirmed)


def test_empty_credentials_are_refused() -> None:
    with pytest.raises(errors.ConfigurationError):
        NcmecAuthority("sandbox", "user", "\n", now, sandbox_url=URL)


@pytest.mark.parametrize(("environment", "base"), [("test", TEST_URL), ("production", PRODUCTION_URL)])
def test_each_environment_has_its_address(environment: str, base: str) -> None:
    seen_hosts: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen_hosts.append(str(request.url))
        return says(0)(request)

    with NcmecAuthority(
        environment, "user", "word", now, production_confirmed=True, transport=httpx.MockTransport(handler)
    ) as authority:
        authority.status()
        assert authority.environment == environment
    assert seen_hosts == [f"{base}/status"]

"""The sandbox authority over real sockets: as strict as the documentation, and faulty on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.unit.ncmec.samples import report_bytes
from wardline import errors
from wardline.adapters.authorities.ncmec import NcmecAuthority, xml
from wardline.adapters.authorities.ncmec.validation import parse
from wardline.testing.authority_contract import CONTENTS, sample_file, sample_report
from wardline.testing.authority_ledger import Standing
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault

XML = {"Content-Type": "text/xml; charset=utf-8"}


def now() -> datetime:
    return datetime.now(UTC)


def authority(sandbox: AuthoritySandbox) -> NcmecAuthority:
    return NcmecAuthority("sandbox", sandbox.username, sandbox.password, now, sandbox_url=sandbox.url)


def once(fault: Fault, call: str) -> AuthoritySandbox:
    faults = iter([fault])
    return AuthoritySandbox(faults=lambda name, _: next(faults, None) if name == call else None)


@pytest.fixture
def sandbox() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox() as sandbox:
        yield sandbox


@pytest.fixture
def http(sandbox: AuthoritySandbox) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=sandbox.url, auth=(sandbox.username, sandbox.password), trust_env=False
    ) as client:
        yield client


def code(response: httpx.Response) -> int:
    return int(parse(response.content).findtext("responseCode") or "")


def submitted(http: httpx.Client) -> int:
    response = http.post("/submit", content=report_bytes(), headers=XML)
    return int(parse(response.content).findtext("reportId") or "")


def test_a_report_arrives_whole_with_its_reference_and_viewed_flags(sandbox: AuthoritySandbox) -> None:
    report = sample_report()
    with authority(sandbox) as client:
        remote_id = client.submit(report).remote_id or ""
        for file, content in zip(report.files, CONTENTS, strict=True):
            client.attach(remote_id, file, content)
        receipt = client.finish(remote_id)
    (kept,) = sandbox.ledger.finished()
    assert kept.reference == report.referral_id
    assert [file.viewed for file in kept.files] == [True, False]
    assert [file.size_bytes for file in kept.files] == [len(content) for content in CONTENTS]
    assert [element.text for element in parse(receipt.body).iter("fileId")] == [
        file.file_id for file in kept.files
    ]


def test_without_credentials_nothing_is_said(sandbox: AuthoritySandbox) -> None:
    with httpx.Client(base_url=sandbox.url, trust_env=False) as anonymous:
        response = anonymous.get("/status")
    assert (response.status_code, code(response)) == (401, 2000)
    assert "WWW-Authenticate" in response.headers


def test_every_answer_carries_a_request_id(http: httpx.Client) -> None:
    ids = {http.get("/status").headers["Request-ID"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("content_type", "content", "expected"),
    [
        ("application/xml", report_bytes(), 4000),
        ("text/xml", report_bytes(), 4000),
        ("text/xml; charset=utf-8", b"<report>", 4110),
        ("text/xml; charset=utf-8", b"<!DOCTYPE report><report/>", 4110),
        ("text/xml; charset=utf-8", b"<fileDetails/>", 4100),
        ("text/xml; charset=utf-8", b"<report/>", 4100),
        ("text/xml; charset=utf-8", report_bytes().replace(b"2026-", b"2999-"), 4100),
        ("text/xml; charset=utf-8", report_bytes().replace(b"<spam/>", b"<spam>false</spam>"), 4100),
    ],
)
def test_a_report_that_is_not_as_documented_is_refused(
    http: httpx.Client, content_type: str, content: bytes, expected: int
) -> None:
    response = http.post("/submit", content=content, headers={"Content-Type": content_type})
    assert (response.status_code, code(response)) == (400, expected)


def test_calls_on_reports_and_files_that_do_not_exist(http: httpx.Client) -> None:
    details = xml.file_document("1", "0" * 32, sample_file(1))
    assert code(http.post("/fileinfo", content=details, headers=XML)) == 5001
    report_id = submitted(http)
    details = xml.file_document(str(report_id), "0" * 32, sample_file(1))
    assert code(http.post("/fileinfo", content=details, headers=XML)) == 5002
    assert code(http.post("/finish", data={"id": "1"})) == 5001


def test_finish_and_retract_take_both_kinds_of_form(http: httpx.Client) -> None:
    first, second = submitted(http), submitted(http)
    assert code(http.post("/finish", data={"id": str(first)})) == 0
    assert code(http.post("/finish", files={"id": (None, str(second))})) == 0
    assert code(http.post("/retract", data={"id": str(second)})) == 5102
    assert code(http.post("/retract", data={"id": "x"})) == 4000
    assert code(http.post("/retract", data={"id": "1", "more": "2"})) == 4000


@pytest.mark.parametrize(
    "fields",
    [
        {"id": (None, "1")},
        {"file": ("a", b"1")},
        {"id": (None, "1"), "file": ("a", b"1"), "more": (None, "1")},
    ],
)
def test_an_upload_holds_exactly_a_report_and_a_file(
    http: httpx.Client, fields: dict[str, tuple[str | None, bytes]]
) -> None:
    assert code(http.post("/upload", files=fields)) == 4000


def test_paths_and_methods_that_are_not_documented(http: httpx.Client) -> None:
    assert (http.get("/nothing").status_code, code(http.get("/nothing"))) == (404, 1210)
    assert code(http.get("/submit")) == 4000
    assert http.get("/xsd").status_code == 200


def test_a_body_without_a_length_or_too_long_is_refused() -> None:
    with (
        AuthoritySandbox(most_bytes=100) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        assert code(client.post("/submit", content=b"x" * 101)) == 4000
        assert code(client.post("/submit", content=iter([b"x"]))) == 4000


def test_the_schema_is_served_where_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "schema.xsd"
    path.write_bytes(b"<schema/>")
    with AuthoritySandbox(schema_path=path) as sandbox:
        response = httpx.get(f"{sandbox.url}/xsd", auth=(sandbox.username, sandbox.password), trust_env=False)
    assert response.content == b"<schema/>"


def test_an_unfinished_report_is_deleted_in_time() -> None:
    later = timedelta(0)
    with AuthoritySandbox(clock_now=lambda: now() + later) as sandbox, authority(sandbox) as client:
        remote_id = client.submit(sample_report()).remote_id or ""
        later = timedelta(hours=25)
        with pytest.raises(errors.ReportGoneError):
            client.finish(remote_id)


@pytest.mark.parametrize(
    ("fault", "expected", "effect"),
    [
        (Fault.DROP_BEFORE, errors.AuthorityUncertainError, False),
        (Fault.DROP_AFTER, errors.AuthorityUncertainError, True),
        (Fault.SERVER_ERROR, errors.AuthorityUncertainError, False),
        (Fault.GARBAGE, errors.AuthorityUncertainError, True),
        (Fault.ERROR_IN_SUCCESS, errors.AuthorityUnreachableError, False),
        (Fault.REJECTED, errors.AuthorityRejectedError, False),
        (Fault.CUT_OFF, errors.AuthorityUncertainError, True),
        (Fault.OTHER_REPORT, errors.AuthorityUncertainError, True),
    ],
)
def test_each_fault_is_reported_as_what_is_known_about_its_effect(
    fault: Fault, expected: type[errors.AuthorityError], effect: bool
) -> None:
    with once(fault, "finish") as sandbox, authority(sandbox) as client:
        remote_id = client.submit(sample_report()).remote_id or ""
        with pytest.raises(expected):
            client.finish(remote_id)
        assert [report.standing is Standing.FINISHED for report in sandbox.ledger.reports()] == [effect]


def test_a_delay_only_takes_longer() -> None:
    with once(Fault.DELAY, "submit") as sandbox, authority(sandbox) as client:
        assert client.submit(sample_report()).remote_id


def test_an_answer_that_comes_a_byte_at_a_time_is_read_to_its_end() -> None:
    with once(Fault.DRIP, "submit") as sandbox, authority(sandbox) as client:
        assert client.submit(sample_report()).remote_id == str(sandbox.ledger.open()[0].report_id)


def test_an_answer_that_is_sent_twice_is_never_taken_for_the_next_one() -> None:
    with once(Fault.TWICE, "submit") as sandbox, authority(sandbox) as client:
        first, second = (client.submit(sample_report()).remote_id for _ in range(2))
        assert [first, second] == [str(report.report_id) for report in sandbox.ledger.open()]
        client.retract(first or "")
        assert [str(report.report_id) for report in sandbox.ledger.open()] == [second]


def test_a_sandbox_that_was_ended_still_knows_its_reports(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with AuthoritySandbox(ledger_path=path) as sandbox, authority(sandbox) as client:
        remote_id = client.submit(sample_report()).remote_id or ""
    with AuthoritySandbox(ledger_path=path) as sandbox, authority(sandbox) as client:
        client.finish(remote_id)
        with pytest.raises(errors.ReportFinishedError):
            client.retract(remote_id)


def test_stopping_ends_idle_connections_and_repeating_is_no_error(sandbox: AuthoritySandbox) -> None:
    with authority(sandbox) as client:
        client.status()
        url = sandbox.url
        sandbox.stop()
        sandbox.stop()
        with pytest.raises(errors.AuthorityError):
            client.status()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/status", trust_env=False)


def test_many_senders_at_once_get_a_report_each(sandbox: AuthoritySandbox) -> None:
    ids: list[str | None] = []
    with authority(sandbox) as client:

        def send() -> None:
            for _ in range(5):
                ids.append(client.submit(sample_report()).remote_id)  # noqa: PERF401 - appending is the thread-safe part

        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(ids)) == 40
    assert len(sandbox.ledger.open()) == 40

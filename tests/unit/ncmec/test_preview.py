"""The preview of a report is read from the documents that are sent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ncmec.samples import RememberingSandbox, bare_report
from wardline import records
from wardline.adapters.authorities.ncmec import NcmecAuthority, preview, wording
from wardline.adapters.authorities.ncmec.schema import FILE_ANNOTATIONS, REPORT_ANNOTATIONS, TYPES
from wardline.adapters.authorities.ncmec.validation import parse
from wardline.adapters.authorities.ncmec.values import INCIDENT_TYPE
from wardline.testing.authority_contract import CONTENTS, sample_report


def fields_of(shown: records.Preview, title: str) -> list[tuple[str, str, str]]:
    (section,) = (each for each in shown.sections if each.title == title)
    return [(field.label, field.wire, field.value) for field in section.fields]


def told(shown: records.Preview) -> str:
    """Everything that a preview says, as one text."""
    fields = [field.value for section in shown.sections for field in section.fields]
    cells = [
        cell or ""
        for section in shown.sections
        if section.table
        for row in section.table.rows
        for cell in row
    ]
    return "\n".join([*fields, *cells])


def without_ids(document: bytes) -> bytes:
    """Put the stand-ins where the authority's ids are."""
    body = re.sub(rb"(?<=<reportId>)\d+(?=<)", preview.REPORT_ID.encode(), document)
    return re.sub(rb"(?<=<fileId>)[0-9a-f]+(?=<)", preview.FILE_ID.encode(), body)


def test_the_documents_are_the_ones_that_the_sandbox_received() -> None:
    report, sandbox = sample_report(), RememberingSandbox()
    with (
        sandbox,
        NcmecAuthority(
            "sandbox", "sandbox", sandbox.password, lambda: datetime.now(UTC), sandbox_url=sandbox.url
        ) as authority,
    ):
        shown = authority.preview(report)
        remote_id = str(authority.submit(report).remote_id)
        for file, content in zip(report.files, CONTENTS, strict=True):
            authority.attach(remote_id, file, content)
        authority.finish(remote_id)
    opening, *files = shown.documents
    received = [each.body for each in sandbox.requests if each.call in {"submit", "fileinfo"}]
    assert [opening.body, *(each.body for each in files)] == [received[0], *map(without_ids, received[1:])]
    assert opening.awaits == ()
    assert {each.awaits for each in files} == {("reportId", "fileId")}


def test_parts_stand_in_the_receivers_order_and_files_come_last() -> None:
    assert [section.title for section in preview.preview(sample_report()).sections] == [
        "Incident", "Where it stood", "Reporter", "Account reported", "For the officer", "Files, 2", "File 1 of 2", "File 2 of 2",
    ]  # fmt: skip


def test_every_value_has_its_name_in_words_and_the_receivers_name() -> None:
    shown = preview.preview(sample_report(files=1))
    assert fields_of(shown, "Account reported") == [
        ("Identifier", "espIdentifier", "account-000001"),
        ("Address", "ipCaptureEvent/ipAddress", "192.0.2.17"),
        ("Address, event", "ipCaptureEvent/eventName", "Upload"),
        ("Address, time", "ipCaptureEvent/dateTime", "2026-01-02T03:04:05Z"),
        ("Address, port", "ipCaptureEvent/port", "49152"),
        ("Account disabled", "accountTemporarilyDisabled", "yes"),
        ("Account disabled, since", "accountTemporarilyDisabled/@disabledDate", "2026-01-02T03:04:06Z"),
    ]


def test_several_addresses_are_numbered() -> None:
    report = sample_report(files=1)
    events = tuple(replace(report.person.ip_events[0], port=port) for port in (1, 2))
    shown = preview.preview(replace(report, person=replace(report.person, ip_events=events)))
    labels = [label for label, _, _ in fields_of(shown, "Account reported")]
    assert labels[1:9] == [
        "Address 1", "Address 1, event", "Address 1, time", "Address 1, port",
        "Address 2", "Address 2, event", "Address 2, time", "Address 2, port",
    ]  # fmt: skip


def test_the_table_of_files_has_what_police_sort_by() -> None:
    (table,) = (each.table for each in preview.preview(sample_report()).sections if each.table)
    assert [column.label for column in table.columns] == [
        "Category", "Viewed by a person", "EXIF viewed", "Annotations", "Hashes",
    ]  # fmt: skip
    assert table.rows == (
        ("B2", "yes", "no", "viral, generative AI", "MD5, PDQ"),
        (None, "no", "no", None, "MD5, PDQ"),
    )


def test_the_kind_of_incident_stands_in_neutral_words_and_says_so() -> None:
    shown = preview.preview(sample_report())
    field = shown.sections[0].fields[0]
    assert (field.wire, field.reworded) == ("incidentType", True)
    assert INCIDENT_TYPE not in told(shown)
    assert INCIDENT_TYPE.encode() in shown.documents[0].body
    assert sum(each.reworded for section in shown.sections for each in section.fields) == 1


def test_an_account_that_is_named_like_a_value_keeps_its_name() -> None:
    report = sample_report()
    for name in (INCIDENT_TYPE, "true", "false"):
        shown = preview.preview(replace(report, person=replace(report.person, account_reference=name)))
        assert fields_of(shown, "Account reported")[0] == ("Identifier", "espIdentifier", name)


def test_what_is_not_sent_is_not_shown() -> None:
    shown = preview.preview(bare_report())
    assert [section.title for section in shown.sections] == [
        "Incident", "Reporter", "Account reported", "For the officer", "Files, 1", "File 1 of 1",
    ]  # fmt: skip
    assert [wire for _, wire, _ in fields_of(shown, "Account reported")] == ["espIdentifier"]
    assert "escalateToHighPriority" not in {wire for _, wire, _ in fields_of(shown, "Incident")}


def test_ids_that_only_the_authority_can_give_are_not_shown_as_values() -> None:
    assert preview.FILE_ID not in told(preview.preview(sample_report()))


@given(
    st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40),
)  # fmt: skip
def test_every_text_of_the_documents_is_shown_exactly_as_it_is_sent(
    account: str, name: str, note: str
) -> None:
    report = sample_report(files=1)
    file = replace(report.files[0], file_name=name)
    shown = preview.preview(
        replace(report, person=replace(report.person, account_reference=account), files=(file,), note=note)
    )
    values = [field.value for section in shown.sections for field in section.fields]
    silent = {"reportId", "fileId", "incidentType", "originalFileHash"}
    for document in shown.documents:
        for element in parse(document.body).iter():
            booleans = element.text in {"true", "false"}
            in_table = element.tag in wording.FILE_COLUMNS
            if (
                element.text
                and len(element) == 0
                and element.tag not in silent
                and not booleans
                and not in_table
            ):
                assert element.text in values, element.tag


@pytest.mark.parametrize("name", [*REPORT_ANNOTATIONS, *FILE_ANNOTATIONS])
def test_every_annotation_has_words(name: str) -> None:
    assert re.fullmatch(r"[a-z][a-zA-Z -]+", wording.annotation(name))


def test_a_field_without_words_of_its_own_is_named_by_its_name_taken_apart() -> None:
    assert wording.label_of("accountPermanentlyDisabled", "report") == "Account permanently disabled"
    assert wording.label_of("ipCaptureEvent/possibleProxy", "report") == "Possible proxy"
    assert wording.label_of("originalURLHash", "report", 2) == "Original URL hash 2"
    assert wording.section_of("lawEnforcement") == "Law enforcement"
    for complex_ in TYPES.values():
        for particle in complex_.particles:
            assert all(wording.label_of(each, "report") for each in particle.alternatives)


def test_looking_sends_nothing() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"a request was made: {request.url.path}")

    with NcmecAuthority(
        "sandbox", "user", "word", lambda: datetime.now(UTC), sandbox_url="http://127.0.0.1:9/ispws",
        transport=httpx.MockTransport(refuse),
    ) as authority:  # fmt: skip
        assert authority.preview(sample_report()).documents
        assert authority.check(sample_report()) == ()

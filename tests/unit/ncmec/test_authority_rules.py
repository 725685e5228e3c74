"""The documented rules that the sandbox holds documents to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from tests.unit.ncmec.samples import file_bytes, report_bytes, shared_file
from wardline.adapters.authorities.ncmec.validation import parse, violations
from wardline.testing.authority_contract import REPORTED_AT
from wardline.testing.authority_rules import file_breaches, report_breaches

NOW = REPORTED_AT + timedelta(hours=2)

PERSON = "<personOrUserReported>{}</personOrUserReported>"
EMAIL = "<reportingPerson><email {}>a@b.example</email></reportingPerson>"
REPORT = """<report><incidentSummary><incidentType>Child Sex Tourism</incidentType>{summary}
<incidentDateTime>{at}</incidentDateTime></incidentSummary>{internet}<reporter>{reporter}</reporter>{people}</report>"""


def report(
    *,
    summary: str = "",
    at: str = "2026-01-02T03:04:05Z",
    internet: str = "",
    reporter: str = EMAIL.format(""),
    people: str = "",
) -> etree._Element:
    root = parse(
        REPORT.format(summary=summary, at=at, internet=internet, reporter=reporter, people=people).encode()
    )
    assert violations(root, "report") == ()
    return root


def page(url: str) -> str:
    return f"<internetDetails><webPageIncident><url>{url}</url></webPageIncident></internetDetails>"


def event(inside: str) -> str:
    return PERSON.format(f"<ipCaptureEvent>{inside}</ipCaptureEvent>")


def disabled(attributes: str) -> str:
    return PERSON.format(f"<accountTemporarilyDisabled {attributes}>true</accountTemporarilyDisabled>")


def location(inside: str) -> str:
    return PERSON.format(f"<estimatedLocation>{inside}</estimatedLocation>")


def account(inside: str) -> str:
    return PERSON.format(f'<associatedAccount type="Other">{inside}</associatedAccount>')


BROKEN = [
    report(at="2026-01-02T03:04:05"),
    report(at="2026-01-03T03:04:05Z"),
    report(at="2026-01-02T05:04:06+00:00"),
    report(summary="<escalateToHighPriority> </escalateToHighPriority>"),
    report(summary=f"<escalateToHighPriority>{'x' * 3001}</escalateToHighPriority>"),
    report(summary=f"<platform>{'x' * 257}</platform>"),
    report(internet=page("forum.example")),
    report(internet=page("https://forum.example/" + "x" * 2083)),
    report(internet="<internetDetails><emailIncident><emailAddress>x@y.example</emailAddress></emailIncident></internetDetails>"),
    report(reporter="<reportingPerson/>"),
    report(reporter="<reportingPerson><email>nobody</email></reportingPerson>"),
    report(reporter=EMAIL.format('verificationDate="2026-01-01T00:00:00Z"')),
    report(reporter=EMAIL.format('verified="true" verificationDate="2027-01-01T00:00:00Z"')),
    report(reporter=EMAIL.format("") + "<legalURL>x</legalURL>"),
    report(people=PERSON.format("") * 2),
    report(people=event("<ipAddress>x</ipAddress>")),
    report(people=event("<ipAddress>192.0.2.1</ipAddress><port>70000</port>")),
    report(people=PERSON.format("<deviceId><idType> </idType><idValue>1</idValue></deviceId>")),
    report(people=PERSON.format("<personOrUserReportedPerson><age>151</age></personOrUserReportedPerson>")),
    report(people=PERSON.format("<personOrUserReportedPerson><dateOfBirth>2030-01-01</dateOfBirth></personOrUserReportedPerson>")),
    report(people=disabled('disabledDate="2026-01-02T00:00:00Z" userNotifiedDate="2026-01-01T00:00:00Z"')),
    report(people=disabled('disabledDate="2026-01-02T00:00:00Z" reenabledDate="2026-01-02T00:00:00Z"')),
    report(people=disabled('disabledDate="2026-01-02T00:00:00"')),
    report(people=location("<countryCode></countryCode>")),
    report(people=location("<region>XX</region><countryCode>US</countryCode>")),
    report(people=location("<city>Town</city><countryCode>US</countryCode>")),
    report(people=account("<approximateAge>20</approximateAge><dateOfBirth>2000-01-01</dateOfBirth>")),
    report(people=account(f"<espIdentifier>{'x' * 257}</espIdentifier>")),
]  # fmt: skip


def test_what_we_build_breaks_no_rule() -> None:
    assert report_breaches(parse(report_bytes()), NOW) == ()
    assert file_breaches(parse(file_bytes(1)), NOW) == ()
    assert file_breaches(parse(file_bytes(2)), NOW) == ()


def test_the_published_examples_break_no_rule() -> None:
    later = REPORTED_AT + timedelta(days=1)
    assert report_breaches(parse(shared_file("synthetic-report.xml")), later) == ()
    assert file_breaches(parse(shared_file("synthetic-file-details.xml")), later) == ()


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_a_valid_report_that_breaks_a_rule_is_caught(number: int) -> None:
    assert report_breaches(BROKEN[number], NOW)


@pytest.mark.parametrize(
    "inside",
    [
        "<exifViewedByEsp>true</exifViewedByEsp>",
        "<fileViewedByEsp>false</fileViewedByEsp><exifViewedByEsp>1</exifViewedByEsp>",
        "<fileRelevance>Supplemental Reported</fileRelevance><industryClassification>A1</industryClassification>",
        "<fileRelevance>Supplemental Reported</fileRelevance><fileAnnotations><potentialMeme/></fileAnnotations>",
        "<fileRelevance>Supplemental Reported</fileRelevance><potentialMeme>true</potentialMeme>",
        "<uploadedToEspTimestamp>2026-01-01T00:00:00</uploadedToEspTimestamp>",
        f"<originalFileName>{'x' * 2057}</originalFileName>",
        "<locationOfFile>nowhere</locationOfFile>",
        f'<originalFileHash hashType="{"x" * 65}">0</originalFileHash>',
    ],
)
def test_valid_file_details_that_break_a_rule_are_caught(inside: str) -> None:
    root = parse(f"<fileDetails><reportId>1</reportId><fileId>f</fileId>{inside}</fileDetails>".encode())
    assert violations(root, "fileDetails") == ()
    assert file_breaches(root, NOW)


def test_a_batch_may_not_hold_more_than_identifiers() -> None:
    batch = REPORT.format(
        summary="", at="2026-01-02T03:04:05Z", internet="", reporter=EMAIL.format(""), people=PERSON.format("<espIdentifier>1</espIdentifier>") * 2
    ).replace("<report>", '<report><batchedReport reason="VIRAL_POTENTIAL_MEME"/>')  # fmt: skip
    assert report_breaches(parse(batch.encode()), NOW) == ()
    more = batch.replace("</espIdentifier>", "</espIdentifier><screenName>x</screenName>")
    assert report_breaches(parse(more.encode()), NOW)
    escalated = batch.replace(
        "<incidentDateTime>", "<escalateToHighPriority>x</escalateToHighPriority><incidentDateTime>"
    )
    assert report_breaches(parse(escalated.encode()), NOW)

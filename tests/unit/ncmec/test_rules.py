"""What the schema does not enforce."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.ncmec.samples import bare_report
from wardline import records
from wardline.adapters.authorities.ncmec import rules
from wardline.adapters.authorities.ncmec.served import BROUGHT
from wardline.testing.authority_contract import REPORTED_AT, sample_report

NOW = REPORTED_AT + timedelta(hours=1)


def problems(report: records.Report) -> tuple[str, ...]:
    return rules.problems(report) or BROUGHT.problems(report, NOW)


Change = Callable[[records.Report], records.Report]


def reporter(**fields: Any) -> Change:
    return lambda report: replace(report, reporter=replace(report.reporter, **fields))


def first_file(**fields: object) -> Change:
    return lambda report: replace(report, files=(replace(report.files[0], **fields), *report.files[1:]))  # type: ignore[arg-type]  # wrong on purpose


def event(**fields: object) -> Change:
    upload = records.IpEvent(ip_address="2001:db8::1", event="Upload", at=REPORTED_AT, port=1)
    return first_file(upload=replace(upload, **fields))  # type: ignore[arg-type]  # wrong on purpose


def facts(**fields: Any) -> Change:
    return lambda report: replace(report, person=replace(report.person, temporarily_disabled_at=None, facts=records.Party(**fields)))  # fmt: skip


def late_victim() -> records.Party:
    mail = records.Email(address="a@b.example", verified=True, verified_at=LATER)
    return records.Party(person=records.Person(emails=(mail,)))


AT = REPORTED_AT.replace(microsecond=0)
LATER = NOW + timedelta(seconds=1)
BAD: list[tuple[str, Change]] = [
    ("incidentDateTime", lambda report: replace(report, incident_at=LATER)),
    ("incidentDateTimeDescription", lambda report: replace(report, incident_time_meaning="x" * 3001)),
    ("incident_time_meaning", lambda report: replace(report, incident_time_meaning=" ")),
    ("escalation", lambda report: replace(report, escalation="  ")),
    ("escalateToHighPriority", lambda report: replace(report, escalation="x" * 3001)),
    ("note", lambda report: replace(report, note="")),
    ("urls", lambda report: replace(report, urls=("https://cdn.example/a?X-Amz-Signature=0",))),
    ("urls", lambda report: replace(report, urls=("https://forum.example/" + "a" * 2083,))),
    ("email", reporter(email="")),
    ("email", reporter(email="nobody")),
    ("email", reporter(email="a b@forum.example")),
    ("email", reporter(email="a" * 65 + "@forum.example")),
    ("incidentSummary/platform", reporter(platform="x" * 257)),
    ("platform", reporter(platform=" ")),
    ("firstName", reporter(first_name="x" * 101)),
    ("last_name", reporter(last_name="")),
    ("legal_url", reporter(legal_url="forum.example")),
    ("terms_of_service", reporter(terms_of_service=" ")),
    (
        "espIdentifier",
        lambda report: replace(report, person=records.ReportedPerson(account_reference="x" * 256)),
    ),
    ("files", lambda report: replace(report, files=())),
    ("files", lambda report: replace(report, files=(report.files[0], report.files[0]))),
    ("file 1 fileDetails/uploadedToEspTimestamp", first_file(uploaded_at=LATER)),
    ("upload at", event(at=datetime(2026, 1, 1))),
]
TOLD: list[tuple[str, Change]] = [
    (
        "accountTemporarilyDisabled/@disabledDate",
        lambda report: replace(report, person=replace(report.person, temporarily_disabled_at=LATER)),
    ),
    ("fileDetails/locationOfFile", first_file(url="https://user:word@forum.example/")),
    ("fileDetails/originalFileName", first_file(file_name="x" * 2057)),
    ("ipCaptureEvent/ipAddress", event(ip_address="192.0.2.256")),
    ("ipCaptureEvent/ipAddress", event(ip_address="fe80::1%eth0")),
    ("ipCaptureEvent/eventName", event(event="Download")),
    ("ipCaptureEvent/dateTime", event(at=LATER)),
    ("ipCaptureEvent/port", event(port=0)),
    ("ipCaptureEvent/port", event(port=70000)),
    ("accountTemporarilyDisabled/@reenabledDate", facts(temporarily_disabled=records.Disabling(at=AT, reenabled_at=AT.replace(microsecond=5)))),
    ("victim/victimPerson/email/@verificationDate", lambda report: replace(report, victims=(late_victim(),))),
]  # fmt: skip
"""What a platform told besides, and an authority refuses."""


def test_a_good_report_breaks_no_rule() -> None:
    assert problems(sample_report()) == ()
    assert problems(bare_report()) == ()


@pytest.mark.parametrize(("field", "change"), BAD)
def test_a_broken_rule_is_found_once_and_named_by_its_field(field: str, change: Change) -> None:
    (problem,) = problems(change(sample_report()))
    assert field in problem


@pytest.mark.parametrize(("field", "change"), TOLD)
def test_what_breaks_a_rule_of_what_was_told_besides_is_left_out_named_and_stops_no_report(
    field: str, change: Change
) -> None:
    report = change(sample_report())
    assert problems(report) == ()
    shown = BROUGHT.preview(report, NOW)
    (section,) = (each for each in shown.sections if each.title.startswith("Left out"))
    assert any(field in each.wire for each in section.fields)
    whole = BROUGHT.preview(sample_report(), NOW)
    assert not any(each.title.startswith("Left out") for each in whole.sections)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"])
def test_every_form_of_address_is_taken(address: str) -> None:
    assert problems(event(ip_address=address)(sample_report())) == ()

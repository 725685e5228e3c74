"""What the CyberTipline demands of a report beyond its schema.

The schema lets through times without a zone or in the future, over-long text, a missing reporter's e-mail and impossible ports; the
authority does not, or it does and the report is worth less. Wardline writes every file as ``Reported`` and never claims to have viewed
metadata, so the rules about supplemental files and viewed metadata cannot be broken by what it builds.

Source: CyberTipline Reporting API, technical documentation of June 2025.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import datetime

from wardline import records, referral
from wardline.adapters.authorities.ncmec.fields import LENGTHS
from wardline.adapters.authorities.ncmec.values import ENUMERATIONS

_EMAIL = re.compile(
    r"[^\s@<>\"(),:;\[\]\\]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_LONGEST_EMAIL = 254  # Source: RFC 5321, 4.5.3.1.3, less the angle brackets.


def problems(report: records.Report, now: datetime) -> tuple[str, ...]:
    """Give what keeps a report from being sent: fixed phrases with the field's name and never its content; empty when nothing does."""
    return (
        *_incident(report, now),
        *_reporter(report.reporter),
        *_person(report.person, now),
        *_files(report, now),
    )


def is_email(text: str) -> bool:
    """Say whether a text has the form of an e-mail address."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_ip_address(text: str) -> bool:
    """Say whether a text is an IPv4, IPv6 or IPv4-mapped IPv6 address, without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _incident(report: records.Report, now: datetime) -> Iterator[str]:
    yield from _past("incident_at", report.incident_at, now)
    yield from _text(
        "incident_time_meaning",
        report.incident_time_meaning,
        LENGTHS["incidentSummary", "incidentDateTimeDescription"],
    )
    if report.escalation is not None:
        yield from _text(
            "escalation", report.escalation, LENGTHS["incidentSummary", "escalateToHighPriority"]
        )
    yield from _text("note", report.note, None)
    for url in report.urls:
        yield from _address("urls", url)


def _reporter(reporter: records.Reporter) -> Iterator[str]:
    yield from _text("reporter first_name", reporter.first_name, LENGTHS["person", "firstName"])
    yield from _text("reporter last_name", reporter.last_name, LENGTHS["person", "lastName"])
    if not is_email(reporter.email):
        yield "reporter email: malformed, expected an e-mail address"
    yield from _text("reporter platform", reporter.platform, LENGTHS["incidentSummary", "platform"])
    if reporter.terms_of_service is not None:
        yield from _text("reporter terms_of_service", reporter.terms_of_service, None)
    if reporter.legal_url is not None:
        yield from _address("reporter legal_url", reporter.legal_url)


def _person(person: records.ReportedPerson, now: datetime) -> Iterator[str]:
    yield from _text(
        "person account_reference", person.account_reference, LENGTHS["personOrUserReported", "espIdentifier"]
    )
    for event in person.ip_events:
        yield from _ip_event("person ip_events", event, now)
    if person.temporarily_disabled_at is not None:
        yield from _past("person temporarily_disabled_at", person.temporarily_disabled_at, now)


def _files(report: records.Report, now: datetime) -> Iterator[str]:
    files = report.files
    if report.corrects is not None:
        if not (report.corrects.isascii() and report.corrects.isdigit()):
            yield "corrects: no report id, expected a number"
        if files:
            yield "files: with a correction, expected none"
        return
    if not files:
        yield "files: none, expected at least one"
    if len({file.item_id for file in files}) < len(files):
        yield "files: the same file twice, expected each once"
    for number, file in enumerate(files, start=1):
        yield from _file(f"file {number}", file, now)


def _file(place: str, file: records.ReportedFile, now: datetime) -> Iterator[str]:
    yield from _past(f"{place} uploaded_at", file.uploaded_at, now)
    if file.file_name is not None and len(file.file_name) > LENGTHS["fileDetails", "originalFileName"]:
        yield f"{place} file_name: too long, expected at most {LENGTHS['fileDetails', 'originalFileName']} characters"
    if file.url is not None:
        yield from _address(f"{place} url", file.url)
    if file.upload is not None:
        yield from _ip_event(f"{place} upload", file.upload, now)


def _ip_event(place: str, event: records.IpEvent, now: datetime) -> Iterator[str]:
    if not is_ip_address(event.ip_address):
        yield f"{place} ip_address: malformed, expected an IPv4 or IPv6 address"
    if event.event not in ENUMERATIONS["ipCaptureType"]:
        yield f"{place} event: unknown, expected one that the authority knows"
    if event.at is not None:
        yield from _past(f"{place} at", event.at, now)
    if event.port is not None and not 1 <= event.port <= 65535:
        yield f"{place} port: outside its range, expected 1 to 65535"


def _past(place: str, value: datetime, now: datetime) -> Iterator[str]:
    if value.tzinfo is None or value.utcoffset() is None:
        yield f"{place}: time without a zone, expected an aware time"
    elif value > now:
        yield f"{place}: in the future, expected a time in the past"


def _text(place: str, value: str, most: int | None) -> Iterator[str]:
    if not value.strip():
        yield f"{place}: blank, expected text"
    elif most is not None and len(value) > most:
        yield f"{place}: too long, expected at most {most} characters"


def _address(place: str, value: str) -> Iterator[str]:
    if not referral.is_plain_address(value):
        yield f"{place}: not a plain web address, expected http or https without credentials or signature, at most 2083 characters"

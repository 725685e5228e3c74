"""Build the two documents that a referral sends: ``<report>`` and ``<fileDetails>``.

Elements are written in the schema's order. Annotations are empty elements. Text that came from an account may hold characters that XML
cannot carry; they are replaced, so that a strange file name never keeps a report from being sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree

from wardline import records
from wardline.adapters.authorities.ncmec.fields import LENGTHS
from wardline.adapters.authorities.ncmec.schema import FILE_ANNOTATIONS, REPORT_ANNOTATIONS
from wardline.adapters.authorities.ncmec.values import INCIDENT_TYPE

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"

HASH_NAMES = {
    records.HashKind.MD5: "MD5",
    records.HashKind.SHA1: "SHA1",
    records.HashKind.SHA256: "SHA256",
    records.HashKind.PDQ: "PDQ",
}


def report_document(report: records.Report) -> bytes:
    """Build the document that opens a report, in UTF-8."""
    root = etree.Element("report")
    _incident_summary(root, report)
    if report.urls:
        page = etree.SubElement(etree.SubElement(root, "internetDetails"), "webPageIncident")
        page.set("thirdPartyHostedContent", "false")
        for url in report.urls:
            _add(page, "url", url)
    _reporter(root, report.reporter)
    _person(root, report.person, report.corrects)
    _add(root, "additionalInfo", report.note)
    return _document(root)


def file_document(remote_id: str, file_id: str, file: records.ReportedFile) -> bytes:
    """Build the document that describes one uploaded file, in UTF-8.

    Metadata inside the file is never shown to a reviewer, so ``exifViewedByEsp`` is always false.
    """
    root = etree.Element("fileDetails")
    _add(root, "reportId", remote_id)
    _add(root, "fileId", file_id)
    if file.file_name is not None and file.file_name.strip():
        _add(root, "originalFileName", file.file_name[: LENGTHS["fileDetails", "originalFileName"]])
    _add(root, "uploadedToEspTimestamp", _moment(file.uploaded_at))
    if file.url is not None:
        _add(root, "locationOfFile", file.url)
    _add(root, "fileViewedByEsp", _boolean(file.viewed))
    _add(root, "exifViewedByEsp", "false")
    _add(root, "publiclyAvailable", _boolean(file.publicly_available))
    _add(root, "fileRelevance", "Reported")
    _annotations(root, "fileAnnotations", FILE_ANNOTATIONS, file.annotations)
    if file.category is not None:
        _add(root, "industryClassification", file.category.value)
    for hash_ in file.hashes:
        _add(root, "originalFileHash", hash_.value).set("hashType", HASH_NAMES[hash_.kind])
    if file.upload is not None:
        _ip_event(root, file.upload)
    _add(root, "additionalInfo", f"Reference at the service: {file.item_id}.")
    return _document(root)


def _incident_summary(root: etree._Element, report: records.Report) -> None:
    summary = etree.SubElement(root, "incidentSummary")
    _add(summary, "incidentType", INCIDENT_TYPE)
    _add(summary, "platform", report.reporter.platform)
    if report.escalation is not None:
        _add(summary, "escalateToHighPriority", report.escalation)
    _annotations(summary, "reportAnnotations", REPORT_ANNOTATIONS, report.annotations)
    _add(summary, "incidentDateTime", _moment(report.incident_at))
    _add(summary, "incidentDateTimeDescription", report.incident_time_meaning)


def _reporter(root: etree._Element, reporter: records.Reporter) -> None:
    element = etree.SubElement(root, "reporter")
    person = etree.SubElement(element, "reportingPerson")
    _add(person, "firstName", reporter.first_name)
    _add(person, "lastName", reporter.last_name)
    _add(person, "email", reporter.email).set("type", "Business")
    if reporter.terms_of_service is not None:
        _add(element, "termsOfService", reporter.terms_of_service)
    if reporter.legal_url is not None:
        _add(element, "legalURL", reporter.legal_url)


def _person(root: etree._Element, person: records.ReportedPerson, corrects: str | None) -> None:
    element = etree.SubElement(root, "personOrUserReported")
    _add(element, "espIdentifier", person.account_reference)
    if corrects is not None:
        _add(element, "priorCTReports", corrects)
    for event in person.ip_events:
        _ip_event(element, event)
    if person.temporarily_disabled_at is not None:
        _add(element, "accountTemporarilyDisabled", "true").set(
            "disabledDate", _moment(person.temporarily_disabled_at)
        )


def _ip_event(parent: etree._Element, event: records.IpEvent) -> None:
    element = etree.SubElement(parent, "ipCaptureEvent")
    _add(element, "ipAddress", event.ip_address)
    _add(element, "eventName", event.event)
    if event.at is not None:
        _add(element, "dateTime", _moment(event.at))
    if event.port is not None:
        _add(element, "port", str(event.port))


def _annotations(parent: etree._Element, name: str, order: Iterable[str], given: Iterable[str]) -> None:
    wanted = set(given)
    if wanted:
        element = etree.SubElement(parent, name)
        for annotation in order:
            if annotation in wanted:
                etree.SubElement(element, annotation)


def _add(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = _NOT_IN_XML.sub(_REPLACEMENT, text)
    return element


def _moment(value: datetime) -> str:
    # Whole seconds, cut off rather than rounded: a moment of the past stays one.
    return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

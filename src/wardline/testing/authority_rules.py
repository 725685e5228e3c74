"""The documented rules that the sandbox authority holds documents to, beyond the schema.

Written against the documents themselves and apart from the rules that Wardline checks before it sends, so that neither hides a mistake
of the other; the table of lengths is shared.

Source: CyberTipline Reporting API, technical documentation of June 2025.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlsplit

from lxml import etree

from wardline.adapters.authorities.ncmec.fields import LENGTHS
from wardline.adapters.authorities.ncmec.schema import TYPES, child_types
from wardline.adapters.authorities.ncmec.simple_types import is_true, parse_moment
from wardline.adapters.authorities.ncmec.validation import typed_elements
from wardline.adapters.authorities.ncmec.values import ENUMERATIONS

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_ADDRESSES = {
    ("webPageIncident", "url"),
    ("reporter", "legalURL"),
    ("personOrUserReported", "profileUrl"),
    ("intendedRecipient", "profileUrl"),
    ("victim", "profileUrl"),
    ("associatedAccount", "profileUrl"),
    ("fileDetails", "locationOfFile"),
}
_AGES = {("person", "age"), ("associatedAccount", "approximateAge")}
_NOT_BLANK = {
    ("incidentSummary", "escalateToHighPriority"),
    ("ipCaptureEvent", "ipAddress"),
    ("deviceId", "idType"),
    ("deviceId", "idValue"),
    ("fileDetails", "fileId"),
}
_IN_BATCHED_FILE = {
    "reportId", "fileId", "uploadedToEspTimestamp", "fileViewedByEsp", "exifViewedByEsp", "publiclyAvailable", "fileRelevance",
    "fileAnnotations", "industryClassification",
}  # fmt: skip
_REPORT_IDS = {"priorCTReports", "priorCTReport", "reportId"}
_NOT_IN_BATCH = {"internetDetails", "lawEnforcement", "intendedRecipient", "victim", "additionalInfo"}


def report_breaches(root: etree._Element, now: datetime) -> tuple[str, ...]:
    """Give the rules that a valid ``<report>`` breaks."""
    return (*_common(root, "report", now), *_reporter(root), *_people(root), *_emails(root), *_batch(root))


def file_breaches(root: etree._Element, now: datetime) -> tuple[str, ...]:
    """Give the rules that a valid ``<fileDetails>`` breaks."""
    return (*_common(root, "fileDetails", now), *_file(root))


def fits_batch(root: etree._Element) -> bool:
    """Say whether a valid ``<fileDetails>`` may stand in a batched report, which is asked when that report is finished."""
    annotations = {str(each.tag) for each in root.iterfind("fileAnnotations/*")}
    relevance = root.findtext("fileRelevance") or "Reported"
    others = {str(child.tag) for child in root} - _IN_BATCHED_FILE
    return (
        bool(annotations)
        and annotations <= {"viral", "potentialMeme"}
        and relevance == "Reported"
        and not others
    )


def _common(root: etree._Element, type_: str, now: datetime) -> Iterator[str]:
    for element, name in typed_elements(root, type_):
        if name not in TYPES:
            continue
        for attribute, (value_type, _) in TYPES[name].attributes.items():
            yield from _value(name, attribute, value_type, element.get(attribute), now)
        types = child_types(name)
        for child in element:
            yield from _value(name, str(child.tag), types[str(child.tag)], child.text or "", now)
        yield from _type_rules(name, element)


def _value(owner: str, name: str, type_: str, value: str | None, now: datetime) -> Iterator[str]:
    if value is None:
        return
    place = f"{owner}/{name}"
    if len(value) > LENGTHS.get((owner, name), len(value)):
        yield f"{place}: too long"
    if (owner, name) in _NOT_BLANK and not value.strip():
        yield f"{place}: blank"
    if (owner, name) in _ADDRESSES and not _is_address(value):
        yield f"{place}: not a web address"
    if (owner, name) in _AGES and not 0 <= int(value) <= 150:
        yield f"{place}: not an age"
    if name in _REPORT_IDS and int(value) < 1:
        yield f"{place}: not a report"
    if type_ == "dateTime" and name != "reenabledDate":
        yield from _past(place, value, now)
    if type_ == "date" and date.fromisoformat(value.strip()[:10]) >= now.date():
        yield f"{place}: not in the past"


def _past(place: str, value: str, now: datetime) -> Iterator[str]:
    moment = parse_moment(value)
    if moment is None or moment.tzinfo is None:
        yield f"{place}: without a zone"
    elif moment > now:
        yield f"{place}: not in the past"


def _type_rules(name: str, element: etree._Element) -> Iterator[str]:
    match name:
        case "ipCaptureEvent":
            yield from _ip_event(element)
        case "email" | "phone":
            if element.get("verificationDate") is not None and not is_true(element.get("verified")):
                yield f"{name}/verified: not true although there is a date"
        case "accountTemporarilyDisabled" | "accountPermanentlyDisabled":
            yield from _disabled(name, element)
        case "estimatedLocation":
            yield from _location(element)
        case "associatedAccount":
            if element.find("approximateAge") is not None and element.find("dateOfBirth") is not None:
                yield "associatedAccount: both an age and a date of birth"


def _ip_event(element: etree._Element) -> Iterator[str]:
    address = element.findtext("ipAddress") or ""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        yield "ipCaptureEvent/ipAddress: not an address"
    if "%" in address:
        yield "ipCaptureEvent/ipAddress: with a zone"
    port = element.findtext("port")
    if port is not None and not 1 <= int(port) <= 65535:
        yield "ipCaptureEvent/port: outside 1 to 65535"


def _disabled(name: str, element: etree._Element) -> Iterator[str]:
    times = {
        key: parse_moment(element.get(key) or "")
        for key in ("disabledDate", "userNotifiedDate", "reenabledDate")
    }
    if any(moment is not None and moment.tzinfo is None for moment in times.values()):
        yield f"{name}: a time without a zone"
        return
    disabled, notified, reenabled = times.values()
    if disabled and notified and notified < disabled:
        yield f"{name}/userNotifiedDate: before disabledDate"
    if disabled and reenabled and reenabled <= disabled:
        yield f"{name}/reenabledDate: not after disabledDate"


def _location(element: etree._Element) -> Iterator[str]:
    country = element.findtext("countryCode") or ""
    region = element.findtext("region")
    if not country:
        yield "estimatedLocation/countryCode: blank"
    if country == "US" and region is not None and region not in ENUMERATIONS["state"] - {""}:
        yield "estimatedLocation/region: not a state"
    if country == "US" and element.find("city") is not None and not (region or "").strip():
        yield "estimatedLocation/region: blank although there is a city"


def _reporter(root: etree._Element) -> Iterator[str]:
    emails = [(email.text or "").strip() for email in root.findall("reporter/reportingPerson/email")]
    if not emails or not all(_EMAIL.fullmatch(email) for email in emails):
        yield "reportingPerson/email: missing or malformed"


def _people(root: etree._Element) -> Iterator[str]:
    if root.find("batchedReport") is None and len(root.findall("personOrUserReported")) > 1:
        yield "personOrUserReported: more than one"


def _emails(root: etree._Element) -> Iterator[str]:
    people = (
        "personOrUserReported/personOrUserReportedPerson",
        "intendedRecipient/intendedRecipientPerson",
        "victim/victimPerson",
    )
    known = {email.text for path in people for email in root.findall(f"{path}/email")}
    if any(email.text not in known for email in root.findall("internetDetails/*/emailAddress")):
        yield "emailAddress: of nobody in the report"


def _batch(root: etree._Element) -> Iterator[str]:
    if root.find("batchedReport") is None:
        return
    if (
        any(child.tag in _NOT_IN_BATCH for child in root)
        or root.find("incidentSummary/escalateToHighPriority") is not None
    ):
        yield "batchedReport: holds what a batch may not"
    if any(
        child.tag != "espIdentifier" for person in root.findall("personOrUserReported") for child in person
    ):
        yield "batchedReport: a person with more than an identifier"


def _file(root: etree._Element) -> Iterator[str]:
    if is_true(root.findtext("exifViewedByEsp")) and not is_true(root.findtext("fileViewedByEsp")):
        yield "fileDetails/exifViewedByEsp: true although the file was not viewed"
    if root.findtext("fileRelevance") == "Supplemental Reported":
        meme = root.find("fileAnnotations/potentialMeme") is not None or is_true(
            root.findtext("potentialMeme")
        )
        if meme or root.find("industryClassification") is not None:
            yield "fileDetails/fileRelevance: supplemental, with a classification or a meme annotation"


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(c.isspace() for c in value)

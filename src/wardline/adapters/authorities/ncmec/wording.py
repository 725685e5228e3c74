"""What the schema's elements are called for people. Neutral words; whatever is not here is named by its own name, taken apart."""

from __future__ import annotations

import re

from wardline.adapters.authorities.ncmec.values import INCIDENT_TYPE

SECTIONS: dict[str, str] = {
    "incidentSummary": "Incident",
    "internetDetails": "Where it stood",
    "reporter": "Reporter",
    "personOrUserReported": "Account reported",
    "additionalInfo": "For the officer",
}
"""The parts of a ``<report>``."""

LABELS: dict[str, str] = {
    "incidentType": "Type",
    "platform": "Platform",
    "escalateToHighPriority": "Priority, because",
    "reportAnnotations": "Annotations",
    "incidentDateTime": "When",
    "incidentDateTimeDescription": "Time of what",
    "webPageIncident/@thirdPartyHostedContent": "Hosted elsewhere",
    "webPageIncident/url": "Web address",
    "reportingPerson/firstName": "First name",
    "reportingPerson/lastName": "Last name",
    "reportingPerson/email": "E-mail",
    "reportingPerson/email/@type": "E-mail, kind",
    "termsOfService": "Terms",
    "legalURL": "Terms, web address",
    "espIdentifier": "Identifier",
    "priorCTReports": "Earlier report",
    "ipCaptureEvent/ipAddress": "Address",
    "ipCaptureEvent/eventName": "Address, event",
    "ipCaptureEvent/dateTime": "Address, time",
    "ipCaptureEvent/port": "Address, port",
    "accountTemporarilyDisabled": "Account disabled",
    "accountTemporarilyDisabled/@disabledDate": "Account disabled, since",
    "additionalInfo": "Note",
    "originalFileName": "Name at upload",
    "uploadedToEspTimestamp": "Uploaded",
    "locationOfFile": "Web address",
    "publiclyAvailable": "Public",
    "fileRelevance": "Relevance",
    "fileDetails/additionalInfo": "Note",
    "email": "E-mail",
    "emailAddress": "E-mail address",
    "nonUsaState": "State elsewhere",
    "zipCode": "Postal code",
    "reportedToLe": "Told to police",
    "servedLegalProcessInternational/@fleaCountry": "Process abroad, country",
}
"""By the path below the section or the end of it; with the document's name before it where the other document's means something else."""

FILE_COLUMNS: dict[str, str] = {
    "industryClassification": "Category",
    "fileViewedByEsp": "Viewed by a person",
    "exifViewedByEsp": "EXIF viewed",
    "fileAnnotations": "Annotations",
    "originalFileHash/@hashType": "Hashes",
}
"""What a table says of every file; the rest of its details stands in a section of its own."""

_ANNOTATIONS = {
    "animeDrawingVirtualHentai": "drawing or animation",
    "csamSolicitation": "solicitation of material",
    "generativeAi": "generative AI",
    "minorToMinorInteraction": "between minors",
    "possibleSelfProduction": "possible self-production",
}
_REWORDED = {("incidentType", INCIDENT_TYPE): "Possession, manufacture and distribution"}
"""By simple type and value."""
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def label_of(wire: str, root: str, number: int | None = None) -> str:
    """Name a field.

    Args:
        wire: Its path below the section.
        root: Name of the document's root element.
        number: Which of several of the same name, from 1.
    """
    label = LABELS.get(f"{root}/{wire}") or _label(wire)
    if number is None:
        return label
    name, comma, part = label.partition(",")
    return f"{name} {number}{comma}{part}"


def _label(wire: str) -> str:
    parts = wire.split("/")
    known = next(filter(None, (LABELS.get("/".join(parts[at:])) for at in range(len(parts)))), None)
    if known is not None:
        return known
    if parts[-1].startswith("@") and len(parts) > 1:  # says something of what it stands at
        what = "kind" if parts[-1] == "@type" else _apart(parts[-1][1:]).lower()
        return f"{_label('/'.join(parts[:-1]))}, {what}"
    return _apart(parts[-1].lstrip("@"))


def section_of(name: str) -> str:
    """Name a part of a report."""
    return SECTIONS.get(name) or _apart(name)


def annotation(name: str) -> str:
    """Say an annotation, which is sent as an empty element, in words."""
    words = _ANNOTATIONS.get(name) or _apart(name)
    return words[:1].lower() + words[1:]


def reworded(type_: str, value: str) -> str | None:
    """Give the neutral words for a value that the receiver words otherwise; None for every other value."""
    return _REWORDED.get((type_, value))


def _apart(name: str) -> str:
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in _HUMP.split(name)]
    text = " ".join(words)
    return text[:1].upper() + text[1:]

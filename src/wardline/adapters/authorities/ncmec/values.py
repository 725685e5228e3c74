"""Closed sets of the CyberTipline Reporting API.

Source: the schema served in November 2025.
"""

from __future__ import annotations

from wardline import records

BATCH_REASON = "VIRAL_POTENTIAL_MEME"
"""The only reason for a batched report."""
INCIDENT_TYPE = "Child Pornography (possession, manufacture, and distribution)"
"""The kind of incident of a report about files; the string is the schema's own."""

INCIDENT_TYPES: dict[records.IncidentKind, str] = {
    records.IncidentKind.FILES: INCIDENT_TYPE,
    records.IncidentKind.TRAFFICKING: "Child Sex Trafficking",
    records.IncidentKind.TOURISM: "Child Sex Tourism",
    records.IncidentKind.MOLESTATION: "Child Sexual Molestation",
    records.IncidentKind.MISLEADING_DOMAIN: "Misleading Domain Name",
    records.IncidentKind.MISLEADING_WORDS: "Misleading Words or Digital Images on the Internet",
    records.IncidentKind.ENTICEMENT: "Online Enticement of Children for Sexual Acts",
    records.IncidentKind.UNSOLICITED: "Unsolicited Obscene Material Sent to a Child",
}
"""The schema's own strings for the kinds of incident."""

ENUMERATIONS: dict[str, frozenset[str]] = {
    "incidentType": frozenset(INCIDENT_TYPES.values()),
    "addressType": frozenset({"Home", "Business", "Billing", "Shipping", "Technical"}),
    "emailType": frozenset({"Home", "Work", "Business", "Recovery"}),
    "phoneType": frozenset({"Mobile", "Home", "Business", "Work", "Fax", "Internet", "Recovery"}),
    "batchedReportReason": frozenset({BATCH_REASON}),
    "ipCaptureType": frozenset({"Login", "Registration", "Purchase", "Upload", "Other", "Unknown"}),
    "associatedAccountType": frozenset(
        {"Billing", "Linked", "Business", "Creator", "Parent/Guardian", "Other"}
    ),
    "fileRelevance": frozenset({"Reported", "Supplemental Reported"}),
    "fileClassification": frozenset(category.value for category in records.Category),
    "metadataTypes": frozenset({"EXIF", "HASH"}),
    "country": frozenset({"", *records.COUNTRIES}),
    "state": frozenset({"", *records.US_STATES}),
}
"""Simple types that allow these values and no others. A country or a state may be empty."""

PATTERNS: dict[str, str] = {"phoneCountryCallingCode": r"\+[0-9]{1,3}", "phoneExtension": r"[0-9]+"}
"""Simple types that must match whole."""

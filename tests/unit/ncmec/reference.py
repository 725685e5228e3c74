"""The reference of a report's fields, built from the rule table. `python -m tests.unit.ncmec.reference` prints it as it should be."""

from __future__ import annotations

import sys
from dataclasses import fields

from wardline import records
from wardline.adapters.authorities.ncmec import fields as rules
from wardline.adapters.authorities.ncmec.checks import CHECKS
from wardline.adapters.authorities.ncmec.fields import BATCHED, FIELDS, Field
from wardline.adapters.authorities.ncmec.schema import child_types
from wardline.adapters.authorities.ncmec.wire import WIRE

HEAD = f"""\
# The fields of a report to the CyberTipline

Every field that the authority documents, where Wardline takes it from, and what is checked before anything is sent. A test compares this page
with the program. Rules of the documentation of {rules.VERSION}, schema of {rules.SCHEMA_VERSION}; what is in use is the schema that the authority serves, which is
[looked at each day](../explanation/reports.md#a-schema-that-changes).

"Where from" names a field of the [context of an upload](http.md#an-upload) (`report.…` is its field `report`), a [setting](settings.md) or what people
decided. What is not known is left out, never filled in. How often: 1 once, ? at most once, * any number, + at least once.
"""
_RECORDS: dict[str, tuple[type, str]] = {
    "ipCaptureEvent": (records.IpEvent, "…ip_events"),
    "deviceId": (records.Device, "…devices"),
    "address": (records.PostalAddress, "…addresses"),
    "phone": (records.Phone, "…phones"),
    "email": (records.Email, "…emails"),
    "estimatedLocation": (records.Location, "…location"),
    "person": (records.Person, "…person"),
    "contactPerson": (records.Person, "report.law_enforcement.officer"),
    "accountTemporarilyDisabled": (records.Disabling, "…temporarily_disabled"),
    "accountPermanentlyDisabled": (records.Disabling, "…permanently_disabled"),
    "webPageIncident": (records.WebPage, "report.web_pages"),
    "emailIncident": (records.EmailMessage, "report.emails"),
    "newsgroupIncident": (records.Newsgroup, "report.newsgroups"),
    "chatImIncident": (records.Chat, "report.chats"),
    "onlineGamingIncident": (records.Gaming, "report.games"),
    "cellPhoneIncident": (records.Telephone, "report.telephones"),
    "nonInternetIncident": (records.Offline, "report.offline"),
    "peer2peerIncident": (records.PeerToPeer, "report.peer_to_peer"),
    "lawEnforcement": (records.LawEnforcement, "report.law_enforcement"),
    "lawEnforcement/servedLegalProcessInternational": (records.LawEnforcement, "report.law_enforcement"),
    "personOrUserReported": (records.Party, "report.account"),
    "intendedRecipient": (records.Party, "report.recipients"),
    "victim": (records.Party, "report.victims"),
    "associatedAccount": (records.AssociatedAccount, "….associated"),
    "associatedAccount/platform": (records.AssociatedAccount, "….associated"),
    "details": (records.Metadata, "report.metadata"),
    "nameValue": (records.NamedValue, "report.metadata.pairs"),
}
_ELSEWHERE = {
    "report/batchedReport": "a batched report", "batchedReport/@reason": "a batched report",
    "report/incidentSummary": "below", "report/internetDetails": "`url`, and what `report` says of where it happened",
    "report/lawEnforcement": "`report.law_enforcement`", "report/reporter": "below", "report/personOrUserReported": "below",
    "report/intendedRecipient": "`report.recipients`", "report/victim": "`report.victims`",
    "report/additionalInfo": "how it was found, which files a person viewed, our reference",
    "incidentSummary/incidentType": "files; of reports without one, their kind", "incidentSummary/platform": "`referral.reporter.platform`",
    "incidentSummary/escalateToHighPriority": "the reason that the decision gives", "incidentSummary/reportAnnotations": "the decision",
    "incidentSummary/incidentDateTime": "`uploaded_at` of the earliest file",
    "incidentSummary/incidentDateTimeDescription": "a fixed sentence that says what the time is of",
    "reporter/reportingPerson": "`referral.reporter`", "reporter/contactPerson": "`referral.reporter.contact_email`", "reporter/companyTemplate": "`referral.reporter.company_template`",
    "reporter/termsOfService": "`referral.reporter.terms_of_service`", "reporter/legalURL": "`referral.reporter.legal_url`",
    "personOrUserReported/espIdentifier": "`account_reference`",
    "personOrUserReported/priorCTReports": "our finished reports about the account; the report that is corrected; `report.account.prior_reports`",
    "personOrUserReported/accountTemporarilyDisabled": "the suspension that the platform confirmed; else `report.account.temporarily_disabled`",
    "personOrUserReported/ipCaptureEvent": "`ip_address` of each upload; `report.account.ip_events`",
    "fileDetails/reportId": "the authority's answer", "fileDetails/fileId": "the authority's answer", "fileDetails/originalFileName": "`file_name`",
    "fileDetails/uploadedToEspTimestamp": "`uploaded_at`", "fileDetails/locationOfFile": "`url`",
    "fileDetails/fileViewedByEsp": "the reveal log: whether one person was shown all of it", "fileDetails/exifViewedByEsp": "always false: nobody is shown it",
    "fileDetails/publiclyAvailable": "`visibility`", "fileDetails/fileRelevance": "`report.supplemental`, unless a person gave it a category",
    "fileDetails/fileAnnotations": "the decision", "fileDetails/industryClassification": "the decision", "fileDetails/originalFileHash": "computed",
    "fileDetails/ipCaptureEvent": "`ip_address`, `port`, `report.possible_proxy`", "fileDetails/deviceId": "`report.devices`",
    "fileDetails/details": "`report.metadata`", "fileDetails/additionalInfo": "our id of the file", "hash/@hashType": "computed",
}  # fmt: skip


def source_of(field: Field) -> str:
    """Say where a field comes from."""
    if field.place in _ELSEWHERE:
        return _ELSEWHERE[field.place]
    if field.owner in ("reportAnnotations", "fileAnnotations"):
        return "the decision"
    if field.owner.startswith(("reportResponse", "reportDoneResponse")):
        return "the authority's answer"
    type_, path = _RECORDS[field.owner]
    if field.name.endswith("Person") and type_ is records.Party:
        return f"`{path}.person`"
    wire = field.name if field.owner in WIRE_ROOTS else f"{field.owner.rpartition('/')[2]}/{field.name}"
    name = next(name for name, place in WIRE[type_].items() if place == wire)
    assert name in {each.name for each in fields(type_)}
    return f"`{path}.{name}`"


WIRE_ROOTS = {owner for owner in _RECORDS if "/" not in owner}


def rows() -> list[str]:
    """Give the lines of every section."""
    found: list[str] = []
    section = ""
    for field in FIELDS:
        if field.section != section:
            section = field.section
            found += [
                "",
                f"## {section} {field.title}",
                "",
                "| Field | How often | Where from | Checked |",
                "|---|---|---|---|",
            ]
        told = "; ".join(CHECKS[rule.name].phrase.format(*rule.arguments) for rule in field.rules)
        found.append(f"| `{field.place}` | {field.occurs} | {source_of(field)} | {told} |")
    return found


def text() -> str:
    """Give the whole page."""
    batch = [
        "", "## Batched reports", "",
        (
            "One file that many accounts spread, as agreed with the authority. Of each account nothing but `espIdentifier`; at most "
            f"{BATCHED.most_files} file, annotated as viral or as a potential meme and with no other annotation. None of these:"
        ),
        "",
        *(f"- `{owner}/{name}`" for owner, name in sorted(BATCHED.absent)),
    ]  # fmt: skip
    never = sorted(
        set(child_types("fileDetails")) - {field.name for field in FIELDS if field.owner == "fileDetails"}
    )
    last = [
        "",
        f"The schema has these too, which the documentation does not, and they are never sent: {', '.join(f'`{each}`' for each in never)}.",
    ]
    return HEAD + "\n".join([*rows(), *batch, *last]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())

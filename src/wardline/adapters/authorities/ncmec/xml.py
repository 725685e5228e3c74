"""Build the two documents that a referral sends: ``<report>`` and ``<fileDetails>``.

Elements stand in the order of the schema that the authority serves now, and nothing stands there that it has no place for. Annotations are
empty elements. Text that came from an account may hold characters that XML cannot carry; they are replaced, so that a strange file name
never keeps a report from being sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wardline import records
from wardline.adapters.authorities.ncmec import wire
from wardline.adapters.authorities.ncmec.schema import BUILT_IN
from wardline.adapters.authorities.ncmec.values import BATCH_REASON, INCIDENT_TYPES
from wardline.adapters.authorities.ncmec.wire import Tree
from wardline.adapters.authorities.ncmec.writing import Writing

HASH_NAMES = {
    records.HashKind.MD5: "MD5",
    records.HashKind.SHA1: "SHA1",
    records.HashKind.SHA256: "SHA256",
    records.HashKind.PDQ: "PDQ",
}
REPORTED, SUPPLEMENTAL = "Reported", "Supplemental Reported"

_Inside = dict[str, Tree | list[Tree]]


def report_document(report: records.Report, writing: Writing | None = None) -> bytes:
    """Build the document that opens a report, in UTF-8; what ``writing`` has no place for stands there afterwards."""
    written = writing or Writing(BUILT_IN)
    return written.document("report", report_tree(_placed(report, written)))


def file_document(
    remote_id: str, file_id: str, file: records.ReportedFile, writing: Writing | None = None
) -> bytes:
    """Build the document that describes one uploaded file, in UTF-8.

    Metadata inside the file is never shown to a reviewer, so ``exifViewedByEsp`` is always false.
    """
    inside = _file(remote_id, file_id, file)
    if file.batched:
        inside = _in_batch(inside, file)
    return (writing or Writing(BUILT_IN)).document("fileDetails", inside)


def _placed(report: records.Report, written: Writing) -> records.Report:
    """Say in the note why a child may be in danger, and which reports came before, where the schema has no other place for it or would refuse it there."""
    note = report.note
    prior = _prior(report.person, None)
    if prior and not written.has_place("personOrUserReported", "priorCTReports"):
        note = f"{note}\nEarlier reports about the same account: {', '.join(map(str, prior))}."
    if stands_in_note(report, written):
        note = f"High priority is asked for, because: {report.escalation}\n{note}"
    return report if note == report.note else replace(report, note=note)


def stands_in_note(report: records.Report, written: Writing) -> bool:
    """Say whether only the note can say why a child may be in danger."""
    reason = report.escalation
    return reason is not None and not written.takes("incidentSummary", "escalateToHighPriority", reason)


def report_tree(report: records.Report) -> Tree:
    """Say what stands in a ``<report>``, whatever the schema."""
    batched = report.batch is not None
    inside: _Inside = {
        "incidentSummary": _summary(report),
        "reporter": _reporter(report.reporter),
        "personOrUserReported": _people(report),
    }
    if batched:
        inside["batchedReport"] = {"@reason": BATCH_REASON}
    else:
        inside["additionalInfo"] = report.note
    pages = (records.WebPage(urls=report.urls),) if report.urls else ()
    incidents = [{wire.INCIDENTS[type(each)]: wire.tree(each)} for each in (*pages, *report.incidents)]
    if incidents:
        inside["internetDetails"] = list(incidents)
    if report.law_enforcement is not None:
        inside["lawEnforcement"] = wire.tree(report.law_enforcement)
    if report.recipients:
        inside["intendedRecipient"] = [wire.party(each, "intendedRecipient") for each in report.recipients]
    if report.victims:
        inside["victim"] = [wire.party(each, "victim") for each in report.victims]
    return inside


def _summary(report: records.Report) -> _Inside:
    inside: _Inside = {
        "incidentType": INCIDENT_TYPES[report.kind],
        "platform": report.reporter.platform,
        "incidentDateTime": wire.moment(report.incident_at),
        "incidentDateTimeDescription": report.incident_time_meaning,
    }
    if report.escalation is not None:
        inside["escalateToHighPriority"] = report.escalation
    if report.annotations:
        inside["reportAnnotations"] = _annotations(report.annotations)
    return inside


def _reporter(reporter: records.Reporter) -> Tree:
    person: _Inside = {
        "firstName": reporter.first_name,
        "lastName": reporter.last_name,
        "email": {"#": reporter.email, "@type": "Business"},
    }
    if reporter.more is not None:
        more = wire.tree(reporter.more)
        person |= {name: value for name, value in dict(more).items() if name in ("phone", "address")}  # type: ignore[arg-type]  # a record's tree is no text
    inside: _Inside = {"reportingPerson": person}
    if reporter.contact is not None:
        inside["contactPerson"] = wire.tree(reporter.contact)
    for name, value in (
        ("companyTemplate", reporter.company_template), ("termsOfService", reporter.terms_of_service), ("legalURL", reporter.legal_url),
    ):  # fmt: skip
        if value is not None:
            inside[name] = value
    return inside


def _people(report: records.Report) -> list[Tree]:
    reference = report.person.account_reference
    if report.batch is not None:
        others = report.batch.account_references
        return [{"espIdentifier": each} for each in dict.fromkeys((reference, *others))]
    return [_person(report.person, report.corrects)]


def _person(person: records.ReportedPerson, corrects: str | None) -> Tree:
    facts = person.facts or records.Party()
    inside = wire.party(facts, "personOrUserReported")
    inside["espIdentifier"] = person.account_reference
    inside["ipCaptureEvent"] = wire.tree(tuple(dict.fromkeys((*person.ip_events, *facts.ip_events))))
    since = person.temporarily_disabled_at
    if since is not None:  # what was done because of this report is known better here
        inside["accountTemporarilyDisabled"] = {"#": "true", "@disabledDate": wire.moment(since)}
    inside["priorCTReports"] = _prior(person, corrects)
    return inside


def _prior(person: records.ReportedPerson, corrects: str | None) -> list[Tree]:
    told = person.facts.prior_reports if person.facts is not None else ()
    return list(dict.fromkeys((*told, *person.prior_reports, *((corrects,) if corrects is not None else ()))))


def _file(remote_id: str, file_id: str, file: records.ReportedFile) -> _Inside:
    inside: _Inside = {
        "reportId": remote_id,
        "fileId": file_id,
        "uploadedToEspTimestamp": wire.moment(file.uploaded_at),
        "fileViewedByEsp": str(wire.tree(file.viewed)),
        "exifViewedByEsp": "false",
        "publiclyAvailable": str(wire.tree(file.publicly_available)),
        "fileRelevance": SUPPLEMENTAL if file.supplemental else REPORTED,
        "originalFileHash": [{"#": each.value, "@hashType": HASH_NAMES[each.kind]} for each in file.hashes],
        "deviceId": wire.tree(file.devices),
        "details": wire.tree(file.metadata),
        "additionalInfo": f"Reference at the service: {file.item_id}.",
    }
    if file.file_name is not None and file.file_name.strip():
        inside["originalFileName"] = file.file_name
    if file.url is not None:
        inside["locationOfFile"] = file.url
    if file.annotations:
        inside["fileAnnotations"] = _annotations(file.annotations)
    if file.category is not None:
        inside["industryClassification"] = file.category.value
    if file.upload is not None:
        inside["ipCaptureEvent"] = wire.tree(file.upload)
    return inside


_IN_BATCH = (
    "reportId", "fileId", "uploadedToEspTimestamp", "fileViewedByEsp", "exifViewedByEsp", "publiclyAvailable", "fileRelevance",
    "industryClassification",
)  # fmt: skip
_BATCH_ANNOTATIONS = (records.FileAnnotation.VIRAL, records.FileAnnotation.POTENTIAL_MEME)


def _in_batch(inside: _Inside, file: records.ReportedFile) -> _Inside:
    """Leave of a file what a batched report may say of it."""
    kept: _Inside = {name: value for name, value in inside.items() if name in _IN_BATCH}
    annotations = [each for each in file.annotations if each in _BATCH_ANNOTATIONS]
    return {**kept, "fileAnnotations": _annotations(annotations)} if annotations else kept


def _annotations(given: Iterable[str]) -> Tree:
    return {str(name): "" for name in given}

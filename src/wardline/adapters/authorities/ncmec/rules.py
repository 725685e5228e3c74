"""What Wardline demands of a report before its documents are built: what a document does not show, or shows too late.

The rest, field by field, is data: ``fields.toml``, held by ``breaches``.

Source: CyberTipline Reporting API, technical documentation of June 2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wardline import records, referral
from wardline.adapters.authorities.ncmec.checks import is_email


def problems(report: records.Report) -> tuple[str, ...]:
    """Give what keeps a report from being sent: fixed phrases with the field's name and never its content; empty when nothing does."""
    return (*_incident(report), *_reporter(report.reporter), *_files(report), *_batch(report))


def _incident(report: records.Report) -> Iterator[str]:
    yield from _aware("incident_at", report.incident_at)
    yield from _text("incident_time_meaning", report.incident_time_meaning)
    if report.escalation is not None:
        yield from _text("escalation", report.escalation)
    yield from _text("note", report.note)
    for url in report.urls:
        if not referral.is_plain_address(url):
            yield _not_plain("urls")
    if report.person.temporarily_disabled_at is not None:
        yield from _aware("person temporarily_disabled_at", report.person.temporarily_disabled_at)


def _reporter(reporter: records.Reporter) -> Iterator[str]:
    yield from _text("reporter first_name", reporter.first_name)
    yield from _text("reporter last_name", reporter.last_name)
    if not is_email(reporter.email):
        yield "reporter email: malformed, expected an e-mail address"
    yield from _text("reporter platform", reporter.platform)
    if reporter.terms_of_service is not None:
        yield from _text("reporter terms_of_service", reporter.terms_of_service)
    if reporter.legal_url is not None and not referral.is_plain_address(reporter.legal_url):
        yield _not_plain("reporter legal_url")


def _files(report: records.Report) -> Iterator[str]:
    files = report.files
    if report.corrects is not None:
        if not (report.corrects.isascii() and report.corrects.isdigit()):
            yield "corrects: no report id, expected a number"
        if files:
            yield "files: with a correction, expected none"
        return
    if not files and not (report.incidents or (report.texts and report.urls)):
        yield "files: none, expected at least one, or an incident without a file"
    if files and all(file.supplemental for file in files) and not report.incidents:
        yield "files: only such as explain others, expected one that is reported"
    if len({file.item_id for file in files}) < len(files):
        yield "files: the same file twice, expected each once"
    for number, file in enumerate(files, start=1):
        yield from _aware(f"file {number} uploaded_at", file.uploaded_at)
        for event in (file.upload, *report.person.ip_events):
            if event is not None and event.at is not None:
                yield from _aware(f"file {number} upload at", event.at)


def _batch(report: records.Report) -> Iterator[str]:
    if any(file.batched != (report.batch is not None) for file in report.files):
        yield "batch: of the report or of its file alone, expected of both"
    if report.batch is None:
        return
    if len(report.files) != 1:
        yield f"batch: {len(report.files)} files, expected one"
    if report.corrects is not None:
        yield "batch: a correction, expected a report of its own"
    if report.person.account_reference in report.batch.account_references:
        yield "batch: one account twice, expected each once"


def _aware(place: str, value: datetime) -> Iterator[str]:
    # Written in UTC it would look like one that has a zone.
    if value.tzinfo is None or value.utcoffset() is None:
        yield f"{place}: time without a zone, expected an aware time"


def _text(place: str, value: str) -> Iterator[str]:
    if not value.strip():
        yield f"{place}: blank, expected text"


def _not_plain(place: str) -> str:
    return f"{place}: not a plain web address, expected http or https without credentials or signature, at most 2083 characters"

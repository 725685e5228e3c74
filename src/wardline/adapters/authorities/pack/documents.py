"""The JSON of a pack: what a report says, in one form for every receiver. docs/reference/pack.md describes it; a change is a new version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from wardline import records

VERSION = 1
MEDIA_TYPE = "application/json"
REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Whom a pack is for, from the settings."""

    name: str
    """As the pack's cover says it."""
    basis: str = ""
    """The law by which it is owed, in the settings' words."""
    is_test: bool = True


def report_document(report: records.Report, receiver: Receiver) -> bytes:
    """Write what is said of the whole report; the same bytes for the same report."""
    said = {
        "form": "wardline-report", "version": VERSION, "is_test": receiver.is_test, "receiver": receiver.name, "legal_basis": receiver.basis or None,
        "referral": report.referral_id, "corrects": report.corrects, "priority": report.priority, "danger": report.escalation,
        "account": _account(report.person), "like_accounts": _like(report.like),
        "incident": {
            "kind": report.kind, "at": report.incident_at, "time_meaning": report.incident_time_meaning, "annotations": report.annotations,
            "urls": report.urls, "where": [{"place": type(each).__name__, "known": each} for each in report.incidents],
        },
        "how_found": report.note, "recipients": report.recipients, "victims": report.victims, "law_enforcement": report.law_enforcement,
        "reporter": report.reporter,
        "files": [
            {"document": file_name(number), "item": file.item_id} for number, file in enumerate(report.files, start=1)
        ],
    }  # fmt: skip
    return written(said)


def file_document(number: int, file: records.ReportedFile) -> bytes:
    """Write what is said of one file, counted from 1."""
    said = {
        "form": "wardline-file", "version": VERSION, "number": number, "item": file.item_id, "name_at_upload": file.file_name,
        "uploaded_at": file.uploaded_at, "url": file.url, "viewed_by_person": file.viewed, "publicly_available": file.publicly_available,
        "category": file.category, "annotations": file.annotations,
        "hashes": {each.kind.value: each.value for each in file.hashes}, "upload": file.upload, "supplemental": file.supplemental,
        "devices": file.devices, "metadata": file.metadata,
    }  # fmt: skip
    return written(said)


def file_name(number: int) -> str:
    """Name the document of a file."""
    return f"file-{number}.json"


def documents(report: records.Report, receiver: Receiver) -> Iterator[records.PreviewDocument]:
    """Give every JSON document of a pack, the report's own first."""
    yield records.PreviewDocument(name=REPORT, media_type=MEDIA_TYPE, body=report_document(report, receiver))
    for number, file in enumerate(report.files, start=1):
        body = file_document(number, file)
        yield records.PreviewDocument(name=file_name(number), media_type=MEDIA_TYPE, body=body)


def written(said: Any) -> bytes:
    """Write JSON for people to read too: always in the same order, UTF-8, nothing that is not known."""
    text = json.dumps(_plain(said), indent=1, ensure_ascii=False)
    # A lone surrogate, which a platform may have sent inside a name, is no UTF-8.
    return f"{text}\n".encode("utf-8", errors="replace")


def _account(person: records.ReportedPerson) -> dict[str, Any]:
    return {
        "reference": person.account_reference, "addresses": person.ip_events, "suspended_at": person.temporarily_disabled_at,
        "earlier_reports": person.prior_reports, "known": person.facts,
    }  # fmt: skip


def _like(found: records.LikeAccounts) -> dict[str, Any]:
    """Other accounts with the same files: what is sent of them, without the ids of their cases here."""
    named = [
        {
            "reference": each.account_reference, "platform": each.platform, "how": each.how, "item": each.item_id, "uploaded_at": each.uploaded_at,
            "decided_at": each.decided_at, "report": each.report,
        }
        for each in found.named
    ]  # fmt: skip
    return {"accounts": named, "more": found.more or None, "more_at_least": found.at_least or None}


def _plain(value: Any) -> Any:
    """Give JSON's own kinds; what is None or empty is left out, and a false is said."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, dict):
        plain = ((key, _plain(each)) for key, each in value.items())
        return {key: each for key, each in plain if each not in (None, [], {}, "")}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value

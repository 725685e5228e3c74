"""What a pack would say, for people to read: walked from the very documents that go into it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from wardline import records
from wardline.adapters.authorities.pack import documents
from wardline.adapters.authorities.pack.documents import Receiver

DANGER, PRIORITY, ACCOUNT = "Danger to a child", "Priority", "Who: the account"
_SECTIONS = (
    ("danger", DANGER),
    ("priority", PRIORITY),
    ("victims", "Victims"),
    ("account", ACCOUNT),
    ("like_accounts", "Other accounts with the same files, or ones near them"),
    ("incident", "What, when and where"),
    ("how_found", "How it was found"),
    ("recipients", "Meant for"),
    ("law_enforcement", "Police who know of it"),
    ("reporter", "Whom to ask"),
)
"""The parts of a report, in the order in which an officer reads; the files stand before whom to ask."""
_COLUMNS = (
    ("category", "Category"),
    ("viewed_by_person", "Viewed by a person"),
    ("annotations", "Annotations"),
    ("hashes", "Hashes"),
)
"""What a table says of every file; the rest stands in a section of its own."""
_LABELS = {
    "account/reference": "Account", "account/suspended_at": "Suspended since", "account/earlier_reports": "Earlier report to the same receiver",
    "accounts/reference": "Account", "accounts/platform": "Service", "accounts/how": "How its file is like", "accounts/item": "Like the file",
    "accounts/uploaded_at": "Its upload", "accounts/decided_at": "Decided", "accounts/report": "Report about it", "like_accounts/more": "How many more",
    "like_accounts/more_at_least": "Or more than that",
    "addresses/ip_address": "Address", "addresses/event": "Address, seen at", "addresses/at": "Address, when", "addresses/port": "Address, port",
    "addresses/possible_proxy": "Address, possibly a proxy", "upload/ip_address": "Address of the upload", "upload/event": "Address, seen at",
    "upload/at": "Address, when", "upload/port": "Address, port", "upload/possible_proxy": "Address, possibly a proxy",
    "incident/at": "When", "incident/time_meaning": "That is the", "incident/kind": "What it is about", "incident/annotations": "Said of it",
    "incident/urls": "Web address", "how_found": "In words", "danger": "Danger", "priority": "Priority", "name_at_upload": "Name at upload",
    "uploaded_at": "Uploaded", "publicly_available": "Public", "url": "Web address", "item": "Id at the service", "supplemental": "Only explains others",
    "reporter/first_name": "First name", "reporter/last_name": "Last name", "reporter/email": "Mail", "reporter/platform": "Service",
    "reporter/legal_url": "Legal process", "reporter/terms_of_service": "Terms", "referral": "Reference at the service", "receiver": "For",
    "legal_basis": "Owed by", "is_test": "Only a test", "corrects": "Corrects report",
}  # fmt: skip
"""By the end of a field's path, without numbers; whatever is not here is named by its own name."""
_NOT_TOLD = frozenset({"form", "version", "number", *(wire for wire, _ in _COLUMNS)})


def sections(report: records.Report, receiver: Receiver) -> Iterator[records.PreviewSection]:
    """Give the parts of the pack, each read back from its document."""
    first, *files = (json.loads(each.body) for each in documents.documents(report, receiver))
    for wire, title in _SECTIONS:
        if wire == "reporter":
            yield from _files(files)
        if wire in first:
            yield records.PreviewSection(title=title, fields=tuple(_fields(first[wire], wire)))
    about = {
        key: first[key]
        for key in ("referral", "corrects", "receiver", "legal_basis", "is_test")
        if key in first
    }
    yield records.PreviewSection(title="About this pack", fields=tuple(_fields(about, "")))


def _files(files: Sequence[dict[str, Any]]) -> Iterator[records.PreviewSection]:
    if not files:
        return
    columns = tuple(records.PreviewColumn(label=label, wire=wire) for wire, label in _COLUMNS)
    rows = tuple(tuple(_cell(file.get(wire)) for wire, _ in _COLUMNS) for file in files)
    table = records.PreviewTable(columns=columns, rows=rows)
    yield records.PreviewSection(title=f"Files, {len(files)}", table=table)
    for number, file in enumerate(files, start=1):
        rest = {key: value for key, value in file.items() if key not in _NOT_TOLD}
        yield records.PreviewSection(
            title=f"File {number} of {len(files)}", fields=tuple(_fields(rest, "")), file=number
        )


def _fields(value: Any, wire: str) -> Iterator[records.PreviewField]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _fields(each, f"{wire}/{key}".lstrip("/"))
    elif isinstance(value, list):
        several = len(value) > 1
        for number, each in enumerate(value, start=1):
            yield from _fields(each, f"{wire}/{number}" if several else wire)
    else:
        yield records.PreviewField(label=_label(wire), wire=wire, value=_said(value))


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else _said(value)


def _said(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _label(wire: str) -> str:
    """Name a field by the end of its path; one of several of a kind has its number, as the path has."""
    parts = wire.split("/")
    names = [part for part in parts if not part.isdecimal()]
    number = "".join(f" {part}" for part in parts if part.isdecimal())
    known = next((_LABELS[end] for at in range(len(names)) if (end := "/".join(names[at:])) in _LABELS), None)
    if known is None:
        words = " ".join(names[-2:]).replace("_", " ")
        known = words[:1].upper() + words[1:]
    name, comma, rest = known.partition(",")
    return f"{name}{number}{comma}{rest}"

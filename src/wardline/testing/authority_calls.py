"""The calls of the sandbox authority, from request to answer, without a socket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from lxml import etree

from wardline.adapters.authorities.ncmec.simple_types import is_true
from wardline.adapters.authorities.ncmec.validation import parse, violations
from wardline.errors import InputError
from wardline.testing.authority_ledger import AuthorityLedger, LedgerRefusal
from wardline.testing.authority_rules import file_breaches, fits_batch, report_breaches
from wardline.testing.authority_schema import schema_document

DESCRIPTIONS = {
    0: "Success", 1000: "Server error", 1100: "Save failed", 1210: "Resource not found", 2000: "Authentication required",
    4000: "Invalid request", 4100: "Validation failed", 4110: "Malformed XML", 4200: "Malformed file", 5001: "Report does not exist",
    5002: "File does not exist", 5101: "Report already retracted", 5102: "Report already finished",
}  # fmt: skip
"""The answer codes that the sandbox gives. Source: CyberTipline Reporting API, response codes."""

XML_TYPE = "text/xml; charset=utf-8"
GET_CALLS = frozenset({"status", "xsd"})
POST_CALLS = frozenset({"submit", "upload", "fileinfo", "finish", "retract"})

_BOUNDARY = re.compile(r'multipart/form-data;\s*boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?', re.IGNORECASE)
_FIELD = re.compile(rb'form-data;.*?[; ]name="([^"]+)"', re.IGNORECASE)
_REFERENCE = re.compile(r"\breferral-[0-9a-z]{26}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request, read whole."""

    method: str
    call: str
    """Last part of the path."""
    authorization: str
    content_type: str
    body: bytes
    peer: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes


class AuthorityCalls:
    """Answer requests as the authority documents it.

    Args:
        username: The only one that is known.
        password: Its password.
        ledger: Where reports are kept.
        clock_now: Gives the current time, aware.
        schema: What ``/xsd`` serves; None serves the schema that is checked.
    """

    def __init__(
        self,
        username: str,
        password: str,
        ledger: AuthorityLedger,
        clock_now: Callable[[], datetime],
        schema: bytes | None = None,
    ) -> None:
        self._username = username
        self._expected = b"Basic " + base64.b64encode(f"{username}:{password}".encode())
        self._ledger = ledger
        self._now = clock_now
        self._schema = schema or schema_document()

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        try:
            return self._answer(request)
        except LedgerRefusal as refusal:
            return reply(refusal.code)

    def _answer(self, request: Request) -> Reply:
        if not hmac.compare_digest(request.authorization.encode(), self._expected):
            raise LedgerRefusal(2000)
        if request.call not in GET_CALLS | POST_CALLS:
            raise LedgerRefusal(1210)
        if request.method != ("GET" if request.call in GET_CALLS else "POST"):
            raise LedgerRefusal(4000)
        match request.call:
            case "status":
                return reply(0, description=f"Remote User : {self._username}, Remote Ip : {request.peer}")
            case "xsd":
                return Reply(200, self._schema)
            case "submit":
                return self._submit(request)
            case "upload":
                return self._upload(request)
            case "fileinfo":
                return self._describe(request)
            case "finish":
                return self._finish(request)
            case _:
                return self._retract(request)

    def _submit(self, request: Request) -> Reply:
        root = _document(request, "report")
        if report_breaches(root, self._now()):
            raise LedgerRefusal(4100)
        named = _REFERENCE.search(root.findtext("additionalInfo") or "")
        batched = root.find("batchedReport") is not None
        return reply(0, report_id=self._ledger.submit(named.group() if named else None, batched=batched))

    def _upload(self, request: Request) -> Reply:
        fields = _multipart(request)
        if set(fields) != {"id", "file"}:
            raise LedgerRefusal(4000)
        if not fields["file"]:
            raise LedgerRefusal(4200)
        md5 = hashlib.md5(fields["file"], usedforsecurity=False).hexdigest()
        report_id = _report_id(fields["id"])
        file_id = self._ledger.upload(report_id, len(fields["file"]), md5)
        return reply(0, report_id=report_id, file_id=file_id, md5=md5)

    def _describe(self, request: Request) -> Reply:
        root = _document(request, "fileDetails")
        if file_breaches(root, self._now()):
            raise LedgerRefusal(4100)
        report_id = int(root.findtext("reportId") or "")
        viewed = root.findtext("fileViewedByEsp")
        file_id = (root.findtext("fileId") or "").strip()
        seen = None if viewed is None else is_true(viewed)
        self._ledger.describe(report_id, file_id, seen, fits_batch=fits_batch(root))
        return reply(0, report_id=report_id)

    def _finish(self, request: Request) -> Reply:
        report_id = _only_id(request)
        file_ids = self._ledger.finish(report_id)
        root = etree.Element("reportDoneResponse")
        etree.SubElement(root, "responseCode").text = "0"
        etree.SubElement(root, "reportId").text = str(report_id)
        files = etree.SubElement(root, "files")
        for file_id in file_ids:
            etree.SubElement(files, "fileId").text = file_id
        return Reply(200, _xml(root))

    def _retract(self, request: Request) -> Reply:
        report_id = _only_id(request)
        self._ledger.retract(report_id)
        return reply(0, report_id=report_id)


def reply(
    code: int,
    *,
    status: int | None = None,
    description: str | None = None,
    report_id: int | None = None,
    file_id: str | None = None,
    md5: str | None = None,
) -> Reply:
    """Build a ``reportResponse`` with the HTTP status that belongs to its code, unless another is given."""
    root = etree.Element("reportResponse")
    values = {
        "responseCode": str(code),
        "responseDescription": description or DESCRIPTIONS.get(code, "Unknown"),
        "reportId": None if report_id is None else str(report_id),
        "fileId": file_id,
        "hash": md5,
    }
    for name, value in values.items():
        if value is not None:
            etree.SubElement(root, name).text = value
    return Reply(_status(code) if status is None else status, _xml(root))


def _status(code: int) -> int:
    # 4100 with 400 is documented; the others follow its pattern.
    match code:
        case 0:
            return 200
        case 1210:
            return 404
        case 2000:
            return 401
        case _ if 1000 <= code < 2000:
            return 500
        case _ if 3000 <= code < 4000:
            return 403
        case _:
            return 400


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _document(request: Request, expected: str) -> etree._Element:
    if re.sub(r"\s", "", request.content_type).lower() != XML_TYPE.replace(" ", ""):
        raise LedgerRefusal(4000)
    try:
        root = parse(request.body)
    except InputError:
        raise LedgerRefusal(4110) from None
    if violations(root, expected):
        raise LedgerRefusal(4100)
    return root


def _only_id(request: Request) -> int:
    if request.content_type.lower().startswith("application/x-www-form-urlencoded"):
        values = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        fields = {name: value[0].encode() for name, value in values.items() if len(value) == 1}
    else:
        fields = _multipart(request)
    if set(fields) != {"id"}:
        raise LedgerRefusal(4000)
    return _report_id(fields["id"])


def _report_id(text: bytes) -> int:
    if not (text.isdigit() and len(text) <= 18):
        raise LedgerRefusal(4000)
    return int(text)


def _multipart(request: Request) -> dict[str, bytes]:
    """Read a multipart form strictly: each field once, nothing before, between or after the parts."""
    found = _BOUNDARY.fullmatch(request.content_type)
    if found is None:
        raise LedgerRefusal(4000)
    delimiter = b"--" + found.group(1).encode()
    first, *parts, last = (b"\r\n" + request.body).split(b"\r\n" + delimiter)
    if first or not parts or last not in {b"--", b"--\r\n"}:
        raise LedgerRefusal(4000)
    fields: dict[str, bytes] = {}
    for part in parts:
        head, separator, content = part.partition(b"\r\n\r\n")
        name = _FIELD.search(head)
        if (
            not separator
            or not head.startswith(b"\r\n")
            or name is None
            or name.group(1).decode("latin-1") in fields
        ):
            raise LedgerRefusal(4000)
        fields[name.group(1).decode("latin-1")] = content
    return fields

"""What the CyberTipline's answers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from wardline import errors
from wardline.adapters.authorities.ncmec import seen
from wardline.adapters.authorities.ncmec.validation import parse

MOST_BYTES = 1 << 20
"""Larger answers are not read: the real ones are a few hundred bytes, and a finished report lists 32 characters a file."""

_CODE = re.compile("-?[0-9]{1,9}")
_SUCCESS = 0
_SERVER_ERROR = 1000
_NO_REPORT = 5001
_NO_FILE = 5002
_RETRACTED = 5101
_FINISHED = 5102
_ITSELF = "The authority says that it failed itself. Wardline tries again; if that lasts, look at the authority's status, and ask it with the code."


@dataclass(frozen=True, slots=True)
class Parsed:
    """An answer with its code."""

    kind: str
    """Name of the root element: ``reportResponse`` or ``reportDoneResponse``."""
    code: int
    report_id: str | None
    file_id: str | None
    md5: str | None
    listed: tuple[str, ...] = ()
    """Of a finished report: the ids of its files."""


def read(call: str, status: int, body: bytes, content_type: str | None = None) -> Parsed:
    """Read an answer that says success; raise what any other one means.

    Args:
        call: Name of the call, for messages.
        status: HTTP status. It decides only where the body says nothing: a success may carry an error code.
        body: As received.
        content_type: As received, for messages.

    Raises:
        errors.AuthorityError: One of its leaves.
    """
    answer = _parse(body)
    if answer is None:
        raise seen.unknown(call, status, content_type, body)
    if answer.code == _SUCCESS:
        if not 200 <= status < 300:
            raise errors.AuthorityUncertainError(
                f"ncmec {call}: HTTP {status} with answer code 0, expected one success"
            )
        return answer
    raise _by_code(call, answer.code, body)


def _parse(body: bytes) -> Parsed | None:
    try:
        root = parse(body)
    except errors.InputError:
        return None
    if root.tag not in {"reportResponse", "reportDoneResponse"}:
        return None
    if any(len(root.findall(name)) > 1 for name in ("responseCode", "reportId", "fileId", "hash")):
        return None  # which of them counts, nobody knows
    code = _text(root, "responseCode") or ""
    if not _CODE.fullmatch(code):
        return None
    return Parsed(
        str(root.tag), int(code), _text(root, "reportId"), _text(root, "fileId"), _text(root, "hash"),
        tuple((each.text or "").strip() for each in root.iterfind("files/fileId")),
    )  # fmt: skip


def _text(root: etree._Element, name: str) -> str | None:
    return (root.findtext(name) or "").strip() or None


def _by_code(call: str, code: int, body: bytes) -> errors.AuthorityError:
    message = f"ncmec {call}: answer code {code}, expected 0"
    if code in {_NO_REPORT, _RETRACTED}:
        return errors.ReportGoneError(message)
    if code == _FINISHED:
        return errors.ReportFinishedError(message, body=body)
    if code in {
        _SERVER_ERROR,
        _NO_FILE,
    }:  # neither says whether something was kept; a missing file means the report is not as we think
        return errors.AuthorityUncertainError(message, remedy=_ITSELF if code == _SERVER_ERROR else None)
    if 1000 < code < 2000:  # save, upload or update failed
        return errors.AuthorityUnreachableError(message, remedy=_ITSELF)
    if 2000 <= code < 4000:
        return errors.AuthorityDeniedError(message)
    return errors.AuthorityRejectedError(
        message
    )  # 4xxx, and codes that this version does not know: a person has to look

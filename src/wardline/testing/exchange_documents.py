"""The documents of the exchange sandbox: NCMEC's in XML, and ThreatExchange's updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from wardline.testing.exchange_ledger import SharedEntry

_NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def time_text(seconds: int) -> str:
    """Write a time as NCMEC does."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def entries_document(rows: Sequence[SharedEntry], following: str | None) -> str:
    """Write a page of entries: images first, then videos."""
    groups = "".join(_group(kind, [row for row in rows if row.kind == kind]) for kind in ("image", "video"))
    paging = f"<paging><next>{escape(following)}</next></paging>" if following else ""
    return f'{_HEAD}<queryResult xmlns="{_NAMESPACE}">{groups}{paging}</queryResult>'


def reasons_document(reasons: Mapping[str, str]) -> str:
    """Write the reasons for a denial, id to name."""
    rows = "".join(
        f'<reason guid={quoteattr(guid)} name={quoteattr(name)} type="Md5"/>'
        for guid, name in reasons.items()
    )
    return f'{_HEAD}<availableFeedbackReasons xmlns="{_NAMESPACE}">{rows}</availableFeedbackReasons>'


def feedback_of(body: bytes, reasons: Mapping[str, str]) -> str | None:
    """Read a feedback submission: ``"affirmative"``, or ``"negative: "`` and the reason's name. None when it is none."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.tag != f"{{{_NAMESPACE}}}feedbackSubmission" or len(root) != 1:
        return None
    if root[0].tag == f"{{{_NAMESPACE}}}affirmative":
        return "affirmative"
    guid = str(root.findtext(f"{{{_NAMESPACE}}}negative/{{{_NAMESPACE}}}reasonIds/{{{_NAMESPACE}}}guid"))
    return f"negative: {reasons[guid]}" if guid in reasons else None


def threat_update(row: SharedEntry) -> dict[str, Any]:
    """Write one update of ThreatExchange; a deletion comes without opinions."""
    ((kind, value),) = row.hashes or (("HASH_MD5", "0" * 32),)
    update = {
        "id": row.key,
        "indicator": value,
        "type": kind,
        "last_updated": row.at,
        "should_delete": row.is_deleted,
    }
    if not row.is_deleted:
        statuses = (row.grade or "MALICIOUS").split(",")
        update["descriptors"] = {
            "data": [
                {"id": f"{row.key}{number}", "status": status, "owner": {"id": "77"}}
                for number, status in enumerate(statuses, start=1)
            ]
        }
    return update


def _group(kind: str, rows: Sequence[SharedEntry]) -> str:
    newest = f' maxTimestamp="{time_text(max(row.at for row in rows))}"' if rows else ""
    entries = "".join(row.raw if row.raw is not None else _entry(kind, row) for row in rows)
    return f'<{kind}s count="{len(rows)}"{newest}>{entries}</{kind}s>'


def _entry(kind: str, row: SharedEntry) -> str:
    member, _, number = row.key.partition("-")
    head = f"<member id={quoteattr(member)}>A member</member><timestamp>{time_text(row.at)}</timestamp><id>{escape(number)}</id>"
    if row.is_deleted:
        return f"<deleted{kind.title()}>{head}</deleted{kind.title()}>"
    grade = f"<classification>{escape(row.grade)}</classification>" if row.grade else ""
    fingerprints = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.hashes)
    return f"<{kind}>{head}{grade}<fingerprints>{fingerprints}</fingerprints></{kind}>"

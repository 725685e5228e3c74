"""One document, built once: as it is sent, as it is checked and as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from wardline import records, referral
from wardline.adapters.authorities.ncmec import writing, xml
from wardline.adapters.authorities.ncmec.breaches import Breach
from wardline.adapters.authorities.ncmec.schema import Schema
from wardline.adapters.authorities.ncmec.settling import settle
from wardline.adapters.authorities.ncmec.validation import parse, violations
from wardline.adapters.authorities.ncmec.writing import Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A document."""

    root: etree._Element
    body: bytes
    """As it is sent."""
    left_out: tuple[str, ...]
    """Paths of what it would say and does not."""
    needed: frozenset[str]
    """Paths of what it may not be without."""
    violations: tuple[str, ...]
    """What is wrong with it by the schema."""
    breaches: tuple[Breach, ...]
    """Which field rules it breaks, as far as it was held to them."""

    @property
    def lacking(self) -> tuple[str, ...]:
        """Give what it may not be without, and is."""
        return tuple(path for path in self.left_out if path in self.needed)


def opening(report: records.Report, schema: Schema, now: datetime | None) -> Built:
    """Build the document that opens a report.

    Args:
        report: Its content.
        schema: By which it is written.
        now: What may go of what its receiver refuses by its field rules now, goes; None takes nothing out.
    """
    begun = Writing(schema)
    needed = writing.ESSENTIAL
    if (
        report.corrects is not None
    ):  # without its note or the number it would be one more report of somebody who did nothing
        needed |= {"report/additionalInfo", "report/personOrUserReported/priorCTReports"}
    goes_on = report.escalation is not None and report.escalation.endswith(referral.CONTINUED)
    if goes_on or xml.stands_in_note(
        report, begun
    ):  # without its note nobody would read that a child may be in danger
        needed |= {"report/additionalInfo"}
    return _built(xml.report_document(report, begun), begun, needed, schema, now, batched=None)


def file(
    remote_id: str, file_id: str, reported: records.ReportedFile, schema: Schema, now: datetime | None
) -> Built:
    """Build the document that describes a file."""
    begun = Writing(schema)
    needed = writing.ESSENTIAL
    if reported.supplemental:  # it would be reported itself
        needed |= {"fileDetails/fileRelevance"}
    body = xml.file_document(remote_id, file_id, reported, begun)
    return _built(body, begun, needed, schema, now, batched=reported.batched)


def _built(
    body: bytes, begun: Writing, needed: frozenset[str], schema: Schema, now: datetime | None, *, batched: bool | None
) -> Built:  # fmt: skip
    root = parse(body)
    wrong = violations(root, str(root.tag), schema)
    gone, broken = ((), ()) if wrong or now is None else settle(root, now, batched=batched, schema=schema)
    if gone:
        body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    left_out = tuple(dict.fromkeys((*begun.left_out, *gone)))
    return Built(root=root, body=body, left_out=left_out, needed=needed, violations=wrong, breaches=broken)

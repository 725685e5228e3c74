"""What a referral would send, for people to read: walked from the very documents that are sent, so that the two cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from lxml import etree

from wardline import records
from wardline.adapters.authorities import not_sent
from wardline.adapters.authorities.ncmec import building, wording
from wardline.adapters.authorities.ncmec.building import Built
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, Schema, child_types
from wardline.adapters.authorities.ncmec.simple_types import is_true

MEDIA_TYPE = "text/xml"
REPORT_ID, FILE_ID = "1", "0" * 32
"""Stand-ins for the ids that the authority gives: to the report when it is opened, to each file when it has arrived."""
_AWAITED = ("reportId", "fileId")


def preview(
    report: records.Report, schema: Schema = BUILT_IN, built: Sequence[Built] | None = None
) -> records.Preview:
    """Say what the authority would get of a report.

    Args:
        report: Its content.
        schema: By which its documents are written.
        built: Its documents, where they are built already.
    """
    found = build(report, schema) if built is None else built
    sent = _documents(found)
    opening, *files = (each.root for each in found)
    gone = tuple(dict.fromkeys(path for each in found for path in each.left_out))
    walk = _Walk(schema)
    return records.Preview(
        sections=(*walk.report(opening), *walk.files(files), *_left_out(gone), *not_sent.sections(report)),
        documents=sent,
    )


def build(
    report: records.Report, schema: Schema = BUILT_IN, now: datetime | None = None
) -> tuple[Built, ...]:
    """Build every document of a report, in the order of sending, with stand-ins for the ids that the authority gives."""
    files = (building.file(REPORT_ID, FILE_ID, each, schema, now) for each in report.files)
    return (building.opening(report, schema, now), *files)


def documents(report: records.Report, schema: Schema = BUILT_IN) -> tuple[records.PreviewDocument, ...]:
    """Give every document of a report as it is sent."""
    return _documents(build(report, schema))


def _documents(built: Sequence[Built]) -> tuple[records.PreviewDocument, ...]:
    opening, *files = built
    return (
        records.PreviewDocument(name="report.xml", media_type=MEDIA_TYPE, body=opening.body),
        *(
            records.PreviewDocument(name=f"file-{number}.xml", media_type=MEDIA_TYPE, awaits=_AWAITED, body=each.body)
            for number, each in enumerate(files, start=1)
        ),
    )  # fmt: skip


def _left_out(paths: Sequence[str]) -> Iterator[records.PreviewSection]:
    """Say what the authority has no place for or refuses, so that nobody believes it was sent."""
    if paths:
        fields = tuple(
            records.PreviewField(label=wording.label_of(path.partition("/")[2], path.partition("/")[0]), wire=path, value="not sent")
            for path in paths
        )  # fmt: skip
        yield records.PreviewSection(
            title="Left out: the authority has no place for it, or refuses it", fields=fields
        )


class _Walk:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def report(self, root: etree._Element) -> Iterator[records.PreviewSection]:
        types = child_types("report", self._schema)
        for part in root:
            name = str(part.tag)
            # A part that is plain text is its own only field; the others have theirs below them.
            fields = (
                self._below(part, types[name], "report")
                if len(part)
                else self._of(part, types[name], "report", name)
            )
            yield records.PreviewSection(title=wording.section_of(name), fields=tuple(fields))

    def files(self, roots: Sequence[etree._Element]) -> Iterator[records.PreviewSection]:
        if not roots:
            return
        columns = tuple(
            records.PreviewColumn(label=label, wire=wire) for wire, label in wording.FILE_COLUMNS.items()
        )
        every = [list(self._below(root, "fileDetails", "fileDetails")) for root in roots]
        rows = tuple(tuple(_cell(fields, column.wire) for column in columns) for fields in every)
        yield records.PreviewSection(
            title=f"Files, {len(roots)}", table=records.PreviewTable(columns=columns, rows=rows)
        )
        told = {*wording.FILE_COLUMNS, *_AWAITED, "originalFileHash"}
        for number, fields in enumerate(every, start=1):
            rest = tuple(each for each in fields if each.wire not in told)
            yield records.PreviewSection(title=f"File {number} of {len(roots)}", fields=rest, file=number)

    def _below(
        self, element: etree._Element, type_: str, root: str, path: str = "", number: int | None = None
    ) -> Iterator[records.PreviewField]:
        """Give the fields of an element that holds others: its attributes, then what is inside, in the document's order."""
        yield from self._attributes(element, type_, root, path, number)
        types = child_types(type_, self._schema)
        how_many, seen = Counter(str(child.tag) for child in element), Counter[str]()
        for child in element:
            name = str(child.tag)
            seen[name] += 1
            wire = f"{path}/{name}".lstrip("/")
            which = seen[name] if how_many[name] > 1 else number
            yield from self._of(child, types[name], root, wire, which)

    def _of(
        self, element: etree._Element, type_: str, root: str, wire: str, number: int | None = None
    ) -> Iterator[records.PreviewField]:
        """Give the fields of one element, whatever it is."""
        known = self._schema.types.get(type_)
        if known is not None and known.order == "all":  # annotations: each is there or not, and says no more
            words = ", ".join(wording.annotation(str(child.tag)) for child in element)
            yield _field(wire, root, "string", words, number)
        elif known is not None and known.value is None:
            yield from self._below(element, type_, root, wire, number)
        else:
            yield _field(wire, root, type_ if known is None else str(known.value), element.text or "", number)
            yield from self._attributes(element, type_, root, wire, number)

    def _attributes(
        self, element: etree._Element, type_: str, root: str, path: str, number: int | None
    ) -> Iterator[records.PreviewField]:
        types = self._schema.types[type_].attributes if type_ in self._schema.types else {}
        for name, value in zip(map(str, element.attrib), map(str, element.attrib.values()), strict=True):
            yield _field(f"{path}/@{name}".lstrip("/"), root, types[name][0], value, number)


def _cell(fields: Sequence[records.PreviewField], wire: str) -> str | None:
    return ", ".join(each.value for each in fields if each.wire == wire) or None


def _field(wire: str, root: str, type_: str, text: str, number: int | None) -> records.PreviewField:
    if type_ == "boolean":
        text = "yes" if is_true(text) else "no"
    words = wording.reworded(type_, text)
    return records.PreviewField(
        label=wording.label_of(wire, root, number), wire=wire, value=words or text, reworded=words is not None
    )

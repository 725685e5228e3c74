"""The schema that documents are written and checked by: what Wardline brings, until the authority's own was fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from wardline import records
from wardline.adapters.authorities.ncmec import breaches, preview, published, writing, xml
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, Schema, child_types
from wardline.adapters.authorities.ncmec.validation import parse, violations
from wardline.errors import AuthorityRejectedError, InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One schema in use."""

    schema: Schema
    content: bytes | None
    """As it was served; None of what Wardline brings."""
    reading: records.SchemaReading

    @classmethod
    def of(cls, content: bytes) -> Served:
        """Read a served schema.

        Raises:
            InputError: It cannot be understood, by us or by the library that checks what we understood.
        """
        found = published.read(content)
        _compiled(content)
        return cls(schema=found, content=content, reading=_compared(found))

    def report_document(self, report: records.Report) -> bytes:
        """Write the document that opens a report.

        Raises:
            AuthorityRejectedError: There is no place in it for what a report cannot be without. The schema changed since the check.
        """
        begun = writing.Writing(self.schema)
        return _whole(xml.report_document(report, begun), begun)

    def file_document(self, remote_id: str, file_id: str, file: records.ReportedFile) -> bytes:
        """Write the document that describes a file; raises as ``report_document`` does."""
        begun = writing.Writing(self.schema)
        return _whole(xml.file_document(remote_id, file_id, file, begun), begun)

    def problems(self, report: records.Report, now: datetime) -> tuple[str, ...]:
        """Give what the authority would refuse in the documents of a report, by its schema and by its field rules."""
        gone = xml.lacks(self.schema, report, preview.REPORT_ID, preview.FILE_ID)
        needed = tuple(
            f"{path}: not in the authority's schema, expected a place for it"
            for path in gone
            if path in writing.ESSENTIAL
        )
        if needed:
            return needed
        opening, *files = (parse(document.body) for document in preview.documents(report, self.schema))
        found = list(self._document(opening, now, "", batched=None))
        for number, (file, root) in enumerate(zip(report.files, files, strict=True), start=1):
            found += self._document(root, now, f"file {number} ", batched=file.batched)
        return tuple(found)

    def _document(
        self, root: etree._Element, now: datetime, place: str, *, batched: bool | None
    ) -> Iterator[str]:
        wrong = violations(root, str(root.tag), self.schema)
        if wrong:
            yield from (f"{place}{each}" for each in wrong)
            return
        yield from (
            f"{place}{each}" for each in breaches.breaches(root, now, batched=batched, schema=self.schema)
        )
        # Our reader may have understood the schema otherwise than it is meant; the library is nobody's relative.
        if self.content is not None and not _compiled(self.content).validate(root):
            yield f"{place}{root.tag}: refused by the authority's schema, expected a valid document"


def _whole(document: bytes, written: writing.Writing) -> bytes:
    needed = [path for path in written.left_out if path in writing.ESSENTIAL]
    if needed:
        raise AuthorityRejectedError(
            f"ncmec: {needed[0]} has no place in the authority's schema, expected one"
        )
    return document


def _compiled(content: bytes) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(parse(content))
    except etree.XMLSchemaParseError:
        raise InputError("schema: the library cannot read it, expected a valid XML schema") from None


def _compared(found: Schema) -> records.SchemaReading:
    ours, theirs = _places(BUILT_IN), _places(found)
    return records.SchemaReading(
        digest=found.version, gone=tuple(sorted(ours - theirs)), new=tuple(sorted(theirs - ours))
    )


def _places(schema: Schema) -> set[str]:
    elements = {f"{type_}/{name}" for type_ in schema.types for name in child_types(type_, schema)}
    return elements | {
        f"{type_}/@{name}" for type_, known in schema.types.items() for name in known.attributes
    }


BROUGHT = Served(
    schema=BUILT_IN, content=None, reading=records.SchemaReading(digest=BUILT_IN.version, gone=(), new=())
)
"""What holds until the authority's own is known."""

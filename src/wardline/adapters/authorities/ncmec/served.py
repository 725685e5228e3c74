"""The schema that documents are written and checked by: what Wardline brings, until the authority's own was fetched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from wardline import records
from wardline.adapters.authorities.ncmec import building, preview, published
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, Schema
from wardline.adapters.authorities.ncmec.validation import parse
from wardline.errors import AuthorityRejectedError, InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One schema in use."""

    schema: Schema
    content: bytes | None
    """As it was served; None of what Wardline brings."""
    reading: records.SchemaReading
    library: Library | None = None
    """What the library makes of it, once for all documents."""

    @classmethod
    def of(cls, content: bytes) -> Served:
        """Read a served schema.

        Raises:
            InputError: It cannot be understood, by us or by the library that checks what we understood.
        """
        found = published.read(content)
        return cls(schema=found, content=content, reading=_compared(found), library=Library(content))

    def report_document(self, report: records.Report, now: datetime) -> bytes:
        """Write the document that opens a report.

        Raises:
            AuthorityRejectedError: There is no place in it for what a report cannot be without. The schema changed since the check.
        """
        return _whole(building.opening(report, self.schema, now))

    def file_document(self, remote_id: str, file_id: str, file: records.ReportedFile, now: datetime) -> bytes:
        """Write the document that describes a file; raises as ``report_document`` does."""
        return _whole(building.file(remote_id, file_id, file, self.schema, now))

    def preview(self, report: records.Report, now: datetime) -> records.Preview:
        """Say what the authority would get of a report now."""
        return preview.preview(report, self.schema, preview.build(report, self.schema, now))

    def problems(self, report: records.Report, now: datetime) -> tuple[str, ...]:
        """Give what the authority would refuse in the documents of a report, by its schema and by its field rules."""
        opening, *files = preview.build(report, self.schema, now)
        lacking = dict.fromkeys(path for each in (opening, *files) for path in each.lacking)
        if lacking:
            return tuple(
                f"{path}: not in the authority's schema, expected a place for it" for path in lacking
            )
        found = list(self._document(opening, ""))
        for number, built in enumerate(files, start=1):
            found += self._document(built, f"file {number} ")
        return tuple(found)

    def _document(self, built: building.Built, place: str) -> Iterator[str]:
        if built.violations:
            yield from (f"{place}{each}" for each in built.violations)
            return
        yield from (f"{place}{each}" for each in built.breaches)
        # Our reader may have understood the schema otherwise than it is meant; the library is nobody's relative.
        if self.library is not None and not self.library.takes(built.root):
            yield f"{place}{built.root.tag}: refused by the authority's schema, expected a valid document"


def _whole(built: building.Built) -> bytes:
    if built.lacking:
        raise AuthorityRejectedError(
            f"ncmec: {built.lacking[0]} has no place in the authority's schema, expected one"
        )
    return built.body


class Library:
    """A schema as libxml2 reads it. Safe to ask from many threads."""

    def __init__(self, content: bytes) -> None:
        try:
            self._schema = etree.XMLSchema(parse(content))
        except etree.XMLSchemaParseError:
            raise InputError("schema: the library cannot read it, expected a valid XML schema") from None
        self._gate = threading.Lock()  # it keeps one log of errors for all who ask

    def takes(self, root: etree._Element) -> bool:
        """Say whether a document is valid."""
        with self._gate:
            return bool(self._schema.validate(root))


def _compared(found: Schema) -> records.SchemaReading:
    ours, theirs = _places(BUILT_IN), _places(found)
    changed = {place for place in ours.keys() & theirs.keys() if ours[place] != theirs[place]}
    closed = {
        name
        for before, after in (
            (BUILT_IN.enumerations, found.enumerations),
            (BUILT_IN.patterns, found.patterns),
        )
        for name in before.keys() & after.keys()
        if before[name] != after[name]
    }
    return records.SchemaReading(
        digest=found.version, gone=tuple(sorted(ours.keys() - theirs.keys())), new=tuple(sorted(theirs.keys() - ours.keys())),
        changed=tuple(sorted(changed | closed)),
    )  # fmt: skip


def _places(schema: Schema) -> dict[str, tuple[object, ...]]:
    """Give every place with its form."""
    elements = {
        f"{type_}/{name}": (child, particle.least, particle.most)
        for type_, known in schema.types.items()
        for particle in known.particles
        for name, child in particle.alternatives.items()
    }
    attributes = {
        f"{type_}/@{name}": tuple(form)
        for type_, known in schema.types.items()
        for name, form in known.attributes.items()
    }
    return {**elements, **attributes}


BROUGHT = Served(
    schema=BUILT_IN, content=None, reading=records.SchemaReading(digest=BUILT_IN.version, gone=(), new=())
)
"""What holds until the authority's own is known."""

"""Read the schema that the authority serves into our own form, so that documents are written and checked by what holds today.

Only what the CyberTipline's schema uses is understood: named and unnamed types, sequences, choices and ``all`` groups of elements, text
with attributes, enumerations and patterns. Anything else is refused, and a person hears of it; nothing of it is guessed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from lxml import etree

from wardline.adapters.authorities.ncmec.schema import Complex, Order, Particle, Schema
from wardline.adapters.authorities.ncmec.simple_types import BUILT_IN_TYPES
from wardline.adapters.authorities.ncmec.validation import parse
from wardline.errors import InputError

MOST_BYTES = 1 << 22
_XS = "{http://www.w3.org/2001/XMLSchema}"
_PLAIN_PATTERN = re.compile(r"(?:[A-Za-z0-9 _:;,@/#%&=!'\"<>~`|()\[\]{}*+?.-]|\[\^|\\[-+*?.()\[\]{}|\\ds])*")
_NEEDED = ("report", "fileDetails")
_SILENT = frozenset({f"{_XS}annotation"})


def digest_of(content: bytes) -> str:
    """Give the SHA-256 of a schema as it was served, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def is_schema(content: bytes) -> bool:
    """Say whether a document is a schema at all, whether or not it can be understood."""
    try:
        return parse(content).tag == f"{_XS}schema"
    except InputError:
        return False


def read(content: bytes) -> Schema:
    """Read a schema.

    Raises:
        InputError: It is no schema, or it uses what this reader does not understand.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"schema: {len(content)} bytes, expected at most {MOST_BYTES}")
    root = parse(content)
    if root.tag != f"{_XS}schema":
        raise InputError("schema: another document, expected an XML schema")
    if root.get("targetNamespace"):
        raise InputError(
            "schema: with a namespace of its own, which no document of this version has, expected none"
        )
    try:
        found = _Reading(root).schema(digest_of(content))
    except ValueError:  # one of something where there is another number of it
        raise InputError(
            "schema: a form that this version does not understand, expected the known forms"
        ) from None
    missing = [name for name in _NEEDED if name not in found.types]
    if missing:
        raise InputError(f"schema: without {', '.join(missing)}, expected both documents in it")
    _require_known_types(found)
    return found


def _require_known_types(schema: Schema) -> None:
    """Refuse a schema that refers to a type which it does not have, now rather than when a report is due."""
    known = schema.types.keys() | schema.enumerations.keys() | schema.patterns.keys() | BUILT_IN_TYPES
    for name, complex_ in schema.types.items():
        used = {type_ for particle in complex_.particles for type_ in particle.alternatives.values()}
        used |= {type_ for type_, _ in complex_.attributes.values()}
        used |= {complex_.value} if complex_.value else set()
        if used - known:
            raise InputError(f"schema: {name} uses a type that is not known, expected the known simple types")


class _Reading:
    def __init__(self, root: etree._Element) -> None:
        self._types: dict[str, Complex] = {}
        self._enumerations: dict[str, frozenset[str]] = {}
        self._patterns: dict[str, str] = {}
        self._same: dict[str, str] = {}
        """Named types that are a simple one and nothing more."""
        self._named = {each.get("name", ""): each for each in _inside(root) if each.tag != f"{_XS}element"}
        self._elements = {each.get("name", ""): each for each in _inside(root) if each.tag == f"{_XS}element"}

    def schema(self, version: str) -> Schema:
        for name, simple in self._named.items():
            if simple.tag == f"{_XS}simpleType":
                self._simple(name, simple)
        plain = [
            name
            for name, each in self._named.items()
            if each.tag == f"{_XS}complexType" and _adds_nothing(each)
        ]
        self._same |= {name: self._base(self._named[name]) for name in plain}
        for name, complex_ in self._named.items():
            if complex_.tag == f"{_XS}complexType" and name not in plain:
                self._types[name] = self._complex(name, complex_)
            elif complex_.tag not in (f"{_XS}complexType", f"{_XS}simpleType"):
                raise _unknown(complex_)
        for name, element in self._elements.items():
            self._element_type(name, element, "")
        return Schema(version, self._types, self._enumerations, self._patterns)

    def _simple(self, name: str, simple: etree._Element) -> None:
        (restriction,) = _inside(simple, "restriction")
        facets = list(_inside(restriction, "enumeration", "pattern"))
        kinds = {str(each.tag) for each in facets}
        if not facets:
            self._same[name] = _local(restriction.get("base"))
        elif kinds == {f"{_XS}enumeration"}:
            self._enumerations[name] = frozenset(each.get("value", "") for each in facets)
        elif len(facets) == 1:
            self._patterns[name] = _pattern(facets[0])
        else:
            raise _unknown(simple)

    def _complex(self, name: str, complex_: etree._Element) -> Complex:
        content = list(_inside(complex_, "sequence", "all", "choice", "simpleContent", "attribute"))
        groups = [each for each in content if each.tag != f"{_XS}attribute"]
        attributes = [each for each in content if each.tag == f"{_XS}attribute"]
        if not groups:
            return Complex("sequence", (), self._attributes(attributes), None)
        (group,) = groups
        if group.tag == f"{_XS}simpleContent":
            (extension,) = _inside(group, "extension")
            inner = list(_inside(extension, "attribute"))
            return Complex("sequence", (), self._attributes(inner), self._resolved(extension.get("base")))
        order: Order = "all" if group.tag == f"{_XS}all" else "sequence"
        particles = (
            (self._choice(name, group),) if group.tag == f"{_XS}choice" else self._particles(name, group)
        )
        return Complex(order, tuple(particles), self._attributes(attributes), None)

    def _particles(self, owner: str, group: etree._Element) -> Iterator[Particle]:
        for each in _inside(group, "element", "choice"):
            if each.tag == f"{_XS}choice":
                yield self._choice(owner, each)
            else:
                name, type_ = self._named_element(owner, each)
                yield Particle({name: type_}, *_occurrence(each))

    def _choice(self, owner: str, choice: etree._Element) -> Particle:
        elements = list(_inside(choice, "element"))
        least, most = _occurrence(choice)
        bounds = {_occurrence(each) for each in elements}
        if (least, most) != (1, 1) or not bounds or any(upper != 1 for _, upper in bounds):
            raise _unknown(choice)
        pairs = dict(self._named_element(owner, each) for each in elements)
        return Particle(pairs, min(lower for lower, _ in bounds), 1)

    def _named_element(self, owner: str, element: etree._Element) -> tuple[str, str]:
        reference = element.get("ref")
        if reference is not None:
            name = _local(reference)
            if name not in self._elements:
                raise _unknown(element)
            return name, self._element_type(name, self._elements[name], "")
        name = element.get("name", "")
        return name, self._element_type(name, element, owner)

    def _element_type(self, name: str, element: etree._Element, owner: str) -> str:
        """Give the name of an element's type; one without a name of its own is called after its element."""
        if element.get("fixed") is not None:
            if element.get("fixed") != "true" or _local(element.get("type")) != "boolean":
                raise _unknown(element)
            return "true"
        if element.get("type") is not None:
            return self._resolved(element.get("type"))
        called = f"{owner}/{name}" if owner else name
        if called not in self._types:
            inner = list(_inside(element, "complexType"))
            if len(inner) != 1:
                raise _unknown(element)
            self._types[called] = Complex("sequence", (), {}, None)  # it may stand inside itself
            self._types[called] = self._complex(called, inner[0])
        return called

    def _attributes(self, attributes: list[etree._Element]) -> dict[str, tuple[str, bool]]:
        return {
            each.get("name", ""): (self._resolved(each.get("type")), each.get("use") == "required")
            for each in attributes
        }

    def _resolved(self, type_: str | None) -> str:
        name = _local(type_)
        return self._same.get(name, name)

    def _base(self, complex_: etree._Element) -> str:
        (content,) = _inside(complex_, "simpleContent")
        (extension,) = _inside(content, "extension")
        return self._resolved(extension.get("base"))


def _inside(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Walk what stands in an element, less what only explains; anything but these names is refused."""
    for child in element:
        if child.tag in _SILENT:
            continue
        if names and child.tag not in {f"{_XS}{name}" for name in names}:
            raise _unknown(child)
        yield child


def _adds_nothing(complex_: etree._Element) -> bool:
    inner = list(_inside(complex_))
    if len(inner) != 1 or inner[0].tag != f"{_XS}simpleContent":
        return False
    (extension,) = _inside(inner[0], "extension")
    return not list(_inside(extension))


def _occurrence(element: etree._Element) -> tuple[int, int | None]:
    least, most = element.get("minOccurs", "1"), element.get("maxOccurs", "1")
    if not least.isdecimal() or not (most == "unbounded" or most.isdecimal()):
        raise _unknown(element)
    return int(least), None if most == "unbounded" else int(most)


def _pattern(facet: etree._Element) -> str:
    """Read a pattern, if it means here what it means there: the two languages of patterns have only so much in common."""
    pattern = facet.get("value", "")
    if not _PLAIN_PATTERN.fullmatch(pattern) or "-[" in pattern:  # there it takes something out of a set
        raise _unknown(facet)
    try:
        re.compile(pattern)
    except re.error:
        raise _unknown(facet) from None
    return pattern


def _local(name: str | None) -> str:
    if not name:
        raise InputError("schema: an element without a type, expected one")
    return name.rsplit(":", 1)[-1]


def _unknown(element: etree._Element) -> InputError:
    what = etree.QName(element).localname
    return InputError(
        f"schema: {what} stands where this version does not understand it, expected the known forms"
    )

"""Check a document against the schema data: order, occurrence, attributes and values.

Problems name the place and what is wrong, never what the document says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from wardline.adapters.authorities.ncmec.schema import BUILT_IN, Complex, Particle, Schema, child_types
from wardline.adapters.authorities.ncmec.simple_types import is_value
from wardline.errors import InputError

_LOCATION_HINTS = frozenset(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}"
    for name in ("noNamespaceSchemaLocation", "schemaLocation")
)


def parse(content: bytes) -> etree._Element:
    """Parse a document without entities, network or a document type.

    Raises:
        InputError: It is not well-formed XML, or it declares a document type.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise InputError("document: malformed, expected one well-formed XML document") from None
    docinfo: Any = root.getroottree().docinfo  # the stubs do not know `doctype`
    if docinfo.doctype:
        raise InputError("document: declares a document type, expected none")
    return root


def violations(root: etree._Element, expected: str, schema: Schema = BUILT_IN) -> tuple[str, ...]:
    """Give what is wrong with a document whose root should be this element; empty when it is valid."""
    if root.tag != expected:
        return (f"{expected}: another root element",)
    return tuple(_Validation(schema).violations(root, expected, expected))


def is_valid(element: etree._Element, type_: str, schema: Schema = BUILT_IN) -> bool:
    """Say whether an element may stand wherever one of this type may."""
    return next(_Validation(schema).violations(element, type_, ""), None) is None


def typed_elements(
    element: etree._Element, type_: str, schema: Schema = BUILT_IN
) -> Iterator[tuple[etree._Element, str]]:
    """Walk a valid document in order: every element with its type's name."""
    yield element, type_
    if type_ in schema.types:
        types = child_types(type_, schema)
        for child in element:
            yield from typed_elements(child, types[str(child.tag)], schema)


class _Validation:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def violations(self, element: etree._Element, type_: str, path: str) -> Iterator[str]:
        complex_ = self._schema.types.get(type_)
        if complex_ is None:
            yield from self._simple(element, type_, path)
            return
        yield from self._attributes(element, complex_, path)
        if complex_.value is not None:
            yield from self._content(element, complex_.value, path)
        else:
            yield from self._children(element, complex_, path)

    def _is_value(self, type_: str, text: str) -> bool:
        return is_value(type_, text, self._schema.enumerations, self._schema.patterns)

    def _simple(self, element: etree._Element, type_: str, path: str) -> Iterator[str]:
        if set(map(str, element.attrib)) - _LOCATION_HINTS:
            yield f"{path}: unexpected attribute"
        yield from self._content(element, type_, path)

    def _content(self, element: etree._Element, type_: str, path: str) -> Iterator[str]:
        if len(element):
            yield f"{path}: unexpected element inside"
        elif not self._is_value(type_, element.text or ""):
            yield f"{path}: not a value of type {type_}"

    def _attributes(self, element: etree._Element, complex_: Complex, path: str) -> Iterator[str]:
        for name, (type_, required) in complex_.attributes.items():
            value = element.get(name)
            if value is None:
                if required:
                    yield f"{path}/@{name}: missing"
            elif not self._is_value(type_, value):
                yield f"{path}/@{name}: not a value of type {type_}"
        if set(map(str, element.attrib)) - complex_.attributes.keys() - _LOCATION_HINTS:
            yield f"{path}: unexpected attribute"

    def _children(self, element: etree._Element, complex_: Complex, path: str) -> Iterator[str]:
        if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
            yield f"{path}: unexpected text"
        if complex_.order == "all":
            yield from self._unordered(element, complex_, path)
        else:
            yield from self._ordered(element, complex_, path)

    def _unordered(self, element: etree._Element, complex_: Complex, path: str) -> Iterator[str]:
        left = {
            name: type_ for particle in complex_.particles for name, type_ in particle.alternatives.items()
        }
        needed = {name for particle in complex_.particles if particle.least for name in particle.alternatives}
        for child in element:
            type_ = left.pop(str(child.tag), None)
            if type_ is None:
                yield f"{path}: unknown or repeated element"
            else:
                yield from self.violations(child, type_, f"{path}/{child.tag}")
        for name in sorted(needed & left.keys()):
            yield f"{path}/{name}: missing"

    def _ordered(self, element: etree._Element, complex_: Complex, path: str) -> Iterator[str]:
        children = list(element)
        at = 0
        for particle in complex_.particles:
            found = _matching(children[at:], particle)
            if found < particle.least:
                yield f"{path}/{'|'.join(particle.alternatives)}: missing, or not at its place"
            for child in children[at : at + found]:
                yield from self.violations(
                    child, particle.alternatives[str(child.tag)], f"{path}/{child.tag}"
                )
            at += found
        if at < len(children):
            yield f"{path}: an element that is unknown, repeated or not at its place"


def _matching(children: list[etree._Element], particle: Particle) -> int:
    most = len(children) if particle.most is None else min(particle.most, len(children))
    found = 0
    while found < most and str(children[found].tag) in particle.alternatives:
        found += 1
    return found

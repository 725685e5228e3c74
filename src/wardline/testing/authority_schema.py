"""Write the schema data as the document that an authority serves, for the sandbox: in our own order of types, without a word of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lxml import etree

from wardline.adapters.authorities.ncmec.schema import BUILT_IN, Complex, Particle, Schema
from wardline.adapters.authorities.ncmec.simple_types import BUILT_IN_TYPES

_XS = "http://www.w3.org/2001/XMLSchema"


def schema_document(schema: Schema = BUILT_IN) -> bytes:
    """Write a schema; ``published.read`` gives the same one again."""
    root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS})
    unnamed = {name for name in schema.types if "/" in name}
    as_types = {
        type_ for known in schema.types.values() for particle in known.particles for name, type_ in particle.alternatives.items()
        if type_ in schema.types and type_ != name
    }  # fmt: skip
    for name, known in schema.types.items():
        if name in unnamed:
            continue
        inside = _add(root, "complexType", name=name)
        _fill(inside, known, schema, name)
        if name not in as_types:
            _add(root, "element", name=name, type=name)
    for name, values in schema.enumerations.items():
        _restricted(root, name, (("enumeration", value) for value in sorted(values)))
    for name, pattern in schema.patterns.items():
        _restricted(root, name, iter([("pattern", pattern)]))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(complex_: etree._Element, known: Complex, schema: Schema, name: str) -> None:
    holder = complex_
    if known.value is not None:
        holder = _add(_add(complex_, "simpleContent"), "extension", base=_type(known.value))
    elif known.particles:
        group = _add(complex_, "all" if known.order == "all" else "sequence")
        for particle in known.particles:
            _particle(group, particle, schema, name)
    for attribute, (type_, required) in known.attributes.items():
        _add(
            holder,
            "attribute",
            name=attribute,
            type=_type(type_),
            **({"use": "required"} if required else {}),
        )


def _particle(group: etree._Element, particle: Particle, schema: Schema, owner: str) -> None:
    several = len(particle.alternatives) > 1
    parent = _add(group, "choice") if several else group
    for name, type_ in particle.alternatives.items():
        often = dict(chain(_least(particle), _most(particle)))
        if type_ == f"{owner}/{name}":
            element = _add(parent, "element", name=name, **often)
            _fill(_add(element, "complexType"), schema.types[type_], schema, type_)
        elif type_ == "true":
            _add(parent, "element", name=name, type="xs:boolean", fixed="true", **often)
        else:
            _add(parent, "element", name=name, type=_type(type_), **often)


def _least(particle: Particle) -> Iterator[tuple[str, str]]:
    if particle.least != 1:
        yield "minOccurs", str(particle.least)


def _most(particle: Particle) -> Iterator[tuple[str, str]]:
    if particle.most != 1:
        yield "maxOccurs", "unbounded" if particle.most is None else str(particle.most)


def _restricted(root: etree._Element, name: str, facets: Iterator[tuple[str, str]]) -> None:
    restriction = _add(_add(root, "simpleType", name=name), "restriction", base="xs:string")
    for facet, value in facets:
        _add(restriction, facet, value=value)


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)


def _type(name: str) -> str:
    return f"xs:{name}" if name in BUILT_IN_TYPES else name

"""Our schema data against the published schema itself, where it is at hand."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import xmlschema
from lxml import etree

from tests.unit.ncmec.samples import FILE_ID, bare_file, bare_report, file_bytes, report_bytes, shared_file
from wardline import records
from wardline.adapters.authorities.ncmec import published as served
from wardline.adapters.authorities.ncmec import schema, xml
from wardline.adapters.authorities.ncmec.validation import parse, violations
from wardline.adapters.authorities.ncmec.values import ENUMERATIONS


@pytest.fixture(scope="module")
def published() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(shared_file("cybertipline-2025-11.xsd").decode())


@pytest.fixture(scope="module")
def second_opinion() -> etree.XMLSchema:
    """Give the published schema as libxml2 reads it: xmlschema 4.3 lets an optional element of a choice stand twice."""
    return etree.XMLSchema(etree.fromstring(shared_file("cybertipline-2025-11.xsd")))


def our_documents() -> Iterator[bytes]:
    yield report_bytes()
    yield xml.report_document(bare_report())
    yield file_bytes(1)
    yield file_bytes(2)
    yield xml.file_document("1", FILE_ID, bare_file())


def test_every_document_that_we_build_is_valid_by_the_published_schema(
    published: xmlschema.XMLSchema, second_opinion: etree.XMLSchema
) -> None:
    for document in our_documents():
        published.validate(parse(document))
        assert second_opinion.validate(parse(document))
        root = parse(document)
        assert violations(root, str(root.tag)) == ()


@pytest.mark.parametrize("name", ["synthetic-report.xml", "synthetic-file-details.xml"])
def test_the_published_examples_are_valid_here_too(name: str) -> None:
    root = parse(shared_file(name))
    assert violations(root, str(root.tag)) == ()


def test_the_schema_that_we_bring_is_the_published_one_read_by_our_reader() -> None:
    content = shared_file("cybertipline-2025-11.xsd")
    found = served.read(content)
    assert found.version == served.digest_of(content)
    assert found.types == schema.BUILT_IN.types
    assert found.enumerations == schema.BUILT_IN.enumerations
    assert found.patterns == schema.BUILT_IN.patterns


def published_type(published: xmlschema.XMLSchema, name: str) -> xmlschema.XsdType:
    return published.elements[name].type if name in published.elements else published.types[name]


def test_every_type_has_the_same_children_in_the_same_order(published: xmlschema.XMLSchema) -> None:
    for name, type_ in schema.TYPES.items():
        if (
            type_.value is None and "/" not in name
        ):  # those without a name of their own are read by our reader only
            content = published_type(published, name).model_group
            names = [] if content is None else [str(element.name) for element in content.iter_elements()]
            assert list(schema.child_types(name)) == names, name
    assert set(published.elements) <= set(schema.TYPES)


def test_every_type_has_the_same_attributes(published: xmlschema.XMLSchema) -> None:
    for name in set(schema.TYPES) & (set(published.elements) | set(published.types)):
        type_ = published_type(published, name)
        assert isinstance(type_, xmlschema.validators.XsdComplexType)
        required = {key: attribute.use == "required" for key, attribute in type_.attributes.items()}
        assert {key: needed for key, (_, needed) in schema.TYPES[name].attributes.items()} == required, name


def test_the_closed_sets_are_the_published_ones(published: xmlschema.XMLSchema) -> None:
    for name, values in ENUMERATIONS.items():
        assert values == set(published.types[name].enumeration or ()), name  # type: ignore[union-attr]  # it is a simple type


def mutated(root: etree._Element, chance: random.Random) -> etree._Element:
    """Change one thing anywhere: order, number, name, text or an attribute."""
    elements = list(root.iter())
    element = chance.choice(elements)
    inner = [one for one in elements if one is not root]
    match chance.randrange(8):
        case 0 if element is not root:
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
        case 1 if element is not root:
            element.addnext(parse(etree.tostring(element, with_tail=False)))
        case 2:
            element.append(parse(etree.tostring(chance.choice(inner), with_tail=False)))
        case 3:
            element.insert(0, parse(etree.tostring(chance.choice(inner), with_tail=False)))
        case 4 if element is not root:
            element.tag = chance.choice(["url", "email", "espIdentifier", "nothing", "viral", "spam", "port"])
        case 5:
            element.text = chance.choice(
                [
                    "",
                    "text",
                    "true",
                    "false",
                    "0",
                    " 1 ",
                    "-5",
                    "2026-01-01T00:00:00Z",
                    "2026-01-01",
                    "US",
                    "A1",
                ]
            )
        case 6:
            element.set(
                chance.choice(["type", "verified", "hashType", "reason", "disabledDate"]),
                chance.choice(["true", "Home", "MD5"]),
            )
        case _:
            for name in element.attrib:
                del element.attrib[name]
    return root


def test_our_validator_agrees_with_the_published_schema_about_changed_documents(
    second_opinion: etree.XMLSchema,
) -> None:
    chance = random.Random(7)
    originals = [
        *our_documents(),
        shared_file("synthetic-report.xml"),
        shared_file("synthetic-file-details.xml"),
    ]
    verdicts = []
    for _ in range(1500):
        root = parse(chance.choice(originals))
        for _ in range(chance.randint(1, 2)):
            root = mutated(root, chance)
        root = parse(etree.tostring(root))  # as it would arrive
        ours = violations(root, str(root.tag)) == ()
        assert ours == second_opinion.validate(root), etree.tostring(root).decode()
        verdicts.append(ours)
    assert 50 < sum(verdicts) < 1450


def test_the_records_know_every_annotation_of_the_schema() -> None:
    assert tuple(annotation.value for annotation in records.ReportAnnotation) == schema.REPORT_ANNOTATIONS
    assert tuple(annotation.value for annotation in records.FileAnnotation) == schema.FILE_ANNOTATIONS

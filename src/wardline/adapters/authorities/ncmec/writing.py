"""Write a tree as a document in the order of a schema. What the schema has no place for is left out, and named.

So is what it has a place for and would refuse there: a value that is no longer one of a closed set, an element without something that it
newly demands, more of them than may stand there. A receiver that changes its schema overnight costs those, and not the reports of a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from wardline.adapters.authorities.ncmec.schema import Complex, Schema, child_types
from wardline.adapters.authorities.ncmec.simple_types import is_value
from wardline.adapters.authorities.ncmec.validation import is_valid
from wardline.adapters.authorities.ncmec.wire import Tree

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"

ESSENTIAL = frozenset(
    {
        "report/incidentSummary/incidentType", "report/incidentSummary/incidentDateTime", "report/reporter/reportingPerson/email",
        "report/personOrUserReported/espIdentifier", "report/batchedReport",
        "fileDetails/reportId", "fileDetails/fileId", "fileDetails/fileViewedByEsp",
    }
)  # fmt: skip
"""Without these a report would say something else, or nothing: where the schema has no place for one of them, a person looks."""


_ON_THE_WAY = frozenset(
    "/".join(path.split("/")[:depth]) for path in ESSENTIAL for depth in range(1, path.count("/") + 2)
)


class Writing:
    """One document being written.

    Args:
        schema: In whose order.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.left_out: list[str] = []
        """Paths of what the schema has no place for, each once."""

    def has_place(self, type_: str, name: str) -> bool:
        """Say whether the schema has a place for an element."""
        return type_ in self._schema.types and name in child_types(type_, self._schema)

    def takes(self, type_: str, name: str, text: str) -> bool:
        """Say whether the schema has a place for an element, and takes this text in it."""
        if not self.has_place(type_, name):
            return False
        element = etree.Element(name)
        self._fill(element, child_types(type_, self._schema)[name], text, name)
        return is_valid(element, child_types(type_, self._schema)[name], self._schema)

    def document(self, name: str, tree: Tree) -> bytes:
        """Write a document whose root is this element, in UTF-8."""
        root = etree.Element(name)
        self._fill(root, name, tree, name)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _fill(self, element: etree._Element, type_: str, tree: Tree, path: str) -> None:
        known = self._schema.types.get(type_)
        inside: Mapping[str, Tree | list[Tree]] = {"#": tree} if isinstance(tree, str) else tree
        text = inside.get("#")
        if isinstance(text, str) and text:
            element.text = _NOT_IN_XML.sub(_REPLACEMENT, text)
        self._attributes(element, known, inside, path)
        types = {} if known is None else child_types(type_, self._schema)
        most = {name: each.most for each in known.particles for name in each.alternatives} if known else {}
        for name, child_type in types.items():
            found = self._children(name, child_type, inside.get(name), f"{path}/{name}")
            may = most[name]
            if may is not None and len(found) > may and f"{path}/{name}" not in _ON_THE_WAY:
                self._leave_out(f"{path}/{name}")
                found = found[-may:]  # the newest
            element.extend(found)
        for name in inside:
            if name != "#" and not name.startswith("@") and name not in types:
                self._leave_out(f"{path}/{name}")

    def _attributes(
        self,
        element: etree._Element,
        known: Complex | None,
        inside: Mapping[str, Tree | list[Tree]],
        path: str,
    ) -> None:
        for name, value in inside.items():
            if not name.startswith("@") or not isinstance(value, str):
                continue
            if (
                known is None
                or name[1:] not in known.attributes
                or not self._is_value(known, name[1:], value)
            ):
                self._leave_out(f"{path}/{name}")
            else:
                element.set(name[1:], _NOT_IN_XML.sub(_REPLACEMENT, value))

    def _is_value(self, known: Complex, attribute: str, value: str) -> bool:
        type_, _ = known.attributes[attribute]
        return is_value(type_, value, self._schema.enumerations, self._schema.patterns)

    def _children(
        self, name: str, type_: str, value: Tree | list[Tree] | None, path: str
    ) -> list[etree._Element]:
        if value is None:
            return []
        found: list[etree._Element] = []
        for each in value if isinstance(value, list) else [value]:
            child = etree.Element(name)
            self._fill(child, type_, each, path)
            if isinstance(each, Mapping) and each and not (len(child) or child.attrib or child.text):
                continue  # one of which everything was left out says nothing
            if path in _ON_THE_WAY or is_valid(child, type_, self._schema):
                found.append(child)
            else:
                self._leave_out(path)
        return found

    def _leave_out(self, path: str) -> None:
        if path not in self.left_out:
            self.left_out.append(path)

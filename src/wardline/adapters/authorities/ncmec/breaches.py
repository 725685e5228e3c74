"""Hold a document that is valid by the schema to the field rules. Problems name the place and the rule, never what the document says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from wardline.adapters.authorities.ncmec import schema as schemas
from wardline.adapters.authorities.ncmec.checks import CHECKS, Asked
from wardline.adapters.authorities.ncmec.fields import BATCHED, FIELDS, Field, Rule
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, Schema
from wardline.adapters.authorities.ncmec.simple_types import parse_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One rule that one place of a document breaks."""

    path: str
    rule: str
    """As the table has it: the check's name and its arguments."""
    phrase: str
    owner: etree._Element
    """The element that the field is of."""
    name: str
    """Of the field: a child, or an attribute with ``@`` before it."""
    value: str | None = None
    """What stands there and breaks the rule; None where it is that something is missing. Never told to anybody."""

    def __str__(self) -> str:
        return f"{self.path}: {self.phrase}"


def _by_owner() -> dict[str, tuple[Field, ...]]:
    # One type stands in several sections with the same rules, and each is checked once.
    found: defaultdict[str, dict[str, Field]] = defaultdict(dict)
    for field in FIELDS:
        found[field.owner].setdefault(field.name, field)
    return {owner: tuple(fields.values()) for owner, fields in found.items()}


_FIELDS = _by_owner()
_ONE_UNLESS_BATCHED = {Rule(name="one-unless-batched")}


def breaches(
    root: etree._Element, now: datetime, *, batched: bool | None = None, schema: Schema = BUILT_IN
) -> tuple[Breach, ...]:
    """Give every rule that a document breaks.

    Args:
        root: A ``<report>`` or a ``<fileDetails>``, valid by the schema.
        now: Aware.
        batched: Of a file: whether its report is batched. A report says so itself.
        schema: By which it is valid.
    """
    in_batch = root.find("batchedReport") is not None if batched is None else batched
    return tuple(_walk(root, str(root.tag), str(root.tag), _Round(root, now, in_batch, schema)))


@dataclass(frozen=True, slots=True)
class _Round:
    root: etree._Element
    now: datetime
    batched: bool
    schema: Schema


def _walk(element: etree._Element, type_: str, path: str, round_: _Round) -> Iterator[Breach]:
    known = round_.schema.types.get(type_)
    if known is None:
        return
    types = schemas.child_types(type_, round_.schema)
    yield from _zones(element, known, types, path)
    for field in _FIELDS.get(type_, ()):
        yield from _field(element, field, path, round_)
    if round_.batched:
        yield from _batched(element, type_, path)
    for child in element:
        yield from _walk(child, types[str(child.tag)], f"{path}/{child.tag}", round_)


def _zones(
    element: etree._Element, known: schemas.Complex, types: dict[str, str], path: str
) -> Iterator[Breach]:
    """Demand a zone of every time, whether a rule names it or not: without one it is an hour of nowhere."""
    times = [
        (f"@{name}", element.get(name))
        for name, (type_, _) in known.attributes.items()
        if type_ == "dateTime"
    ]
    times += [(str(child.tag), child.text) for child in element if types[str(child.tag)] == "dateTime"]
    for name, value in times:
        moment = parse_moment(value or "")
        if moment is not None and moment.tzinfo is None:
            phrase = "time without a zone, expected one with a zone"
            yield Breach(
                path=f"{path}/{name}", rule="zone", phrase=phrase, owner=element, name=name, value=value
            )


def _field(owner: etree._Element, field: Field, path: str, round_: _Round) -> Iterator[Breach]:
    values = _values(owner, field.name)
    if len(values) > 1 and field.occurs in "1?" and not _ONE_UNLESS_BATCHED & set(field.rules):
        phrase = "more than once, expected it once"
        yield Breach(path=f"{path}/{field.name}", rule="once", phrase=phrase, owner=owner, name=field.name)
    for rule in field.rules:
        check = CHECKS[rule.name]
        for value in values or ([None] if check.of_absent else []):
            asked = Asked(
                value=value, owner=owner, root=round_.root, now=round_.now, arguments=rule.arguments
            )
            if not check.holds(asked):
                phrase = check.phrase.format(*rule.arguments)
                yield Breach(
                    path=f"{path}/{field.name}", rule=rule.notation, phrase=phrase, owner=owner, name=field.name, value=value
                )  # fmt: skip
                break


def _values(owner: etree._Element, name: str) -> Sequence[str | None]:
    if name.startswith("@"):
        value = owner.get(name[1:])
        return [] if value is None else [value]
    return [child.text or "" for child in owner.findall(name)]


def _batched(element: etree._Element, type_: str, path: str) -> Iterator[Breach]:
    def breach(name: str, phrase: str) -> Breach:
        return Breach(path=f"{path}/{name}", rule="batched", phrase=phrase, owner=element, name=name)

    for name in dict.fromkeys(str(child.tag) for child in element):
        only = BATCHED.only.get(type_)
        if (type_, name) in BATCHED.absent or (only is not None and name not in only):
            yield breach(name, "in a batched report, expected none")
    if type_ == "fileDetails":
        if element.find("fileAnnotations") is None:
            yield breach(
                "fileAnnotations",
                "neither viral nor a potential meme, expected one of them in a batched report",
            )
        if (element.findtext("fileRelevance") or "Reported") != "Reported":
            yield breach("fileRelevance", "supplemental in a batched report, expected none")

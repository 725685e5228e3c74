"""The smallest valid document that has a given field, made from the schema, and a good and a bad value for every rule."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from wardline.adapters.authorities.ncmec.fields import Field, Rule
from wardline.adapters.authorities.ncmec.schema import BUILT_IN, child_types
from wardline.testing.authority_contract import REPORTED_AT

PAST, LATER_PAST, FUTURE = "2020-01-01T00:00:00Z", "2021-01-01T01:00:00+01:00", "2027-01-01T00:00:00Z"
NO_ZONE = "2020-01-01T00:00:00"
NOW = REPORTED_AT.replace(year=2026, month=6)
ROOTS = ("report", "fileDetails", "reportResponse", "reportDoneResponse")
_STARTS = {
    "B.5": ("report", "personOrUserReported"), "B.6": ("report", "intendedRecipient"), "B.7": ("report", "victim"),
    "B.8": ("report", "personOrUserReported", "associatedAccount"),
}  # fmt: skip
_BY_TYPE = {
    "string": "x", "token": "f", "boolean": "true", "true": "", "int": "1", "long": "4200001", "double": "1.5", "dateTime": PAST,
    "date": "2000-01-01", "phoneCountryCallingCode": "+1", "phoneExtension": "12", "country": "DE", "state": "TX",
}  # fmt: skip
_BY_PLACE = {"ipAddress": "192.0.2.1", "url": "https://forum.example/1", "profileUrl": "https://forum.example/1",
             "legalURL": "https://forum.example/1", "locationOfFile": "https://forum.example/1", "emailAddress": "a@b.example"}  # fmt: skip
_EMAIL = "a@b.example"


def good_value(name: str, type_: str) -> str:
    """Give a value that breaks no rule."""
    if name in _BY_PLACE:
        return _BY_PLACE[name]
    if type_ in BUILT_IN.enumerations and type_ not in _BY_TYPE:
        return min(value for value in BUILT_IN.enumerations[type_] if value)
    return _BY_TYPE[type_]


@dataclass
class Document:
    """A document under construction, and the element in it that has the field."""

    root: etree._Element
    owner: etree._Element
    type_: str
    field: Field
    rule: Rule

    @property
    def most(self) -> int:
        return int(self.rule.arguments[-1])

    def put(self, value: str, name: str | None = None) -> etree._Element | None:
        """Give the field, or another of its owner, a value; None of an attribute."""
        name = name or self.field.name
        if name.startswith("@") or name in BUILT_IN.types[self.type_].attributes:
            self.owner.set(name.lstrip("@"), value)
            if name == "@verificationDate":  # it stands beside a word for it only
                self.owner.set("verified", "true")
            return None
        element = self.owner.find(name)
        element = place(self.owner, self.type_, name) if element is None else element
        element.text = value or None
        return element

    def put_good(self, name: str | None = None) -> None:
        name = name or self.field.name
        if name.startswith("@"):
            self.put(good_value(name[1:], BUILT_IN.types[self.type_].attributes[name[1:]][0]), name)
            return
        element = self.owner.find(name)
        if element is None:
            element = place(self.owner, self.type_, name)
        if name == "exifViewedByEsp":  # nobody sees what is inside a file without the file
            self.put("true", "fileViewedByEsp")
        if name == "emailAddress":
            self.name_email(_EMAIL)
        if name == "email":
            element.text = _EMAIL

    def name_email(self, email: str) -> None:
        """Let somebody in the report have this address."""
        person = self.root.find("personOrUserReported")
        person = place(self.root, "report", "personOrUserReported") if person is None else person
        inside = place(person, "personOrUserReported", "personOrUserReportedPerson")
        place(inside, "person", "email").text = email

    def drop(self) -> None:
        if self.field.name.startswith("@") and self.field.name[1:] in self.owner.attrib:
            del self.owner.attrib[self.field.name[1:]]
        for element in self.owner.findall(self.field.name) if not self.field.name.startswith("@") else []:
            self.owner.remove(element)


def place(parent: etree._Element, type_: str, name: str) -> etree._Element:
    """Add an element where the schema has it, with what it cannot be without."""
    order = list(child_types(type_))
    element = etree.Element(name)
    at = sum(1 for child in parent if order.index(str(child.tag)) <= order.index(name))
    parent.insert(at, element)
    fill(element, child_types(type_)[name], name)
    return element


def fill(element: etree._Element, type_: str, name: str) -> None:
    complex_ = BUILT_IN.types.get(type_)
    if complex_ is None:
        element.text = good_value(name, type_) or None
        return
    for attribute, (of, required) in complex_.attributes.items():
        if required:
            element.set(attribute, good_value(attribute, of))
    if complex_.value is not None:
        element.text = _EMAIL if type_ == "email" else good_value(name, complex_.value)
    for particle in complex_.particles:
        if particle.least:
            place(element, type_, next(iter(particle.alternatives)))
    if type_ == "reporter":
        person = element.find("reportingPerson")
        assert person is not None
        place(person, "person", "email").text = _EMAIL
    if type_ == "estimatedLocation":
        place(element, type_, "countryCode")


def path_to(section: str, owner: str) -> tuple[tuple[str, str], ...]:
    """Give the shortest way from a root to an element of a type, as pairs of name and type."""
    if owner == "email":  # those of an incident have a rule of their own
        return (
            ("report", "report"),
            ("reporter", "reporter"),
            ("reportingPerson", "person"),
            ("email", "email"),
        )
    starts = [_STARTS[section]] if section in _STARTS else [(root,) for root in ROOTS]
    waiting = deque(tuple(zip(start, start, strict=True)) for start in starts)
    while waiting:
        way = waiting.popleft()
        if way[-1][1] == owner:
            return way
        if len(way) < 6 and way[-1][1] in BUILT_IN.types:
            waiting.extend((*way, pair) for pair in child_types(way[-1][1]).items())
    raise LookupError(f"no way to {owner}")


def document(field: Field, rule: Rule) -> Document:
    """Build the smallest document that has the owner of a field."""
    (root_name, root_type), *rest = path_to(field.section, field.owner)
    root = etree.Element(root_name)
    fill(root, root_type, root_name)
    at, type_ = root, root_type
    for name, child_type in rest:
        found = at.find(name)
        if found is None and type_ == "internetDetails":
            at.clear()
        at, type_ = (place(at, type_, name) if found is None else found), child_type
    return Document(root, at, type_, field, rule)


Change = Callable[[Document], object]


def _put(*values: str) -> list[Change]:
    return [lambda document, value=value: document.put(value) for value in values]  # type: ignore[misc]  # a default is how a loop's value is kept


def _meme(of: Document) -> None:
    place(place(of.owner, of.type_, "fileAnnotations"), "fileAnnotations", "potentialMeme")


def _all(*changes: Change) -> Change:
    def change(of: Document) -> None:
        for each in changes:
            each(of)

    return change


def _with(name: str, value: str) -> Change:
    return lambda of: of.put(value, name)


def _day(of: Document, day: str, moment: str) -> object:
    return of.put(day if "dateOfBirth" in of.field.name else moment)


def _text_of(of: Document, length: int) -> str:
    address = "https://forum.example/"
    if any(rule.name == "web-address" for rule in of.field.rules):
        return address + "x" * (length - len(address))
    return ("1" if any(rule.name == "digits" for rule in of.field.rules) else "ü") * length


def _two_people(of: Document) -> None:
    for _ in range(2):
        person = place(of.root, "report", "personOrUserReported")
        place(person, "personOrUserReported", "espIdentifier")


def _batch_of_two(of: Document) -> None:
    place(of.root, "report", "batchedReport")
    _two_people(of)


_OTHER_TIME: Change = lambda of: of.put(LATER_PAST, of.rule.arguments[0])  # noqa: E731 - one of a table of such
_US: Change = _with("countryCode", "US")

CASES: dict[str, tuple[list[Change], list[Change]]] = {
    "required": (_put("DE"), [*_put(""), Document.drop]),
    "not-blank": ([Document.put_good], _put("", "  ")),
    "most": ([lambda of: of.put(_text_of(of, of.most))], [lambda of: of.put(_text_of(of, of.most + 1))]),
    "within": (
        [lambda of: of.put(of.rule.arguments[0]), lambda of: of.put(of.rule.arguments[1])],
        [lambda of: of.put(str(int(of.rule.arguments[0]) - 1)), lambda of: of.put(str(of.most + 1))],
    ),
    "past": (
        [lambda of: _day(of, "2026-06-01", PAST) if of.type_ else None, lambda of: _day(of, "2000-02-29", LATER_PAST)],
        [lambda of: _day(of, "2027-01-01", FUTURE), lambda of: _day(of, "2026-06-02", NO_ZONE)],
    ),
    "ip-address": (_put("192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"), _put("192.0.2.256", "fe80::1%eth0", "x")),
    "web-address": (_put("https://forum.example/a?b=1"), _put("forum.example", "ftp://forum.example/", "https://forum.example/a b")),
    "country": (_put("DE", "A1"), _put("XX", "de")),
    "us-state": (_put("TX", "GU"), _put("XX")),
    "state-in-us": (
        [_all(_US, *_put("TX")), _all(_with("countryCode", "DE"), *_put("Bavaria"))], [_all(_US, *_put("Bavaria"))],
    ),
    "state-with-city": (
        [_all(_US, _with("city", "Town"), *_put("TX")), _all(_with("countryCode", "DE"), _with("city", "Town")), _US],
        [_all(_US, _with("city", "Town")), _all(_US, _with("city", "Town"), *_put(""))],
    ),
    "calling-code": (_put("+1", "+423"), _put("1", "+1234", "+")),
    "digits": (_put("0", "12"), _put("a", "")),
    "true-with": (
        [_all(lambda of: of.put(_companion(of), of.rule.arguments[0]), *_put("true")), *_put("false")],
        [_all(lambda of: of.put(_companion(of), of.rule.arguments[0]), each) for each in (*_put("false"), Document.drop)],
    ),
    "not-before": (
        [_all(_OTHER_TIME, *_put("2021-01-01T00:00:00Z")), *_put(PAST)],
        [_all(_OTHER_TIME, *_put("2020-12-31T23:59:59Z")), *_put(NO_ZONE)],
    ),
    "after": (
        [_all(_OTHER_TIME, *_put("2021-01-01T00:00:01Z")), _all(_OTHER_TIME, *_put(FUTURE)), *_put(PAST)],
        [_all(_OTHER_TIME, *_put("2021-01-01T00:00:00Z")), *_put(NO_ZONE)],
    ),
    "not-with": (
        [Document.put_good], [_all(Document.put_good, lambda of: of.put_good(of.rule.arguments[0]))],
    ),
    "of-somebody-named": ([Document.put_good], [_all(Document.put_good, *_put("other@b.example"))]),
    "has": (
        [Document.put_good],
        [lambda of: of.owner[0].remove(of.owner[0][0]), lambda of: setattr(of.owner[0][0], "text", "nobody")],
    ),
    "report-id": (_put("1", "999999999999999999"), _put("0", "-1")),
    "one-unless-batched": ([Document.put_good, _batch_of_two], [_two_people]),
    "no-meme-if-supplemental": (
        [*_put("Supplemental Reported"), _all(*_put("Reported"), _meme)],
        [_all(*_put("Supplemental Reported"), _meme), _all(*_put("Supplemental Reported"), _with("potentialMeme", "true"))],
    ),
    "no-class-if-supplemental": (
        [*_put("Supplemental Reported"), _all(*_put("Reported"), _with("industryClassification", "A1"))],
        [_all(*_put("Supplemental Reported"), _with("industryClassification", "A1"))],
    ),
}  # fmt: skip
"""By rule: what makes an accepted document, and what a refused one. ``known-to-receiver`` is tried at the sandbox itself."""


def _companion(of: Document) -> str:
    return PAST if of.rule.arguments[0].endswith("Date") else "true"


def malformed(of: Document) -> list[tuple[str, etree._Element]]:
    """Give the ways in which a field can be where or what it may not be, whatever its rules: each a document and what is wrong with it."""
    field = of.field
    found: list[tuple[str, etree._Element]] = []

    def fresh() -> Document:
        return document(field, of.rule)

    if field.name.startswith("@"):
        type_, _ = BUILT_IN.types[of.type_].attributes[field.name[1:]]
        if type_ != "string":
            found.append(("not a value", _changed(fresh(), lambda new: new.put("\u2603"))))
        if field.occurs == "1":
            found.append(("missing", _changed(fresh(), Document.drop)))
        return found
    other = _changed(fresh(), lambda new: etree.SubElement(_element_of(new), "nothing"))
    found.append(("an unknown element inside", other))
    if child_types(of.type_)[field.name] not in (*BUILT_IN.types, "string", "token"):
        found.append(
            ("not a value", _changed(fresh(), lambda new: setattr(_element_of(new), "text", "\u2603")))
        )
    if field.occurs in "1?" and field.name != "personOrUserReported":
        found.append(
            (
                "twice",
                _changed(fresh(), lambda new: [_element_of(new), place(new.owner, new.type_, field.name)]),
            )
        )
    if field.occurs in "1+" and field.place != "reportResponse/reportId":
        found.append(("missing", _changed(fresh(), Document.drop)))
    return found


def _element_of(of: Document) -> etree._Element:
    of.put_good()
    element = of.owner.find(of.field.name)
    assert element is not None
    return element


def _changed(of: Document, change: Change) -> etree._Element:
    change(of)
    return of.root


def numbered(fields: tuple[Field, ...]) -> list[tuple[Field, Rule]]:
    """Pair every field with each of its rules."""
    return list(itertools.chain.from_iterable([(field, rule) for rule in field.rules] for field in fields))

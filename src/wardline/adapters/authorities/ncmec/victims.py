"""Keep what is known of a victim out of free text: it is passed on more widely than the fields that are made for it.

What is compared: names, e-mail addresses, telephone numbers, dates of birth, streets, the school, and the names and the reference of the
account. Excerpts of conversations are evidence and stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wardline import records

_SHORTEST_NAME = 3
_SHORTEST_NUMBER = 6
"""Digits: shorter ones stand in any text."""


def repeated(report: records.Report) -> tuple[str, ...]:
    """Name the free texts of a report that repeat what is known of one of its victims."""
    if not report.victims:
        return ()
    known = tuple(pattern for victim in report.victims for pattern in _patterns(victim))
    return tuple(place for place, text in _texts(report) if any(_is_in(text, one) for one in known))


def _texts(report: records.Report) -> Iterator[tuple[str, str]]:
    yield "note", report.note
    yield "incident_time_meaning", report.incident_time_meaning
    if report.escalation is not None:
        yield "escalation", report.escalation
    for number, each in enumerate(report.incidents, start=1):
        if each.note is not None:
            yield f"incident {number} note", each.note
    parties = (
        *((("person note", report.person.facts),) if report.person.facts is not None else ()),
        *((f"recipient {number} note", each) for number, each in enumerate(report.recipients, start=1)),
        *((f"victim {number} note", each) for number, each in enumerate(report.victims, start=1)),
    )
    for place, party in parties:
        if party.note is not None:
            yield place, party.note
        for each in party.associated:
            if each.note is not None:
                yield place.replace("note", "associated note"), each.note


def _patterns(victim: records.Party) -> Iterator[re.Pattern[str] | str]:
    """Give what must not stand in a text: a pattern, or digits that may stand there with anything between them."""
    person = victim.person or records.Person()
    for name in (person.first_name, person.last_name):
        if name is not None and len(name.strip()) >= _SHORTEST_NAME:
            yield _word(name, same_case=True)  # a name may be a word of the language too
    names = [name.strip() for name in (person.first_name, person.last_name) if name is not None]
    if len(names) == 2:
        yield _word(" ".join(names))
    yield from (_word(each.address) for each in person.emails)
    yield from (_digits(each.number) for each in person.phones)
    yield from (_word(each.street) for each in person.addresses if each.street is not None)
    born = person.date_of_birth
    if born is not None:
        for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"):
            yield _word(born.strftime(form))
    for text in (victim.school, victim.screen_name, *victim.display_names, victim.account_reference):
        if text is not None and len(text.strip()) >= _SHORTEST_NAME:
            yield _word(text)


def _word(text: str, *, same_case: bool = False) -> re.Pattern[str]:
    inside = r"\s+".join(re.escape(part) for part in text.split())
    return re.compile(rf"(?<!\w){inside}(?!\w)", 0 if same_case else re.IGNORECASE)


def _digits(number: str) -> str:
    return "".join(each for each in number if each.isdigit())


def _is_in(text: str, known: re.Pattern[str] | str) -> bool:
    if isinstance(known, re.Pattern):
        return known.search(text) is not None
    if len(known) < _SHORTEST_NUMBER:
        return False
    separated = r"[\s()./-]*".join(known)
    return re.search(rf"(?<!\d){separated}(?!\d)", text) is not None

"""Keep what is known of a victim out of free text: it is passed on more widely than the fields that are made for it.

What stands there is replaced, and how often is told; no report is ever kept back for it. What is looked for: names, e-mail addresses,
telephone numbers, dates of birth, streets, the school, and the names and references of the victim's accounts. What the account that is
reported has too is left, for there it says something of that account. Excerpts of conversations are evidence and stay as they are.

The reason why a child may be in danger now is no such text: where, when and who is what it is for, and whoever protects the child reads it
first. It goes as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from wardline import records
from wardline.records.report_people import LONGEST_TEXT

REMOVED = "[victim's data removed]"
_SHORTEST_NAME = 3
"""Letters: shorter ones stand in any text."""
_SHORTEST_NUMBER = 6
"""Digits, for the same reason."""
_SHORTEST_WITHOUT_CODE = 9
"""Digits that must be left of a number once something that may be its country's code is taken off."""
_BETWEEN = "[ \t\u00a0\u202f()./\u2010-\u2015-]{0,3}"
"""What people write between the digits of a telephone number."""
_TOGETHER = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Scripts that put no space between words, besides the wide ones."""

_MOST_IN_ONE = 300
"""Different things of victims in one text. One with more says little else, and goes as a whole: looking for each of very many takes minutes."""
_NO_DIGITS = re.compile("[^0-9]+")

_Account = records.Party | records.AssociatedAccount
_Somebody = records.Person | records.AssociatedAccount


@dataclass(frozen=True, slots=True)
class _Sought:
    """Something that must not stand in a text."""

    pattern: str
    key: str
    """Stands in every text that the pattern is found in, folded or of digits alone: it is looked for first, for that is quick."""
    of_digits: bool = False


class Masking:
    """Masks what is known of victims, and counts it.

    Args:
        victims: As they stand in the report.
        account: The account that is reported, as far as it is known.
        account_reference: Its id.
    """

    def __init__(
        self, victims: Iterable[records.Party], account: records.Party | None, account_reference: str
    ) -> None:
        own = {account_reference.casefold(), *(_accounts_values(account) if account is not None else ())}
        found = dict.fromkeys(each for victim in victims for each in _of_party(victim, own))
        # The longest first: an e-mail address goes whole, and not only the name in it.
        self._sought = sorted(found, key=lambda each: len(each.pattern), reverse=True)
        self.counted: dict[str, int] = {}
        """How often something was taken out, by the place; only places with any."""

    def text(self, place: str, text: str) -> str:
        """Give a text without what is known of a victim."""
        if not self._sought:
            return text
        found = unicodedata.normalize("NFC", text)
        folded, digits = _folded(found), _NO_DIGITS.sub("", found)
        there = [each.pattern for each in self._sought if each.key in (digits if each.of_digits else folded)]
        if len(there) > _MOST_IN_ONE:
            masked, count = REMOVED, 1
        else:
            masked, count = re.subn("|".join(there), REMOVED, found) if there else (text, 0)
        if not count:
            return text
        self.counted[place] = self.counted.get(place, 0) + count
        return masked

    def party(self, place: str, party: records.Party) -> records.Party:
        """Mask the notes of a party and of the accounts that belong to it."""
        associated = tuple(
            replace(each, note=self._note(f"{place} associated note", each.note)) for each in party.associated
        )
        return replace(party, note=self._note(f"{place} note", party.note), associated=associated)

    def incident(self, place: str, incident: records.Incident) -> records.Incident:
        """Mask the note of an incident."""
        return replace(incident, note=self._note(f"{place} note", incident.note))

    def _note(self, place: str, note: str | None) -> str | None:
        # What is put there may be longer than what was: a text at its limit is cut rather than refused.
        return None if note is None else self.text(place, note)[:LONGEST_TEXT]

    def told(self, before: tuple[tuple[str, int], ...] = ()) -> tuple[tuple[str, int], ...]:
        """Give what was counted, with what was counted before: places in order, each once."""
        counted = dict(before)
        for place, count in self.counted.items():
            counted[place] = counted.get(place, 0) + count
        return tuple(sorted(counted.items()))


def _of_party(victim: records.Party, own: set[str]) -> Iterator[_Sought]:
    """Give a pattern for everything that must not stand in a text."""
    person = victim.person or records.Person()
    yield from _of_person(person.first_name, person.last_name, person.date_of_birth, own)
    yield from _of_account(victim, own)
    for school in _unlike((victim.school,), own):
        if _is_long(school):
            # Of one word it may be a word of the language, as a name may.
            yield _words(school) if len(school.split()) > 1 else _name(school)
    yield from _contacts(person, own)
    for each in victim.associated:
        yield from _of_person(each.first_name, each.last_name, each.date_of_birth, own)
        yield from _of_account(each, own)
        yield from _contacts(each, own)


def _of_person(first: str | None, last: str | None, born: date | None, own: set[str]) -> Iterator[_Sought]:
    for name in _unlike((first, last), own):
        if _is_long(name):
            yield _name(name)
    if first is not None and last is not None and f"{_plain(first)} {_plain(last)}" not in own:
        for both in (f"{first} {last}", f"{last} {first}", f"{last}, {first}"):
            yield _words(both)
    if born is not None and born.isoformat() not in own:
        day, month = f"0?{born.day}", f"0?{born.month}"
        for form in (
            rf"{born.year}-{month}-{day}",
            *(rf"{one}[./-]{two}[./-]{born.year}" for one, two in ((day, month), (month, day))),
        ):
            yield _Sought(rf"(?<!\d){form}(?!\d)", str(born.year), of_digits=True)  # fmt: skip


def _contacts(known: _Somebody, own: set[str]) -> Iterator[_Sought]:
    for mail in _unlike((each.address for each in known.emails), own):
        # Neither the end of a longer address nor the beginning of one.
        pattern = rf"(?<![\w+%-])(?<!\w\.)(?i:{re.escape(mail)})(?![\w-])(?!\.\w)"
        yield _Sought(pattern, _folded(mail))
    for phone in known.phones:
        if _digits(phone.number) not in own:
            yield from _number(phone)
    for street in _unlike((each.street for each in known.addresses), own):
        if _is_long(street):
            yield _words(street)


def _of_account(account: _Account, own: set[str]) -> Iterator[_Sought]:
    for name in _unlike((account.screen_name, *account.display_names, account.account_reference), own):
        if name.isdecimal() and len(name) < _SHORTEST_NUMBER:
            continue
        if _is_long(name):
            yield _name(name) if name.isalpha() else _words(name)


def _unlike(texts: Iterable[str | None], own: set[str]) -> Iterator[str]:
    """Give what is there and is not the reported account's too, in one form."""
    for text in texts:
        if text is not None and text.strip() and _plain(text) not in own:
            yield unicodedata.normalize("NFC", text.strip())


def _accounts_values(account: records.Party) -> Iterator[str]:
    persons: tuple[_Somebody, ...] = (account.person or records.Person(), *account.associated)
    for each in persons:
        yield from (_plain(name) for name in (each.first_name, each.last_name) if name is not None)
        if each.first_name is not None and each.last_name is not None:
            yield f"{_plain(each.first_name)} {_plain(each.last_name)}"
        if each.date_of_birth is not None:
            yield each.date_of_birth.isoformat()
        yield from (_plain(mail.address) for mail in each.emails)
        yield from (_digits(phone.number) for phone in each.phones)
        yield from (_plain(place.street) for place in each.addresses if place.street is not None)
    accounts: tuple[_Account, ...] = (account, *account.associated)
    for one in accounts:
        names = (one.screen_name, *one.display_names, one.account_reference)
        yield from (_plain(name) for name in names if name is not None)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _is_long(text: str) -> bool:
    return len(text) >= _SHORTEST_NAME or (len(text) > 1 and _is_together(text[0]))


def _is_together(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" or _TOGETHER.match(letter) is not None


def _apart(inside: str, text: str) -> str:
    """Let a pattern match whole words only, where the script has words apart."""
    before = "" if _is_together(text[0]) else r"(?<!\w)"
    after = "" if _is_together(text[-1]) else r"(?!\w)"
    return f"{before}{inside}{after}"


def _words(text: str) -> _Sought:
    """Match a text in any case, with any white space where it has some."""
    inside = r"\s+".join(map(re.escape, unicodedata.normalize("NFC", text).split()))
    return _Sought(_apart(f"(?i:{inside})", text.strip()), _key(text))


def _name(text: str) -> _Sought:
    """Match a name. In small letters it may be a word of the language; it is taken for the name where the platform writes it so."""
    forms = dict.fromkeys((text, text.title(), text.upper()))
    inside = "(?:" + "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms) + ")"
    return _Sought(_apart(inside, text), _key(text))


def _key(text: str) -> str:
    """Give the longest word of a text, folded: white space between words may be another."""
    return max((_folded(word) for word in unicodedata.normalize("NFC", text).split()), key=len)


def _folded(text: str) -> str:
    """Fold what patterns in any case take for the same: dotless letters, too."""
    return text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


def _digits(number: str) -> str:
    return "".join(str(unicodedata.digit(each)) for each in number if each.isdecimal())


def _number(phone: records.Phone) -> Iterator[_Sought]:
    """Match a telephone number however its digits are set apart, with and without the code of its country."""
    digits = _digits(phone.number)
    cores = [digits.lstrip("0")]
    if phone.number.strip().startswith(("+", "00")):
        cores += [cores[0][taken:] for taken in (1, 2, 3) if len(cores[0]) - taken >= _SHORTEST_WITHOUT_CODE]
    code = _digits(phone.calling_code or "")
    for core in cores:
        if len(core) >= _SHORTEST_NUMBER:
            abroad = rf"(?:(?:\+|00)\d{{1,3}}{_BETWEEN}{f'|{code}{_BETWEEN}' if code else ''})?"
            pattern = rf"(?<!\d){abroad}(?:\(?0{_BETWEEN}|\()?{_BETWEEN.join(core)}(?!\d)"
            yield _Sought(pattern, core, of_digits=True)

"""The named checks of the field rules. Each looks at one value, or at its absence, and at the element that it belongs to.

Source: CyberTipline Reporting API, technical documentation of June 2025.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml import etree

from wardline import referral
from wardline.adapters.authorities.ncmec.simple_types import is_true, parse_moment
from wardline.adapters.authorities.ncmec.values import ENUMERATIONS, PATTERNS

_EMAIL = re.compile(
    r"[^\s@<>\"(),:;\[\]\\]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_LONGEST_EMAIL = 254  # Source: RFC 5321, 4.5.3.1.3, less the angle brackets.
_PEOPLE = (
    "personOrUserReported/personOrUserReportedPerson", "intendedRecipient/intendedRecipientPerson", "victim/victimPerson",
)  # fmt: skip
_SUPPLEMENTAL = "Supplemental Reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one check is asked about."""

    value: str | None
    """None where the field is not there."""
    owner: etree._Element
    """The element that the field is an element or an attribute of."""
    root: etree._Element
    now: datetime
    arguments: tuple[str, ...]

    def beside(self, name: str) -> str | None:
        """Give another field of the same owner."""
        return self.owner.get(name) if name in self.owner.attrib else self.owner.findtext(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check, and what to say where it fails."""

    holds: Callable[[Asked], bool]
    phrase: str
    """``what is, expected what should be``; ``{0}`` is the first argument."""
    of_absent: bool = False
    """Whether it has something to say of a field that is not there."""
    by_receiver: bool = False
    """Whether only the receiver can know: it is checked by its answer."""


def is_email(text: str) -> bool:
    """Say whether a text has the form of an e-mail address."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_ip_address(text: str) -> bool:
    """Say whether a text is an IPv4, IPv6 or IPv4-mapped IPv6 address, without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_past(text: str, now: datetime) -> bool:
    """Say whether a time with a zone, or a day, has come already. Without a zone a time says nothing."""
    moment = parse_moment(text)
    if moment is None:
        return date.fromisoformat(text.strip()[:10]) < now.astimezone(UTC).date()
    return moment.tzinfo is not None and moment <= now


def _text(asked: Asked) -> str:
    return asked.value or ""


def _in_order(asked: Asked, *, same: bool) -> bool:
    first, second = parse_moment(asked.beside(asked.arguments[0]) or ""), parse_moment(_text(asked))
    if second is None or second.tzinfo is None:
        return False
    if first is None:
        return True
    return first.tzinfo is not None and (first < second or (same and first == second))


def _true_with(asked: Asked) -> bool:
    other = asked.beside(asked.arguments[0])
    wanted = other is not None and (parse_moment(other) is not None or is_true(other))
    return not wanted or is_true(asked.value)


def _named(asked: Asked) -> bool:
    known = {(each.text or "").strip() for path in _PEOPLE for each in asked.root.findall(f"{path}/email")}
    return _text(asked).strip() in known


def _is_us(asked: Asked) -> bool:
    return asked.beside("countryCode") == "US"


def _has_meme(asked: Asked) -> bool:
    file = asked.owner
    return file.find("fileAnnotations/potentialMeme") is not None or is_true(file.findtext("potentialMeme"))


def _has_email(asked: Asked) -> bool:
    person = asked.owner.find("reportingPerson")
    emails = [] if person is None else [(each.text or "").strip() for each in person.findall("email")]
    return bool(emails) and all(map(is_email, emails))


CHECKS: dict[str, Check] = {
    "required": Check(holds=lambda asked: bool(_text(asked).strip()), phrase="missing or blank, expected a value", of_absent=True),
    "not-blank": Check(holds=lambda asked: bool(_text(asked).strip()), phrase="blank, expected a value"),
    "most": Check(
        holds=lambda asked: len(_text(asked)) <= int(asked.arguments[0]), phrase="too long, expected at most {0} characters"
    ),
    "within": Check(
        holds=lambda asked: int(asked.arguments[0]) <= int(_text(asked)) <= int(asked.arguments[1]),
        phrase="outside its range, expected {0} to {1}",
    ),
    "past": Check(
        holds=lambda asked: is_past(_text(asked), asked.now),
        phrase="in the future or without a zone, expected a time in the past with one",
    ),
    "ip-address": Check(
        holds=lambda asked: is_ip_address(_text(asked)), phrase="malformed, expected an IPv4 or IPv6 address"
    ),
    "web-address": Check(
        holds=lambda asked: referral.is_plain_address(_text(asked)),
        phrase="not a plain web address, expected http or https without credentials or signature",
    ),
    "country": Check(
        holds=lambda asked: _text(asked) in ENUMERATIONS["country"] - {""},
        phrase="unknown, expected two letters of ISO 3166-1",
    ),
    "us-state": Check(
        holds=lambda asked: _text(asked) in ENUMERATIONS["state"] - {""},
        phrase="unknown, expected two letters of a state of the United States",
    ),
    "state-in-us": Check(
        holds=lambda asked: not _is_us(asked) or _text(asked) in ENUMERATIONS["state"],
        phrase="unknown, expected two letters of a state where the country is the United States",
    ),
    "state-with-city": Check(
        holds=lambda asked: not (_is_us(asked) and (asked.beside("city") or "").strip()) or bool(_text(asked).strip()),
        phrase="missing, expected a state beside a city in the United States", of_absent=True,
    ),
    "calling-code": Check(
        holds=lambda asked: re.fullmatch(PATTERNS["phoneCountryCallingCode"], _text(asked)) is not None,
        phrase="malformed, expected + and one to three digits",
    ),
    "digits": Check(
        holds=lambda asked: re.fullmatch("[0-9]+", _text(asked)) is not None, phrase="malformed, expected digits"
    ),
    "true-with": Check(holds=_true_with, phrase="not true beside {0}, expected true", of_absent=True),
    "not-before": Check(holds=lambda asked: _in_order(asked, same=True), phrase="before {0}, expected that time or later, with a zone"),
    "after": Check(holds=lambda asked: _in_order(asked, same=False), phrase="not after {0}, expected a later time with a zone"),
    "not-with": Check(
        holds=lambda asked: asked.beside(asked.arguments[0]) is None, phrase="beside {0}, expected one of them"
    ),
    "of-somebody-named": Check(holds=_named, phrase="of nobody in the report, expected it of a person in it too"),
    "has": Check(holds=_has_email, phrase="without a well-formed {0}, expected one", of_absent=True),
    "report-id": Check(
        holds=lambda asked: re.fullmatch("[1-9][0-9]{0,17}", _text(asked).strip()) is not None,
        phrase="no report id, expected a number",
    ),
    "one-unless-batched": Check(
        holds=lambda asked: asked.root.find("batchedReport") is not None or len(asked.owner.findall("personOrUserReported")) <= 1,
        phrase="more than one, expected one unless the report is batched",
    ),
    "no-meme-if-supplemental": Check(
        holds=lambda asked: _text(asked) != _SUPPLEMENTAL or not _has_meme(asked),
        phrase="supplemental with the annotation of a potential meme, expected only one of them",
    ),
    "no-class-if-supplemental": Check(
        holds=lambda asked: _text(asked) != _SUPPLEMENTAL or asked.beside("industryClassification") is None,
        phrase="supplemental with a classification, expected only one of them",
    ),
    "known-to-receiver": Check(
        holds=lambda _: True, phrase="unknown to the receiver, expected an id that it gave", by_receiver=True
    ),
}  # fmt: skip
"""By the name that the table has."""

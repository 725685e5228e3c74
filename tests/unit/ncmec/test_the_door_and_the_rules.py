"""What a record takes from a platform is what the field rules take from the record: neither more nor less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, get_type_hints

import pytest

from tests.unit.ncmec import full
from tests.unit.ncmec.documents import NOW
from tests.unit.ncmec.reference import _RECORDS
from wardline import records
from wardline.adapters.authorities.ncmec.fields import FIELDS, LENGTHS
from wardline.adapters.authorities.ncmec.served import BROUGHT
from wardline.adapters.authorities.ncmec.values import ENUMERATIONS
from wardline.adapters.authorities.ncmec.wire import WIRE
from wardline.errors import InputError

SAMPLES: dict[type[Any], Any] = {
    records.IpEvent: full.event(), records.Device: full.device(), records.PostalAddress: full.address(), records.Phone: full.phone(),
    records.Email: full.email(), records.Location: replace(full.location(), country="DE"), records.Person: full.person(), records.Party: full.account(),
    records.AssociatedAccount: full.associated(), records.LawEnforcement: full.police(), records.Metadata: full.metadata()[0],
    records.NamedValue: records.NamedValue(name="n", value="v"), records.Disabling: full.disabling(),
    **{type(each): each for each in full.INCIDENTS},
}  # fmt: skip
TEXTS: dict[str, Callable[[int], str]] = {
    "profile_urls": lambda length: "https://forum.example/".ljust(length, "a"),
    "urls": lambda length: "https://forum.example/".ljust(length, "a"),
    "extension": lambda length: "7" * length,
}
CLOSED = {"country", "abroad_country", "us_state", "calling_code", "ip_address", "prior_reports", "event"}
NO_LIMIT = 3_000


def texts() -> list[tuple[str, type[Any], str, int | None]]:
    """Give every text that a record holds, with its limit by the rules."""
    found: dict[tuple[type[Any], str], tuple[str, type[Any], str, int | None]] = {}
    for owner, (type_, _) in _RECORDS.items():
        hints = get_type_hints(type_)
        for name, place in WIRE[type_].items():
            hint = str(hints[name])
            if name in CLOSED or not (
                hint.startswith(("<class 'str'>", "str |", "tuple[str", "typing.Optional[str]"))
            ):
                continue
            known = {field.name.lstrip("@") for field in FIELDS if field.owner == owner}
            last = place.rpartition("/")[2].lstrip("@")
            if last in known or place == "#":
                found[type_, name] = (owner, type_, name, LENGTHS.get((owner, last)))
    return list(found.values())  # fmt: skip


def test_the_texts_of_every_record_are_held_to_the_rules() -> None:
    assert len(texts()) > 45
    assert {type_ for _, type_, _, _ in texts()} >= {records.Party, records.AssociatedAccount, records.Newsgroup, records.Location}  # fmt: skip


@pytest.mark.parametrize(("owner", "type_", "name", "limit"), texts())
def test_a_text_may_be_as_long_as_the_rules_say_and_no_longer(
    owner: str, type_: type[Any], name: str, limit: int | None
) -> None:
    sample = SAMPLES[type_]
    is_list = isinstance(getattr(sample, name), tuple)
    text = TEXTS.get(name, "x".__mul__)

    def made(length: int) -> Any:
        value = text(length)
        return replace(sample, **{name: (value,) if is_list else value})

    assert made(limit or NO_LIMIT), owner
    if limit is not None:
        with pytest.raises(InputError):
            made(limit + 1)


@pytest.mark.parametrize(
    ("enumeration", "closed"),
    [
        ("ipCaptureType", records.EventName), ("emailType", records.EmailKind), ("phoneType", records.PhoneKind), ("addressType", records.AddressKind),
        ("associatedAccountType", records.AssociationKind), ("metadataTypes", records.MetadataKind), ("fileClassification", records.Category),
    ],
)  # fmt: skip
def test_the_closed_sets_are_the_same(enumeration: str, closed: Any) -> None:
    assert {each.value for each in closed} == ENUMERATIONS[enumeration]


def test_an_address_needs_nothing_but_itself_as_in_the_rules() -> None:
    events = (records.IpEvent(ip_address="192.0.2.1"),)
    facts = records.ReportFacts(account=records.Party(ip_events=events))
    assert BROUGHT.problems(full.report_of(facts), NOW) == ()
    shown = BROUGHT.preview(full.report_of(facts), NOW)
    assert not any(each.title.startswith("Left out") for each in shown.sections)


def test_every_field_of_every_record_that_is_sent_has_a_sample_here() -> None:
    assert set(WIRE) <= set(SAMPLES)
    assert all(fields(type_) for type_ in SAMPLES)

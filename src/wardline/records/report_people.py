"""People and accounts in a report, as far as a platform knows them. What it does not know is absent, never a guess."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from wardline.errors import InputError
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.places import COUNTRIES, US_STATES

_T = TypeVar("_T")
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

MOST_OF_A_KIND = 100
"""Of addresses, devices and the like of one person. Of more the newest are kept."""
MOST_INCIDENTS = 800
"""Of one report, of all kinds together."""
LONGEST_TEXT = 100_000
"""Characters of what has no limit of its own."""
_MOST: dict[str, int] = {
    "first_name": 100, "last_name": 100, "middle_name": 256, "street": 255, "city": 100, "zip_code": 20, "other_state": 100, "region": 255,
    "id_type": 255, "id_value": 2083, "extension": 10, "service": 100, "account_reference": 255, "screen_name": 256, "display_names": 255,
    "profile_urls": 2083, "urls": 2083, "group": 255, "school": 255, "vehicle": 300, "agency": 255, "case_number": 100, "client": 255,
    "room": 255, "game": 255, "console": 255, "place": 255, "name": 64, "platform": 256,
}  # fmt: skip
"""Characters by field. Source: CyberTipline Reporting API, documentation of June 2025."""
_MOST_OF: dict[str, dict[str, int]] = {
    "AssociatedAccount": {"first_name": 256, "last_name": 256, "service": 256, "account_reference": 256, "group": 256},
    "Location": {"city": 255},
    "Newsgroup": {"name": 255},
}  # fmt: skip
"""By record, where the same field may be longer there."""
_COUNTRIES = frozenset({"country", "abroad_country"})
_ADDRESSES = frozenset({"profile_urls", "urls"})
_WEB_ADDRESS = re.compile(r"https?://[^\s/@?#]+([/?#]\S*)?")


class EventName(StrEnum):
    """At what an address or a device was seen."""

    LOGIN = "Login"
    REGISTRATION = "Registration"
    PURCHASE = "Purchase"
    UPLOAD = "Upload"
    OTHER = "Other"
    UNKNOWN = "Unknown"


class EmailKind(StrEnum):
    HOME = "Home"
    WORK = "Work"
    BUSINESS = "Business"
    RECOVERY = "Recovery"


class PhoneKind(StrEnum):
    MOBILE = "Mobile"
    HOME = "Home"
    BUSINESS = "Business"
    WORK = "Work"
    FAX = "Fax"
    INTERNET = "Internet"
    RECOVERY = "Recovery"


class AddressKind(StrEnum):
    HOME = "Home"
    BUSINESS = "Business"
    BILLING = "Billing"
    SHIPPING = "Shipping"
    TECHNICAL = "Technical"


class AssociationKind(StrEnum):
    """What another account has to do with this one."""

    BILLING = "Billing"
    LINKED = "Linked"
    BUSINESS = "Business"
    CREATOR = "Creator"
    PARENT_OR_GUARDIAN = "Parent/Guardian"
    OTHER = "Other"


def newest(values: Sequence[_T], most: int = MOST_OF_A_KIND) -> tuple[_T, ...]:
    """Give as many as a list may hold: those last seen where they say when, else the last ones. Their order stays."""
    if len(values) <= most:
        return tuple(values)
    seen = [getattr(each, "at", None) for each in values]
    by_age = sorted(
        range(len(values)), key=lambda place: (seen[place] is not None, seen[place] or _LONG_AGO, place)
    )
    return tuple(values[place] for place in sorted(by_age[-most:]))


def check_plain(record: Any) -> None:
    """Refuse in any record of a report what an authority would refuse later, when the platform could not put it right any more."""
    longest = _MOST_OF.get(type(record).__name__, {})
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, datetime):
            require_utc(field.name, value)
        elif isinstance(value, tuple):
            require_range(
                field.name, len(value), 0, MOST_INCIDENTS if field.name == "incidents" else MOST_OF_A_KIND
            )
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and not isinstance(text, StrEnum):
                _check_text(field.name, text, longest.get(field.name) or _MOST.get(field.name, LONGEST_TEXT))


def _check_text(name: str, text: str, most: int) -> None:
    require_text(name, _in_one_line(text), most=most)
    if name in _COUNTRIES and text not in COUNTRIES:
        raise InputError(f"{name}: unknown, expected two capital letters of ISO 3166-1")
    if name in _ADDRESSES and not _WEB_ADDRESS.fullmatch(text):
        raise InputError(f"{name}: no web address, expected http or https without credentials")
    if name == "prior_reports" and not re.fullmatch("[1-9][0-9]{0,17}", text):
        raise InputError(f"{name}: no number of a report, expected digits")


def check_ip_event(event: IpEvent) -> None:
    """Refuse an address or a port that is none. Not done on making one: what an upload brings is checked with the upload."""
    try:
        ipaddress.ip_address(event.ip_address)
    except ValueError:
        raise InputError("ip_address: malformed, expected an IPv4 or IPv6 address") from None
    if "%" in event.ip_address:
        raise InputError("ip_address: with a zone, expected an IPv4 or IPv6 address without one")
    if event.event is not None and event.event not in set(EventName):
        raise InputError("event: unknown, expected Login, Registration, Purchase, Upload, Other or Unknown")
    require_utc("at", event.at)
    if event.port is not None:
        require_range("port", event.port, 1, 65535)


def _check_verified(record: Email | Phone) -> None:
    check_plain(record)
    if record.verified_at is not None and record.verified is not True:
        raise InputError("verified_at: without verified, expected both")


def _in_one_line(text: str) -> str:
    # A text may have lines; what else does not print is still refused.
    return text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class IpEvent:
    """An address seen at a moment."""

    ip_address: str
    event: str | None = None
    """One of ``EventName``."""
    at: datetime | None = None
    port: int | None = None
    possible_proxy: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device by one of its numbers."""

    id_type: str
    """Of what kind the number is: ``"IMEI"``, ``"ICCID"``, ... 1 to 255 characters."""
    id_value: str
    event: EventName | None = None
    at: datetime | None = None

    def __post_init__(self) -> None:
        check_plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An e-mail address of somebody."""

    address: str
    kind: EmailKind | None = None
    verified: bool | None = None
    verified_at: datetime | None = None

    def __post_init__(self) -> None:
        _check_verified(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A telephone number of somebody."""

    number: str
    kind: PhoneKind | None = None
    verified: bool | None = None
    verified_at: datetime | None = None
    calling_code: str | None = None
    """``+`` and one to three digits."""
    extension: str | None = None

    def __post_init__(self) -> None:
        _check_verified(self)
        if self.calling_code is not None and not re.fullmatch(r"\+[0-9]{1,3}", self.calling_code):
            raise InputError("calling_code: malformed, expected + and one to three digits")
        if self.extension is not None and not re.fullmatch("[0-9]+", self.extension):
            raise InputError("extension: malformed, expected digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """A place where mail reaches somebody."""

    street: str | None = None
    city: str | None = None
    zip_code: str | None = None
    us_state: str | None = None
    """Two letters, in the United States."""
    other_state: str | None = None
    """Anywhere else."""
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    kind: AddressKind | None = None

    def __post_init__(self) -> None:
        check_plain(self)
        if self.us_state is not None and self.us_state not in US_STATES:
            raise InputError("us_state: unknown, expected two letters of a state of the United States")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is, as far as the platform was told. A contact person has neither age nor date of birth."""

    first_name: str | None = None
    last_name: str | None = None
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()
    age: int | None = None
    """Years, 0 to 150."""
    age_disputed: bool | None = None
    """Whether something says that the stated age is wrong."""
    date_of_birth: date | None = None

    def __post_init__(self) -> None:
        check_plain(self)
        if self.age is not None:
            require_range("age", self.age, 0, 150)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an account probably is."""

    country: str
    """ISO 3166-1 alpha-2."""
    region: str | None = None
    """In the United States the two letters of the state."""
    city: str | None = None
    verified: bool | None = None
    at: datetime | None = None

    def __post_init__(self) -> None:
        check_plain(self)
        if (
            self.country == "US"
            and self.region not in US_STATES
            and not (self.region is None and self.city is None)
        ):
            raise InputError(
                "region: missing or unknown, expected two letters of a state in the United States"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Disabling:
    """That an account was, or was not, disabled."""

    disabled: bool = True
    at: datetime | None = None
    user_notified: bool | None = None
    user_notified_at: datetime | None = None
    reenabled_at: datetime | None = None
    """Only of one that was disabled for a time."""

    def __post_init__(self) -> None:
        check_plain(self)
        if self.at is not None and self.user_notified_at is not None and self.user_notified_at < self.at:
            raise InputError("user_notified_at: before the account was disabled, expected that time or later")
        if self.at is not None and self.reenabled_at is not None and self.reenabled_at <= self.at:
            raise InputError("reenabled_at: not after the account was disabled, expected a later time")


def _check_account(account: AssociatedAccount | Party) -> None:
    for event in account.ip_events:
        check_ip_event(event)
    gone = account.permanently_disabled
    if gone is not None and gone.reenabled_at is not None:
        raise InputError("permanently_disabled: with a time of re-enabling, expected none")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociatedAccount:
    """Another account of the same person, or of one near them."""

    kind: AssociationKind
    platform: str | None = None
    third_party: bool | None = None
    """Whether it is an account of another platform."""
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    approximate_age: int | None = None
    """Years, 0 to 150; not beside a date of birth."""
    age_disputed: bool | None = None
    date_of_birth: date | None = None
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    all_emails_reported: bool | None = None
    addresses: tuple[PostalAddress, ...] = ()
    service: str | None = None
    account_reference: str | None = None
    profile_urls: tuple[str, ...] = ()
    screen_name: str | None = None
    display_names: tuple[str, ...] = ()
    profile_bio: str | None = None
    group: str | None = None
    compromised: bool | None = None
    temporarily_disabled: Disabling | None = None
    permanently_disabled: Disabling | None = None
    ip_events: tuple[IpEvent, ...] = ()
    devices: tuple[Device, ...] = ()
    prior_reports: tuple[str, ...] = ()
    note: str | None = None

    def __post_init__(self) -> None:
        check_plain(self)
        _check_account(self)
        if self.approximate_age is not None:
            require_range("approximate_age", self.approximate_age, 0, 150)
        if self.third_party is not None and self.platform is None:
            raise InputError("third_party: without a platform, expected its name")
        if self.approximate_age is not None and self.date_of_birth is not None:
            raise InputError("associated account: an age and a date of birth, expected one of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An account or a person that a report is about, was meant for, or harmed, as far as the platform knows.

    What only some of them have says so.
    """

    person: Person | None = None
    account_reference: str | None = None
    """The platform's id of the account. Of the account that is reported, its upload says it."""
    service: str | None = None
    """Which of the platform's services, at most 100 characters."""
    compromised: bool | None = None
    """Whether somebody else is thought to have used it."""
    screen_name: str | None = None
    display_names: tuple[str, ...] = ()
    profile_urls: tuple[str, ...] = ()
    profile_bio: str | None = None
    ip_events: tuple[IpEvent, ...] = ()
    devices: tuple[Device, ...] = ()
    group: str | None = None
    """A group it was in; not of a victim."""
    temporarily_disabled: Disabling | None = None
    permanently_disabled: Disabling | None = None
    location: Location | None = None
    all_emails_reported: bool | None = None
    associated: tuple[AssociatedAccount, ...] = ()
    """Not of an intended recipient."""
    vehicle: str | None = None
    """Only of the account that is reported."""
    third_party: bool | None = None
    """Whether it is an account of another platform; only of the one that is reported."""
    school: str | None = None
    """Only of a victim."""
    prior_reports: tuple[str, ...] = ()
    """The authority's numbers of earlier reports about it."""
    note: str | None = None

    def __post_init__(self) -> None:
        check_plain(self)
        _check_account(self)

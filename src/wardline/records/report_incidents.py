"""Where an incident happened, whom else it was told, and what is known of its files beyond their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range
from wardline.records.report_people import (
    Device,
    Email,
    IpEvent,
    Party,
    Person,
    Phone,
    PostalAddress,
    check_ip_event,
    check_plain,
)


class IncidentKind(StrEnum):
    """What a report is about, in neutral words; the authority's own strings are the adapter's."""

    FILES = "files"
    """Files: possession, manufacture or distribution."""
    TRAFFICKING = "trafficking"
    TOURISM = "tourism"
    MOLESTATION = "molestation"
    MISLEADING_DOMAIN = "misleading-domain"
    MISLEADING_WORDS = "misleading-words"
    ENTICEMENT = "enticement"
    UNSOLICITED = "unsolicited"
    """Something was sent to a child who had not asked for it."""


GRAVEST_KINDS = frozenset(
    {IncidentKind.TRAFFICKING, IncidentKind.TOURISM, IncidentKind.MOLESTATION, IncidentKind.ENTICEMENT}
)
"""Somebody lays hands on a child, or works towards it: as grave as category A of a file. Our reading; the scale of files has no place for words."""


class _Checked:
    __slots__ = ()

    def __post_init__(self) -> None:
        check_plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage(_Checked):
    """Something that stands on pages of the web."""

    urls: tuple[str, ...]
    hosted_elsewhere: bool | None = None
    """Whether a third party hosts what is seen there."""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailMessage(_Checked):
    """Something that was sent by e-mail."""

    emails: tuple[Email, ...] = ()
    """Each also of the account, a recipient or a victim in the report."""
    content: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsgroup(_Checked):
    """Something that stood in a newsgroup."""

    name: str | None = None
    emails: tuple[Email, ...] = ()
    content: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat(_Checked):
    """Something that was said in a conversation."""

    client: str | None = None
    room: str | None = None
    content: str | None = None
    """The excerpt itself, with who wrote what and when."""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaming(_Checked):
    """Something that was said or done in a game."""

    game: str | None = None
    console: str | None = None
    content: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone(_Checked):
    """Something that came by telephone."""

    phone: Phone | None = None
    latitude: float | None = None
    longitude: float | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        check_plain(self)
        if self.latitude is not None:
            require_range("latitude", self.latitude, -90, 90)
        if self.longitude is not None:
            require_range("longitude", self.longitude, -180, 180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline(_Checked):
    """Something that happened outside the internet."""

    place: str | None = None
    addresses: tuple[PostalAddress, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerToPeer(_Checked):
    """Something that went from machine to machine without a service between them."""

    client: str | None = None
    ip_events: tuple[IpEvent, ...] = ()
    file_names: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        check_plain(self)
        for event in self.ip_events:
            check_ip_event(event)


Incident = WebPage | EmailMessage | Newsgroup | Chat | Gaming | Telephone | Offline | PeerToPeer


@dataclass(frozen=True, slots=True, kw_only=True)
class LawEnforcement(_Checked):
    """Police who know of it already."""

    agency: str
    case_number: str | None = None
    officer: Person | None = None
    """Without age and date of birth."""
    reported: bool | None = None
    """Whether the platform itself told them."""
    served_process: bool | None = None
    """Whether they served legal process in the platform's own country."""
    served_process_abroad: bool | None = None
    abroad_country: str | None = None
    """ISO 3166-1 alpha-2; with ``served_process_abroad``."""

    def __post_init__(self) -> None:
        check_plain(self)
        if self.officer is not None and (
            self.officer.age is not None or self.officer.date_of_birth is not None
        ):
            raise InputError("officer: an age, expected none")
        if self.abroad_country is not None and self.served_process_abroad is None:
            raise InputError("law enforcement: a country without process abroad, expected both")


class MetadataKind(StrEnum):
    EXIF = "EXIF"
    HASH = "HASH"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedValue(_Checked):
    """One piece of metadata."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata(_Checked):
    """What the platform read inside a file, or of hashes of another kind, as pairs."""

    kind: MetadataKind | None
    pairs: tuple[NamedValue, ...]

    def __post_init__(self) -> None:
        check_plain(self)
        if not self.pairs:
            raise InputError("metadata: nothing in it, expected at least one pair")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a platform knows of an upload, its account and those whom it reached, for the report that may become of it.

    All of it is optional. It goes into no score, into no queue and to no reviewer; it is kept and unlinked with the upload's context.
    """

    account: Party | None = None
    recipients: tuple[Party, ...] = ()
    victims: tuple[Party, ...] = ()
    incidents: tuple[Incident, ...] = ()
    law_enforcement: LawEnforcement | None = None
    devices: tuple[Device, ...] = ()
    """Of the upload itself."""
    metadata: tuple[Metadata, ...] = ()
    possible_proxy: bool | None = None
    """Whether the address of the upload may be a proxy's."""
    supplemental: bool = False
    """Whether the file only explains others, such as a list of messages: it is sent beside them, and classified nowhere."""
    left_out: tuple[str, ...] = ()
    """Places of what the platform sent and could not be read, such as ``"victims.1.person.age"``; never what stood there."""

    def __post_init__(self) -> None:
        check_plain(self)
        if self.account is not None and self.account.account_reference is not None:
            raise InputError("report account: with a reference of its own, expected that of the upload only")
        named = {mail.address for each in (*self._parties(),) if each.person for mail in each.person.emails}
        for incident in self.incidents:
            if isinstance(incident, EmailMessage | Newsgroup) and any(
                mail.address not in named for mail in incident.emails
            ):
                raise InputError(
                    "report incidents: an e-mail address of nobody, expected it of a person in the report too"
                )
        if any(victim.person is None for victim in self.victims):
            raise InputError("report victims: one without a person, expected what is known of the person")
        self._check_roles()

    def _parties(self) -> tuple[Party, ...]:
        return (*((self.account,) if self.account is not None else ()), *self.recipients, *self.victims)

    def _check_roles(self) -> None:
        """Refuse what no authority has a place for, rather than lose it without a word."""
        for each in self.recipients:
            if each.vehicle or each.third_party is not None or each.associated or each.school:
                raise InputError("report recipients: a vehicle, school or other account, expected none")
        for each in self.victims:
            if each.vehicle or each.third_party is not None or each.group:
                raise InputError("report victims: a vehicle, group or third party, expected none")
        if self.account is not None and self.account.school:
            raise InputError("report account: a school, expected it of a victim only")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file that many accounts spread, in one report, as agreed with the authority: the accounts beside the first."""

    account_references: tuple[str, ...]
    """At least one; each once."""

    def __post_init__(self) -> None:
        if not self.account_references or len(set(self.account_references)) < len(self.account_references):
            raise InputError("batch: none or one twice, expected other accounts, each once")

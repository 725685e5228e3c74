"""The content of a report to an authority, before any authority's own form.

Built purely from a decision, its items and the reveal log. An ``Authority`` adapter turns it into its receiver's form and may refuse it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.records.case import FileAnnotation, ReportAnnotation
from wardline.records.category import Category
from wardline.records.checks import require_utc
from wardline.records.hashes import Hash
from wardline.records.referral import Priority
from wardline.records.report_incidents import Batch, Incident, IncidentKind, LawEnforcement, Metadata
from wardline.records.report_people import Device, IpEvent, Party, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """The platform's reporting person, from the settings."""

    first_name: str
    last_name: str
    email: str
    """A role mailbox rather than a person's."""
    platform: str
    """Name of the service, at most 256 characters."""
    terms_of_service: str | None = None
    legal_url: str | None = None
    company_template: str | None = None
    """What every report of this company says of itself."""
    more: Person | None = None
    """Telephones and addresses of the reporting person."""
    contact: Person | None = None
    """Whom to ask, without age and date of birth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPerson:
    """The account that is reported."""

    account_reference: str
    ip_events: tuple[IpEvent, ...] = ()
    temporarily_disabled_at: datetime | None = None
    """When the account was suspended, where it was."""
    facts: Party | None = None
    """What else the platform knows of it."""
    prior_reports: tuple[str, ...] = ()
    """The authority's numbers of our finished reports about the same account, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFile:
    """One file of a report."""

    item_id: str
    file_name: str | None
    uploaded_at: datetime
    url: str | None
    viewed: bool
    """Whether a person was shown the entire contents. From the reveal log and nothing else."""
    publicly_available: bool
    category: Category | None
    annotations: tuple[FileAnnotation, ...]
    hashes: tuple[Hash, ...]
    upload: IpEvent | None
    supplemental: bool = False
    """Whether it only explains other files; then it has neither category nor annotation of a meme."""
    devices: tuple[Device, ...] = ()
    metadata: tuple[Metadata, ...] = ()
    batched: bool = False
    """Whether it is the one file of a batched report, of which less may be said."""

    def __post_init__(self) -> None:
        require_utc("uploaded_at", self.uploaded_at)


class Likeness(StrEnum):
    """How a file of another account is like one of a report's."""

    IDENTICAL = "byte-identical"
    NEAR = "near-duplicate"
    """In the same cluster; a person viewed it in full and decided it by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeAccount:
    """Another account, of which it was decided that it has the same file or one near it, and that this is a violation."""

    account_reference: str
    platform: str
    how: Likeness
    item_id: str
    """The file of this report that it is like."""
    uploaded_at: datetime
    """When that account uploaded its own."""
    decided_at: datetime
    case_id: str
    """Its case here; not sent."""
    report: str | None = None
    """The same authority's number of our finished report about it."""

    def __post_init__(self) -> None:
        require_utc("uploaded_at", self.uploaded_at)
        require_utc("decided_at", self.decided_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeAccounts:
    """Other accounts with the same file, or one near it."""

    named: tuple[LikeAccount, ...] = ()
    """Those with identical files first; of each kind the newest first."""
    more: int = 0
    """How many others there are that are not named."""
    at_least: bool = False
    """There may be more than that: not all were counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedText:
    """The account of an incident without a file, as a report tells of it."""

    item_id: str
    happened_at: datetime
    kind: IncidentKind | None
    """As people decided; None where nobody did."""
    words: str
    """What happened, as it stands in the note: without what is known of a victim."""
    excerpt: str | None
    """The conversation, as it stands where the incident happened; None where none was told."""
    names: int
    """How many took part in the excerpt."""
    messages: int
    dated: int
    """How many of the messages have a time."""
    viewed: bool
    """Whether a person was shown all of it. From the reveal log and nothing else."""
    event: IpEvent | None
    """The address from which it was done."""

    def __post_init__(self) -> None:
        require_utc("happened_at", self.happened_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one referral tells the authority."""

    referral_id: str
    incident_at: datetime
    """Upload time of the earliest file; without one, when the incident happened or began."""
    incident_time_meaning: str
    """What ``incident_at`` is the time of."""
    annotations: tuple[ReportAnnotation, ...]
    escalation: str | None
    reporter: Reporter
    person: ReportedPerson
    files: tuple[ReportedFile, ...]
    urls: tuple[str, ...]
    note: str
    """For the officer: how the content was found and what the flags mean."""
    corrects: str | None = None
    """The authority's id of the finished report that this one corrects. A correction has no files."""
    kind: IncidentKind = IncidentKind.FILES
    incidents: tuple[Incident, ...] = ()
    """Where it happened, beside ``urls``. A report without a file needs one."""
    law_enforcement: LawEnforcement | None = None
    recipients: tuple[Party, ...] = ()
    victims: tuple[Party, ...] = ()
    batch: Batch | None = None
    """The other accounts that spread the one file of a batched report."""
    masked: tuple[tuple[str, int], ...] = ()
    """Free texts out of which a victim's data were taken, and how often. Not sent: for those who read the report before it goes."""
    unread: tuple[str, ...] = ()
    """Places of what a platform sent for the report and could not be read, and so is not in it. Not sent either."""
    texts: tuple[ReportedText, ...] = ()
    """Accounts of incidents without a file. Not sent as they are: what is told of them stands in the note and among the incidents."""
    priority: Priority | None = None
    """How urgent its referral is, for receivers that ask for it."""
    like: LikeAccounts = LikeAccounts()
    """Other accounts with the same files, or ones near them. They stand in the note too, for receivers that have no other place for it."""

    def __post_init__(self) -> None:
        require_utc("incident_at", self.incident_at)

"""Referrals: one report to one authority, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.checks import require_range, require_utc
from wardline.records.ids import require_id


class ReferralState(StrEnum):
    """Where a referral stands. Every state is durable before the remote call that leaves it."""

    DRAFT = "draft"
    """Built and checked; nothing sent."""
    OPENING = "opening"
    """A submit may have been sent; its answer is not stored yet."""
    OPENED = "opened"
    """The authority's report id is stored; files are being attached."""
    FINISHING = "finishing"
    """All files are attached; a finish may have been sent."""
    RETRACTING = "retracting"
    """Something was uncertain: the open report is withdrawn before a new one is opened."""
    FINISHED = "finished"
    """The receipt is stored."""
    NEEDS_HUMAN = "needs-human"
    """Wardline will not guess: a person looks, an alarm is raised."""
    WITHDRAWN = "withdrawn"
    """Its decision was overturned before it was filed: nothing of it was reported, and nothing will be."""
    JOINED = "joined"
    """Its files are in the report of another referral about the same account, and it ends as that one does."""


class Priority(StrEnum):
    """How urgent a report is. A machine raises it and never lowers it.

    Source: SI 2026/268, regulation 6, as second-hand readers quote it; which report is of which is our reading, see ``referral.assign``.
    """

    FIRST = "1"
    """A child may be in danger now. Filed at once, by one person."""
    SECOND = "2"
    """Serious harm is possible soon."""
    THIRD = "3"
    """Everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFile:
    """How far one file has got."""

    item_id: str
    remote_file_id: str | None = None
    described: bool = False
    """True when its details were accepted."""
    copy_of: str | None = None
    """Of a batched report: the item that is attached for this one, which is the same byte for byte. None: it is attached itself."""
    in_text: bool = False
    """It is an account in words, which stands in the report itself: nothing of it is attached."""
    named: tuple[str, ...] = ()
    """The cases of other accounts that the report names as having this file or one near it, as it was opened. Empty before that, and in one from
    before this was noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A referral whose files are in the report of another one."""

    referral_id: str
    case_id: str
    decision_id: str
    batched: bool = False
    """True: about another account that spread the same file, in a batched report. False: about the same account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackTaking:
    """That a person took a pack, to file it."""

    pack_id: str
    user_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    id: str
    case_id: str
    decision_id: str
    authority: str
    """Name of the adapter: ``"ncmec"``."""
    environment: str
    """``"sandbox"``, ``"test"`` or ``"production"``."""
    state: ReferralState
    created_at: datetime
    files: tuple[ReferralFile, ...]
    remote_id: str | None = None
    """The authority's id of the open or finished report."""
    orphans: tuple[str, ...] = ()
    """Remote reports that were opened and given up, for the log."""
    in_flight: bool = False
    """True while a call may be on its way: after a crash its outcome is unknown."""
    attempts: int = 0
    """Failed calls since the last that succeeded."""
    problem: str | None = None
    """What went wrong last, in a fixed phrase."""
    finished_at: datetime | None = None
    version: int = 1
    corrects: str | None = None
    """Id of the finished referral that this one corrects; None for one that reports something."""
    priority: Priority | None = None
    """None in one from before there were priorities."""
    clock_from: datetime | None = None
    """When what it reports was known: the first decision that found it, or the danger for which it was raised. With ``due_at`` the clock that the
    settings give its priority."""
    due_at: datetime | None = None
    """When it shall be filed at the latest; None where there is no clock."""
    waits_until: datetime | None = None
    """It waits for a second person, and is filed then whether or not one came; None: it waits for nobody."""
    check_by: datetime | None = None
    """When a second person shall have looked at it, because it is filed without one; None: nobody has to."""
    second_by: str | None = None
    """The person beside the one who decided: who approved it, or checked it afterwards."""
    second_at: datetime | None = None
    completeness: int | None = None
    """How much of what police need was in it when it was filed, 0 to 100 by weight; None before that."""
    joined: str | None = None
    """Id of the referral in whose report its files are; None for one with a report of its own."""
    bundle: tuple[Bundled, ...] = ()
    """Those that joined this one. Their files are among ``files``."""
    alone: bool = False
    """It is filed by itself: a report that held it together with others did not get through."""
    reference: str | None = None
    """What a person recorded as the receiver's reference, spelled as references are compared; no two reports to a receiver share one."""
    takings: tuple[PackTaking, ...] = ()
    """Who took its packs while they waited to be filed, oldest first."""
    sent_at: datetime | None = None
    """When what opened its report was built: it says nothing that was known later. None before one was opened, and in one from before this was
    noted."""

    def __post_init__(self) -> None:
        require_id("referral", self.id)
        require_utc("created_at", self.created_at)
        require_utc("finished_at", self.finished_at)
        for field in ("clock_from", "due_at", "waits_until", "check_by", "second_at", "sent_at"):
            require_utc(field, getattr(self, field))
        if self.completeness is not None:
            require_range("completeness", self.completeness, 0, 100)
        if (self.second_by is None) != (self.second_at is None):
            raise InputError(f"referral {self.id}: a second person and a time belong together")
        if self.joined is not None and self.bundle:
            raise InputError(f"referral {self.id}: joined another one and holds others, expected one of both")
        if self.state is ReferralState.JOINED and self.joined is None:
            raise InputError(f"referral {self.id}: joined without the id of the other one, expected it")
        if len({each.batched for each in self.bundle}) > 1:
            raise InputError(
                f"referral {self.id}: holds some of its account and some of others, expected one of both"
            )

    @property
    def said_until(self) -> datetime | None:
        """Until when what its finished report says was known; None of one that is not finished."""
        return None if self.finished_at is None else self.sent_at or self.finished_at

    @property
    def case_ids(self) -> tuple[str, ...]:
        """The cases that its report is about, its own first."""
        return (self.case_id, *(each.case_id for each in self.bundle))

    @property
    def names(self) -> frozenset[str]:
        """The cases of other accounts that its report names, as it was opened."""
        return frozenset(case_id for file in self.files for case_id in file.named)

    @property
    def batched(self) -> bool:
        """Whether its report is a batched one: one file, and the accounts that spread it. True of the lead and of those that joined it."""
        return any(each.batched for each in self.bundle) or any(
            each.copy_of is not None for each in self.files
        )

    @property
    def attached(self) -> tuple[ReferralFile, ...]:
        """The files that are sent themselves; of a batched report one, of an incident in words none."""
        return tuple(each for each in self.files if each.copy_of is None and not each.in_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityAnswer:
    """What an authority answered to one call."""

    remote_id: str | None
    """Report id, or file id after an upload."""
    request_id: str | None
    """The authority's id of this exchange, wanted by its support."""
    body: bytes
    """The answer exactly as received."""
    awaits_filing: bool = False
    """After a finish: the receiver has nothing yet. A person files what was made, and records the receiver's reference."""
    files: tuple[str, ...] | None = None
    """After a finish: the receiver's ids of the files that it says it has; None where its answers do not list them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The authority's final answer, byte for byte. It starts the preservation period."""

    id: str
    referral_id: str
    remote_id: str
    received_at: datetime
    body: bytes
    original: bool = True
    """False when the answer to the finishing call was lost and this is the authority's later confirmation that the report is finished."""

    def __post_init__(self) -> None:
        require_id("receipt", self.id)
        require_utc("received_at", self.received_at)

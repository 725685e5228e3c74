"""Cases, reveals and decisions: what people see and what they decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardline.errors import InputError
from wardline.records.category import Category
from wardline.records.checks import require_range, require_text, require_utc
from wardline.records.ids import require_id
from wardline.records.queues import Drawn, Glance, Standing, Target
from wardline.records.report_incidents import GRAVEST_KINDS, IncidentKind
from wardline.records.telling import require_told
from wardline.records.urgency import Lane, Place, Urgency


class CaseState(StrEnum):
    OPEN = "open"
    """Waiting for a moderator, or claimed by one while the lease lasts."""
    DECIDED = "decided"
    """Decided; the undo window is running."""
    CLOSED = "closed"
    """The decision took effect."""


class Stage(StrEnum):
    """Whose opinion a case waits for."""

    FIRST = "first"
    """Nobody's is in yet."""
    SECOND = "second"
    """Another person's, who does not see the first."""
    ADJUDICATION = "adjudication"
    """A third person's, for two differed."""
    APPEAL = "appeal"
    """Somebody's who had no part in what is appealed against."""
    AUDIT = "audit"
    """A person's on what was decided without one: a decision that spread."""


class Outcome(StrEnum):
    VIOLATION = "violation"
    NOT_VIOLATION = "not-a-violation"
    OTHER_RULE = "other-rule"
    """Nothing to report, but the platform's own rules forbid it: the content goes, the account gets a strike."""
    CANNOT_TELL = "cannot-tell"
    """Back to the queue, for somebody else."""


class DecisionState(StrEnum):
    PENDING = "pending"
    """May still be undone."""
    GIVEN = "given"
    """In, and without effect of its own: it waits for other people's opinions, or was counted with them."""
    EFFECTIVE = "effective"
    UNDONE = "undone"
    OVERTURNED = "overturned"
    """It took effect, and a later decision took it back."""


class ReportAnnotation(StrEnum):
    """Annotations of a whole report. Source: CyberTipline schema, November 2025, ``reportAnnotations``."""

    SEXTORTION = "sextortion"
    CSAM_SOLICITATION = "csamSolicitation"
    MINOR_TO_MINOR_INTERACTION = "minorToMinorInteraction"
    SPAM = "spam"
    SADISTIC_ONLINE_EXPLOITATION = "sadisticOnlineExploitation"


class FileAnnotation(StrEnum):
    """Annotations of one file. Source: CyberTipline schema, November 2025, ``fileAnnotations``."""

    ANIME_DRAWING_VIRTUAL_HENTAI = "animeDrawingVirtualHentai"
    POTENTIAL_MEME = "potentialMeme"
    VIRAL = "viral"
    POSSIBLE_SELF_PRODUCTION = "possibleSelfProduction"
    PHYSICAL_HARM = "physicalHarm"
    VIOLENCE_GORE = "violenceGore"
    BESTIALITY = "bestiality"
    LIVE_STREAMING = "liveStreaming"
    INFANT = "infant"
    GENERATIVE_AI = "generativeAi"


class Reply(StrEnum):
    """What a person says to a question that police sort by. No reply is another thing than "not sure"."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not-sure"


ASKED = (FileAnnotation.POTENTIAL_MEME, FileAnnotation.GENERATIVE_AI, FileAnnotation.VIRAL)
"""The annotations that are asked for one by one, for police sort by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reply to one of the questions."""

    about: FileAnnotation
    """One of ``ASKED``."""
    reply: Reply

    def __post_init__(self) -> None:
        if self.about not in ASKED:
            raise InputError(f"answer: {self.about} is not asked, expected one of {', '.join(ASKED)}")


GENERAL_QUEUE = "general"
"""Where a case waits that no queue of the settings is made for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One matter for one decision: an account and the files that point at it."""

    id: str
    opened_at: datetime
    account_reference: str
    """Empty once unlinked."""
    item_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why it is here, in words."""
    restricted: bool
    """The content is hidden on the platform while this is decided; of a closed case: hidden or gone, by what was decided."""
    state: CaseState
    claimed_by: str | None = None
    """User id."""
    lease_until: datetime | None = None
    """The claim ends here unless it is renewed."""
    passed_by: tuple[str, ...] = ()
    """Users to whom it is not handed any more: they could not tell, passed it on, or their opinion is in."""
    decision_id: str | None = None
    """The newest decision."""
    version: int = 1
    held_until: datetime | None = None
    """Set aside: it is handed to nobody before this time."""
    escalated_by: str | None = None
    """Who handed it to the leads; from then on only leads take it, and they get it first."""
    imminent_since: datetime | None = None
    """Since when it is known that a child may be in danger now: then it comes before everything else."""
    lane: Lane | None = None
    """With the turns the place in the order, see ``Place``; None in a case from before there was one: then its age decides."""
    views_turn: float | None = None
    delay_turn: float | None = None
    urgency: Urgency | None = None
    """What the place was computed from."""
    stage: Stage = Stage.FIRST
    queue: str = GENERAL_QUEUE
    """The queue that it waits in, by its name in the settings, 1 to 64 characters."""
    due_at: datetime | None = None
    """When it shall be decided at the latest, by the target of its class; None where there is none."""
    cluster_id: str | None = None
    """The cluster of near-duplicates that its first file belongs to; None in a case from before there were clusters."""
    target: Target | None = None
    """The class whose target ``due_at`` is; None where there is none."""
    score_turn: float | None = None
    """Minus the probability of a violation, -1 to 0: its place where the likeliest come first. None in a case without a place."""
    lot: float | None = None
    """Its place among all cases as chance made it, 0 to 1; None in a case from before cases were drawn by lot."""
    drawn: Drawn | None = None
    """Why it was handed out before its turn, if it was."""
    claimed_at: datetime | None = None
    """When the newest claim began, whether or not it lasts."""
    declined_by: tuple[str, ...] = ()
    """Those of ``passed_by`` who passed it on and said nothing about it: they may still take it if they choose to."""
    diverted_by: str | None = None
    """The lead who put it into its queue; None where the settings' rules did."""
    certificate_id: str | None = None
    """Under which the machine acted on its content: while this is set it waits behind all others, and is drawn by age and by lot. None once
    anything else points at it, and for every other case."""

    def __post_init__(self) -> None:
        require_id("case", self.id)
        require_utc("opened_at", self.opened_at)
        require_utc("lease_until", self.lease_until)
        require_utc("held_until", self.held_until)
        require_utc("imminent_since", self.imminent_since)
        require_utc("due_at", self.due_at)
        require_utc("claimed_at", self.claimed_at)
        for field, low in (("score_turn", -1.0), ("lot", 0.0)):
            if (value := getattr(self, field)) is not None:
                require_range(field, value, low, low + 1.0)
        require_text("queue", self.queue, most=64)
        if not self.item_ids:
            raise InputError(f"case {self.id}: no items, expected at least one")
        if (self.claimed_by is None) != (self.lease_until is None):
            raise InputError(f"case {self.id}: a claim and a lease belong together")
        if self.lane is not None:
            Place(lane=self.lane, views_turn=self.views_turn, delay_turn=self.delay_turn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """One showing of one picture's full pixels to one person, logged before the bytes leave.

    The viewed flag of a report, the exposure count and the view audit all read this record.
    """

    id: str
    case_id: str
    item_id: str
    user_id: str
    at: datetime
    frame: int
    """Which frame was shown, from 0; always 0 for a still picture."""
    seconds: int = 60
    """It is covered by itself after so many seconds, 1 to 60."""
    number: int | None = None
    """Which of this person's showings it is, from 1: two at the same moment cannot both be the next. None in one from before there was it."""

    def __post_init__(self) -> None:
        require_id("reveal", self.id)
        require_utc("at", self.at)
        require_range("frame", self.frame, 0, 2**31)
        require_range("seconds", self.seconds, 1, 60)
        require_range("number", self.number if self.number is not None else 1, 1, 2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """The end of one showing: from here on the person did not see the picture any more. A showing without one lasted a minute at most."""

    id: str
    reveal_id: str
    user_id: str
    at: datetime

    def __post_init__(self) -> None:
        require_id("covering", self.id)
        require_utc("at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a person wrote for colleagues about a case: why it is held, handed to a lead, or was decided like that."""

    id: str
    case_id: str
    user_id: str
    at: datetime
    text: str
    """1 to 2,000 characters, in one line."""

    def __post_init__(self) -> None:
        require_id("note", self.id)
        require_utc("at", self.at)
        require_text("note", self.text, most=2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a decision says of one file, or of the account of an incident without one."""

    item_id: str
    category: Category | None = None
    """None when the file itself is not a violation, or nobody viewed it."""
    annotations: tuple[FileAnnotation, ...] = ()
    incident: IncidentKind | None = None
    """Of which kind the incident is; of an account in words only, which has no category."""

    def __post_init__(self) -> None:
        if self.incident is not None:
            require_told("incident", self.incident)
            if self.category is not None or self.annotations:
                raise InputError(
                    f"finding {self.item_id}: an incident with a category or annotations of a file, expected one of both"
                )

    @property
    def grade(self) -> Category | IncidentKind | None:
        """What makes it a violation; None where it is none, or nobody viewed it."""
        return self.category or self.incident

    @property
    def is_gravest(self) -> bool:
        """Whether it is of category A, or of a kind of incident as grave."""
        return self.category in (Category.A1, Category.A2) or self.incident in GRAVEST_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one person decided about one case."""

    id: str
    case_id: str
    user_id: str
    at: datetime
    outcome: Outcome
    findings: tuple[Finding, ...]
    annotations: tuple[ReportAnnotation, ...]
    escalation: str | None
    """Why the authority should look at once; filled only when a child may be in danger now. At most 3,000 characters."""
    undo_until: datetime
    state: DecisionState = DecisionState.PENDING
    version: int = 1
    answers: tuple[Answer, ...] = ()
    """At most one to each question; empty where nobody was asked."""
    spread_from: tuple[str, ...] = ()
    """The decisions that this one follows from, for the file is identical; then ``user_id`` is nobody's. Empty for a person's own."""
    second_opinion: bool = False
    """The person asked that another one decides too."""

    def __post_init__(self) -> None:
        require_id("decision", self.id)
        require_utc("at", self.at)
        require_utc("undo_until", self.undo_until)
        if self.escalation is not None:
            require_text("escalation", self.escalation, most=3000)
        if len({answer.about for answer in self.answers}) != len(self.answers):
            raise InputError("decision: two answers to one question, expected one")
        if self.outcome is Outcome.VIOLATION and not any(finding.grade for finding in self.findings):
            raise InputError(
                "decision: a violation without a category, expected A1, A2, B1 or B2 for at least one file, or the kind of an incident"
            )
        if self.outcome is not Outcome.VIOLATION and (
            self.annotations or any(finding.grade for finding in self.findings)
        ):
            raise InputError("decision: categories and annotations belong to a violation, expected none")


def standing_of(case: Case) -> Standing:
    """Give what the order needs of a case."""
    return Standing(
        id=case.id, opened_at=case.opened_at, lane=case.lane, views_turn=case.views_turn, delay_turn=case.delay_turn,
        cluster_id=case.cluster_id,
    )  # fmt: skip


def glance_at(case: Case) -> Glance:
    """Give what tells the kind of work that a case is."""
    return Glance(id=case.id, opened_at=case.opened_at, queue=case.queue, urgency=case.urgency)

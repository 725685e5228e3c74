"""An installation with one of everything that the console shows. All pictures are drawn by code."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from PIL import Image

from tests.acceptance.stories import violation
from tests.acceptance.test_an_incident_without_a_file import told
from tests.browser import reports
from tests.web.exchange import exchanges
from wardline import plugins, records
from wardline.pipeline import (
    Complaint,
    Flagged,
    Rules,
    alarms,
    approvals,
    certified,
    destroying,
    people,
    preserving,
    vics_export,
)
from wardline.pipeline.automation_rules import AutomationRules, AutomationScope
from wardline.records import (
    AlarmKind,
    ApprovalKind,
    Arm,
    CaseState,
    Category,
    CategoryMeaning,
    CertificateState,
    FactKind,
    HoldCause,
    HoldState,
    Insert,
    KeyTrust,
    ListMeaning,
    ListTerms,
    ListTrust,
    Outcome,
    PreservationBasis,
    Role,
    Stage,
    SyncState,
    Tallied,
    Tally,
    Verb,
    Verdict,
)
from wardline.review import Judgement, QueueRule
from wardline.testing import pictures
from wardline.testing import store_records as make
from wardline.testing import store_records_certificates as of_certificates
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, REPORTER, START, Line
from wardline.testing.platform_sandbox import PlatformSandbox

PASSWORD = "a long enough password"
_PARTS = {
    # Hashing is slow on purpose; here nobody gains by that.
    "password_hasher": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
    "category_profiles": {
        "theirs": records.CategoryProfile(
            document="UK",
            categories={
                "1": CategoryMeaning.A1,
                "2": CategoryMeaning.A2,
                "3": CategoryMeaning.B1,
                "4": CategoryMeaning.B2,
            },
        )
    },
    "write_vics": plugins.load("hash_lists", "vics-writer"),
}
_AUTOMATION = AutomationRules(
    scopes=(
        AutomationScope(
            name="posts of strangers", surfaces=("group",), detector="reference", detector_version="1"
        ),
    )
)
_RULES = Rules(
    reporter=REPORTER,
    automation=_AUTOMATION,
    queues=(QueueRule(name="german", languages=("de",), skills=("german",), target_hours=12),),
    filing=reports.RULES,
)
HELD = 24
"""More entries are held than a page shows."""
_DRAWN = 8
"""So many different scenes are enough where many cases wait."""
PEOPLE = {
    "mika": Role.MODERATOR,
    "noor": Role.MODERATOR,
    "lea": Role.LEAD,
    "ada": Role.ADMIN,
    "otto": Role.AUDITOR,
}


@dataclass
class Furnished:
    """The installation, and what stands in it."""

    line: Line
    users: dict[str, records.User]
    ids: dict[str, list[str]]
    """Records to open, by the name of the place in an address: ``case_id`` and so on."""
    also: list[tuple[str, str]] = field(default_factory=list)
    """Pages below a record that look otherwise than those of the first one: who opens them, and the address."""
    reports: dict[str, str] = field(default_factory=dict)
    """Referrals by what is seen of them; see ``tests.browser.reports``."""

    def case(
        self, of: bytes, *, account: str = "account-1", flag: str | None = "looks-wrong"
    ) -> records.Case:
        """Let somebody upload a file, and open a case about it."""
        return self.line.case_of(self.line.submit(of, account=account, flag=flag))


@cache
def picture(seed: int) -> bytes:
    """Draw a small harmless scene."""
    return pictures.encode(pictures.scene(seed, (96, 64)))


@cache
def animation() -> bytes:
    """Draw three scenes, one after the other."""
    frames = [pictures.scene(seed, (96, 64)) for seed in (101, 102, 103)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=200)
    return file.getvalue()


@cache
def large() -> Image.Image:
    """Draw a scene that is larger than a narrow window."""
    return pictures.scene(7, (800, 600))


@contextmanager
def furnished(folder: Path) -> Iterator[Furnished]:
    """Make the installation."""
    clock = VirtualClock(START)
    by_hand = reports.receivers(folder / "packs", clock)
    with (
        AuthoritySandbox(clock_now=clock.now) as authority,
        PlatformSandbox(PLATFORM_SECRET, now=clock.now) as platform,
        Line(
            folder,
            clock=clock,
            authority=authority,
            platform=platform,
            rules=_RULES,
            replaced=_PARTS | {"exchanges": exchanges(), "receivers": by_hand},
        ) as line,
    ):
        users = {name: people.create_user(line.parts, name, role, PASSWORD) for name, role in PEOPLE.items()}
        made = Furnished(line, users, {})
        _lists(made)
        _requests(made)
        _given_out(made)
        room = reports.Room(made, by_hand)
        room.furnish()
        _cases(made)
        _clusters(made)
        _certificates(made)
        _rest(made)
        room.open()
        yield made


@contextmanager
def busy(folder: Path, cases: int) -> Iterator[Furnished]:
    """Make an installation where this many cases wait for a moderator, in a row, and nothing else."""
    with Line(folder, replaced=_PARTS) as line:
        users = {name: people.create_user(line.parts, name, role, PASSWORD) for name, role in PEOPLE.items()}
        made = Furnished(line, users, {})
        for place in range(cases):
            made.case(picture(place % _DRAWN), account=f"account-{place}")
            line.clock.advance(timedelta(seconds=1))
        yield made


def _lists(made: Furnished) -> None:
    line = made.line
    first = line.list_of(
        [picture(1), picture(2), pictures.encode(large())], name="known pictures", category=Category.A2
    )
    second = line.wardline.add_list(
        line.list_file([picture(3)], "waiting"), name="waiting for a second person", provenance="made for a test",
        trust=ListTrust.UNVERIFIED, user=made.users["ada"],
    )  # fmt: skip
    fetched = _fetched(made)
    made.ids["hash_list_id"] = [fetched.id, first.id, second.hash_list.id]
    made.ids["approval_id"] = [second.approval.id]


def _fetched(made: Furnished) -> records.HashList:
    """Make a list from an exchange, with all that may stand on its page."""
    line, ada, now = made.line, made.users["ada"], made.line.clock.now()
    terms = ListTerms(
        trust=ListTrust.VERIFIED, meaning=ListMeaning.EXPLOITATIVE, radius_bits=20, surfaces=("post", "avatar", "direct-message", "story"),
    )  # fmt: skip
    added = line.wardline.subscribe(
        "county",
        name="fetched each hour",
        provenance="under the contract of 12 January",
        terms=terms,
        user=ada,
    )
    line.wardline.run_sync(added.sync.id)
    line.wardline.preview_list(added.hash_list.id, user=ada)
    line.wardline.propose_activation(added.hash_list.id, user=ada)
    about = {"list_id": added.hash_list.id}
    causes = list(HoldCause)
    rest: list[records.Change] = [
        Insert(make.held_entry(**about, entry_id=f"{make.new_id('hash-batch')}:{place}", cause=causes[place % 3], held_at=now))
        for place in range(HELD)
    ]  # fmt: skip
    refused = {"state": SyncState.REFUSED, "problem": "refused"}
    rest += [
        Insert(make.list_sync(**about, asked_at=now - timedelta(hours=place), ended_at=now, added=1_204 * place, pages=3,
                              **(refused if place == 2 else {"state": SyncState.DONE})))
        for place in range(1, 15)
    ]  # fmt: skip
    rest += [
        Insert(make.list_feedback(**about, created_by=ada.id, created_at=now, verdict=verdict)) for verdict in Verdict
    ]  # fmt: skip
    rest += [
        Tally(**about, day=(now - timedelta(days=place)).date(), what=what, count=(place * 7) % 40 + number)
        for place in range(12)
        for number, what in enumerate(Tallied)
    ]
    line.store.commit(*rest, entries=[line.parts.entry(Verb.HASH_LIST_CHANGED, added.hash_list.id)])
    return line.store.hash_list(added.hash_list.id)


def _cases(made: Furnished) -> None:
    """Cases in every state: reported, undecided in its window, held, with the leads, passed on, in somebody's hands, free."""
    line, wardline = made.line, made.line.wardline
    mika, noor, lea = made.users["mika"], made.users["noor"], made.users["lea"]

    reported = made.case(picture(1), flag=None)
    wardline.claim(reported.id, user=mika)
    wardline.reveal(reported.id, item_id=reported.item_ids[0], user=mika)
    wardline.add_fact(reported.id, user=mika, kind=FactKind.LOCATION, text="a town by the sea")
    danger = replace(violation(reported), escalation="A message says that they meet today.")
    wardline.decide(reported.id, user=mika, judgement=danger)
    line.pass_time(timedelta(hours=1))

    undecided = made.case(picture(2), flag=None)
    wardline.claim(undecided.id, user=lea)
    wardline.decide(undecided.id, user=lea, judgement=violation(undecided))

    passed = made.case(picture(11), flag="hard-to-tell")
    wardline.claim(passed.id, user=noor)
    wardline.decide(passed.id, user=noor, judgement=Judgement(outcome=Outcome.CANNOT_TELL))

    held = made.case(picture(12))
    wardline.claim(held.id, user=mika)
    wardline.hold_case(
        held.id, user=mika, until=line.clock.now() + timedelta(days=1), note="An answer is on its way."
    )

    escalated = made.case(picture(13))
    wardline.claim(escalated.id, user=mika)
    wardline.escalate(escalated.id, user=mika, note="Two lists do not agree.")

    # Before anything is claimed: time goes by in it, and leases end.
    appealed = _appealed(made)
    theirs = made.case(
        picture(14), account="an-account-with-a-name-that-goes-on-and-on-without-any-place-to-break-it"
    )
    wardline.claim(theirs.id, user=noor)
    mine = made.case(pictures.encode(large()), flag="looks-wrong")
    wardline.claim(mine.id, user=lea)
    unreadable = made.case(pictures.damaged(pictures.Damage.TRUNCATED).content, flag=None)
    moving = made.case(
        animation(), flag="A reason in a user's own words, which may be long, and may hold <b>marks</b>."
    )
    words = [
        line.case_of(
            line.wardline.tell(
                told(account_reference=f"account-in-words-{place}"), api_key=line.platform_key().record
            )
        )
        for place in range(2)
    ]
    wardline.claim(words[0].id, user=lea)
    free = [made.case(picture(20 + place)) for place in range(3)]
    shown = [
        reported,
        undecided,
        passed,
        held,
        escalated,
        theirs,
        mine,
        *appealed,
        unreadable,
        moving,
        *words,
        free[0],
    ]
    made.ids["case_id"] = [mine.id, *(each.id for each in shown if each is not mine)]
    made.ids["words_id"] = [words[0].id]
    made.ids["item_id"] = [mine.item_ids[0]]
    made.ids["referral_id"] = [each.id for each in line.store.referrals()]


def _appealed(made: Furnished) -> tuple[records.Case, records.Case]:
    """Make two cases that were appealed: one waits for an answer, one was overturned; both with strikes and flags of their account."""
    line, wardline = made.line, made.line.wardline
    mika, noor, lea = made.users["mika"], made.users["noor"], made.users["lea"]
    key = line.platform_key(trust=KeyTrust.TRUSTED).record
    cases = [
        line.case_of(
            line.submit(
                picture(40 + place), account="account-40", content_reference=f"post-{place}", flag="spam"
            )
        )
        for place in range(2)
    ]
    for case in cases:
        wardline.claim(case.id, user=mika)
        note = "Advertising, posted again and again."
        wardline.decide(case.id, user=mika, judgement=Judgement(outcome=Outcome.OTHER_RULE, note=note))
    line.pass_time(timedelta(hours=1))
    for place in range(2):
        said = (
            "It is a picture of our garden, and nobody is in it. I only asked who wants the apples this year."
        )
        complaint = Complaint(text=said, account_reference="account-40", content_reference=f"post-{place}")
        wardline.appeal(complaint, api_key=key)
    wardline.claim(cases[1].id, user=lea)
    wardline.decide(cases[1].id, user=lea, judgement=Judgement(outcome=Outcome.NOT_VIOLATION))
    line.pass_time(timedelta(hours=1))
    flagged = Flagged(
        reason="child-safety", flagger=records.Flagger.TRUSTED_FLAGGER, item_id=cases[0].item_ids[0]
    )
    for _ in range(3):
        wardline.flag(flagged, api_key=key)
    wardline.claim(cases[0].id, user=noor)
    wardline.return_case(cases[0].id, user=noor)
    return cases[0], cases[1]


def _clusters(made: Furnished) -> None:
    """Clusters: one of which something spread, in two pages; one that is stopped; one in which an opinion is awaited; one of one case."""
    line = made.line
    far = line.clock.now() + timedelta(days=365)
    made.ids["cluster_id"] = []
    for stopped, awaited, size in (
        (None, False, 60),
        (line.clock.now(), False, 3),
        (None, True, 3),
        (None, False, 1),
    ):
        cluster = make.cluster(opened_at=line.clock.now(), stopped_at=stopped)
        kept: list[object] = [cluster]
        for number in range(size):
            is_asked = awaited and number == 0
            case = make.case(
                cluster_id=cluster.id, account_reference="account-of-a-copy", restricted=number % 2 == 0,
                state=CaseState.OPEN if is_asked else CaseState.CLOSED, stage=Stage.SECOND if is_asked else Stage.FIRST,
                claimed_by="user-elsewhere" if is_asked else None, lease_until=far if is_asked else None,
            )  # fmt: skip
            kept += [case, make.cluster_member(
                cluster_id=cluster.id, file_id="file-of-many" if number % 3 else f"file-{number:026}", case_id=case.id,
                joined_at=line.clock.now(), distance_bits=number % 32, spread_id="spread-1" if number % 3 == 1 else None,
                near_spread_id="spread-2" if number % 3 == 2 else None,
            )]  # fmt: skip
        if size > 1:
            kept += [
                make.cluster_vote(cluster_id=cluster.id, user_id=f"user-{number}") for number in range(2)
            ]
            kept += [
                make.cluster_vote(
                    cluster_id=cluster.id, user_id="user-3", outcome=Outcome.NOT_VIOLATION, category=None
                )
            ]
            kept += [
                make.spread(cluster_id=cluster.id, begun_at=line.clock.now(), decided=1234, sampled=61, stopped_at=stopped, withdrawn_at=stopped),
                make.spread(
                    cluster_id=cluster.id, target=cluster.id, category=None, begun_at=line.clock.now(), put_in_front=777,
                    stopped_at=line.clock.now(),
                ),
            ]  # fmt: skip
        line.store.commit(*map(Insert, kept), entries=[line.parts.entry(Verb.CLUSTER_OPENED, cluster.id)])
        made.ids["cluster_id"].append(cluster.id)


def _certificates(made: Furnished) -> None:
    """Add an arm that stands and is watched, one that waits for a second person, and one that was suspended."""
    line, (scope,) = made.line, _AUTOMATION.scopes
    now = line.clock.now()
    given = {
        "scope": scope.name, "conditions": certified.conditions_now(line.parts, scope), "made_at": now, "evidence_since": now,
        "proposed_by": made.users["ada"].id, "expires_at": now + timedelta(days=180), "approved_by": made.users["lea"].id,
        "approved_at": now,
    }  # fmt: skip
    standing = of_certificates.certificate(number=2, **given)
    suspended = of_certificates.certificate(
        **given, state=CertificateState.SUSPENDED, ended_at=now, reason="Users complained about drawings"
    )
    proposed = of_certificates.certificate(
        **{
            **given,
            "arm": Arm.ACT,
            "state": CertificateState.PROPOSED,
            "approved_by": None,
            "approved_at": None,
        }
    )
    watch = of_certificates.certificate_watch(certificate_id=standing.id, capital=(3.0, 5.0, 6.0))
    changes = [Insert(each) for each in (standing, suspended, proposed, watch)]
    line.store.commit(*changes, entries=[line.parts.entry(Verb.CERTIFICATE_APPROVED, standing.id)])
    approval = approvals.proposal(
        line.parts, ApprovalKind.CERTIFY, proposed.id, proposed.version, made.users["ada"]
    )
    line.store.commit(Insert(approval), entries=[line.parts.entry(Verb.APPROVAL_PROPOSED, approval.id)])
    made.ids["certificate_id"] = [standing.id]


def _requests(made: Furnished) -> None:
    """Add requests to preserve, one that runs and one that was withdrawn, and requests to destroy: one that is done, one that waits."""
    line, lea, ada = made.line, made.users["lea"], made.users["ada"]
    asker = records.Asker(
        agency="An agency with a long name, Department of Things",
        reference="REF-2026/1",
        contact="officer@agency.invalid",
    )
    settled = [made.case(picture(30 + place), account="account-of-requests") for place in range(3)]
    for case in settled:
        line.wardline.claim(case.id, user=lea)
        line.wardline.decide(case.id, user=lea, judgement=Judgement(outcome=Outcome.NOT_VIOLATION))
    line.pass_time(timedelta(hours=1))
    whole = preserving.Wanted(
        basis=PreservationBasis.US_REQUEST, asker=asker, received_at=line.clock.now(), account="account-of-requests"
    )  # fmt: skip
    runs = line.wardline.preserve(whole, user=lea)
    line.wardline.extend_preservation(runs.id, reason="renewed request of today", user=lea)
    single = replace(whole, account=None, case_ids=(settled[0].id,))
    over = line.wardline.preserve(single, user=lea)
    line.wardline.end_preservation(over.id, why="withdrawn by letter", user=ada)
    proposed = []
    for case in settled[:2]:
        holds = tuple(hold.id for hold in line.store.holds_of(case.item_ids[0]))
        wanted = destroying.Wanted(
            asker=asker, reason="the agency's letter", received_at=line.clock.now(), item_ids=case.item_ids, despite=holds
        )  # fmt: skip
        proposed.append(line.wardline.propose_destruction(wanted, user=lea))
    line.wardline.approve(proposed[0][1].id, user=ada)
    line.run_due()
    made.ids["preservation_id"] = [runs.id, over.id]
    made.ids["destruction_id"] = [each.id for each, _ in proposed]


def _given_out(made: Furnished) -> None:
    """Add what goes to law enforcement: an export that can be taken, one that waits, and a held file that can be taken out."""
    line, lea, ada = made.line, made.users["lea"], made.users["ada"]
    cause = records.ExportCause(reason=records.ExportReason.POLICE_REQUEST, reference="OP-2026/17")
    case = made.case(picture(40), account="account-of-exports")
    line.wardline.claim(case.id, user=lea)
    line.wardline.decide(case.id, user=lea, judgement=violation(case, Category.B2))
    line.pass_time(timedelta(hours=1))
    wanted = vics_export.Wanted(case_ids=(case.id,), profile="theirs", cause=cause)
    exports = [line.wardline.propose_export(wanted, user=lea)]
    line.wardline.approve(exports[0][1].id, user=ada)
    exports.append(line.wardline.propose_export(wanted, user=lea))
    made.ids["export_id"] = [each.id for each, _ in exports]
    holds = line.store.holds_of(case.item_ids[0])
    made.ids["hold_id"] = [each.id for each in holds if each.state is HoldState.ACTIVE]


def _rest(made: Furnished) -> None:
    line = made.line
    key = line.platform_key(trust=KeyTrust.TRUSTED).record
    made.ids["api_key_id"] = made.ids["key_id"] = [key.id]
    made.ids["user_id"] = [made.users["lea"].id, made.users["mika"].id]
    alarms.raise_alarm(
        line.parts, AlarmKind.LIST_STALE, made.ids["hash_list_id"][0], "The list was not renewed for 40 days."
    )
    made.ids["position"] = ["0"]
    made.ids["alarm_id"] = [each.id for each in line.store.open_alarms()]
    line.sequence()

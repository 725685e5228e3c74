"""Evidence is never destroyed early and never kept for longer than a sweep after its time, whatever happens in whatever order.

What has to be kept is said here once more, in the words of the law and of the settings, and compared with what the pipeline does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.made import NOW, context, finding
from wardline import intake, preservation, records, review
from wardline.adapters import hash_lists
from wardline.adapters.indexes.hamming import MemoryIndex
from wardline.adapters.stores import MemoryStore
from wardline.adapters.wordings import Operator, TemplateWording
from wardline.errors import AuthorityUnreachableError, ConflictError
from wardline.pipeline import Parts, Rules, Wardline, destroying, fencing, people, preserving
from wardline.pipeline.preserve import sweep
from wardline.pipeline.tasks import TASKS
from wardline.records import KeyTrust, Outcome, PreservationBasis
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM, REPORTER

ASKER = records.Asker(agency="An agency", reference="REF-1", contact="officer@agency.invalid")
PERIODS = preservation.Periods()
EVENTS = (
    "violation", "innocent", "cannot-tell", "outage", "recovery", "work", "sweep",
    "requested", "ordered", "renewed", "withdrawn", "destroy", "fence", "lift",
)  # fmt: skip
DAYS = (0, 0, 1, 13, 14, 29, 30, 31, 200, 364, 365, 366)
timelines = st.lists(st.tuples(st.sampled_from(EVENTS), st.sampled_from(DAYS)), max_size=14)


class MemoryVault:
    """A ``ports.Vault`` in a dictionary."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}

    def seal(self, object_id: str, purpose: str, content: bytes) -> None:
        self.objects[object_id, purpose] = content

    def open(self, object_id: str, purpose: str) -> bytes:
        return self.objects[object_id, purpose]

    def destroy(self, object_id: str, purpose: str) -> None:
        self.objects.pop((object_id, purpose), None)

    def rewrap(self, object_id: str, purpose: str) -> bool:
        return False

    def inventory(self) -> Iterator[tuple[str, str, datetime]]:
        return iter([(name, purpose, NOW) for name, purpose in self.objects])


class NoMedia:
    """A ``ports.Media`` that can read nothing, so that every upload goes to a person."""

    def probe(self, content: bytes) -> records.Unscannable:
        return records.Unscannable(source="media", reason="unknown format")

    def hash(
        self, content: bytes, *, precision: records.Precision = records.Precision.EXACT
    ) -> records.Unscannable:
        return self.probe(content)

    def render(
        self,
        content: bytes,
        *,
        frame: int = 0,
        longest_side: int = 1600,
        rendition: records.Rendition = records.Rendition.FULL,
    ) -> records.Unscannable:
        return self.probe(content)

    def close(self) -> None:
        """Nothing to close."""


class Authority:
    """A ``ports.Authority`` that works or does not."""

    name, environment = "ncmec", "sandbox"

    def __init__(self) -> None:
        self.works = True
        self._numbers = count(1)

    def check(self, report: records.Report) -> tuple[str, ...]:
        return ()

    def preview(self, report: records.Report) -> records.Preview:
        return records.Preview(sections=(), documents=())

    def submit(self, report: records.Report) -> records.AuthorityAnswer:
        return self._answer()

    def attach(self, remote_id: str, file: records.ReportedFile, content: bytes) -> records.AuthorityAnswer:
        return self._answer()

    def finish(self, remote_id: str) -> records.AuthorityAnswer:
        return self._answer()

    retract = finish

    def _answer(self) -> records.AuthorityAnswer:
        if not self.works:
            raise AuthorityUnreachableError("authority: down")
        return records.AuthorityAnswer(remote_id=str(next(self._numbers)), request_id=None, body=b"<done/>")


@dataclass
class World:
    """One case and everything around it."""

    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW))
    vault: MemoryVault = field(default_factory=MemoryVault)
    authority: Authority = field(default_factory=Authority)
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        numbers = count(1)
        self.parts = Parts(
            store=self.store, vault=self.vault, media=NoMedia(), clock=self.clock, rules=Rules(reporter=REPORTER, periods=PERIODS),
            make_index=MemoryIndex, open_list=hash_lists.open_source, entropy=lambda size: next(numbers).to_bytes(size, "big"),
            idempotency_secret=b"i", log_origin="wardline.invalid/test", log_key=Ed25519PrivateKey.from_private_bytes(b"l" * 32),
            authority=self.authority, wording=TemplateWording(Operator(), {}),
        )  # fmt: skip
        self.wardline = Wardline(self.parts)
        key, _ = people.create_platform_key(
            self.parts, "k", PLATFORM, trust=KeyTrust.LOW, requests_per_minute=1
        )
        upload = intake.Upload(content=b"file", account_reference="account-1", context=context())
        self.item_id = str(self.wardline.submit(upload, api_key=key).item_id)
        self.case_id = self.store.cases()[0].id
        self.people = count(1)
        self.cleared_at: datetime | None = None
        self.lead = records.User(
            id=self.parts.new_id("user"), name="lead", role=records.Role.LEAD, password_hash="!", created_at=self.clock.now()
        )  # fmt: skip
        self.other = replace(self.lead, id=self.parts.new_id("user"), name="other")
        self.requests: dict[str, datetime] = {}
        """Until when each request asks, said once more."""
        self.is_destroyed = False
        """Two people agreed and were told of every hold."""

    def decide(self, outcome: Outcome) -> None:
        if self.store.case(self.case_id).state is not records.CaseState.OPEN:
            return
        user = records.User(
            id=self.parts.new_id("user"), name=f"user {next(self.people)}", role=records.Role.MODERATOR, password_hash="!",
            created_at=self.clock.now(),
        )  # fmt: skip
        findings = (finding(self.item_id),) if outcome is Outcome.VIOLATION else ()
        self.wardline.claim(self.case_id, user=user)
        self.wardline.decide(
            self.case_id, user=user, judgement=review.Judgement(outcome=outcome, findings=findings)
        )

    def work(self) -> None:
        """Do what is due, but the retries of the platform, which there is none of."""
        while due := [
            task
            for task in self.store.tasks
            if (task.not_before or NOW) <= self.clock.now() and task.name != "enforce"
        ]:
            task = due[0]
            TASKS[task.name](self.parts, task.record_id, task.attempt)
            self.store.tasks.remove(task)
            closed = self.store.case(self.case_id).state is records.CaseState.CLOSED
            if task.name == "conclude" and closed and not self.store.referrals():
                self.cleared_at = self.clock.now()

    def happen(self, event: str) -> None:
        match event:
            case "violation" | "innocent" | "cannot-tell":
                chosen = {
                    "violation": Outcome.VIOLATION,
                    "innocent": Outcome.NOT_VIOLATION,
                    "cannot-tell": Outcome.CANNOT_TELL,
                }
                self.decide(chosen[event])
            case "outage" | "recovery":
                self.authority.works = event == "recovery"
            case "work":
                self.work()
            case "requested" | "ordered" | "renewed" | "withdrawn":
                self.ask(event)
            case "destroy":
                self.destroy()
            case "fence":
                fencing.raise_(self.parts)
            case "lift":
                self.wardline.lift_fence(user=self.lead)
            case _:
                sweep(self.parts)

    def ask(self, event: str) -> None:
        """Let an agency ask, ask again, or withdraw the newest request."""
        now = self.clock.now()
        if event in ("requested", "ordered"):
            basis = PreservationBasis.US_REQUEST if event == "requested" else PreservationBasis.ORDER
            until = now + timedelta(days=40) if event == "ordered" else None
            wanted = preserving.Wanted(
                basis=basis, asker=ASKER, received_at=now, until=until, case_ids=(self.case_id,)
            )
            made = self.wardline.preserve(wanted, user=self.lead)
            if made.item_ids:  # else it came too late, and says so
                self.requests[made.id] = until or now + timedelta(days=90)
            return
        if not self.requests:
            return
        newest = list(self.requests)[-1]
        found = self.store.preservation(newest)
        if self.requests[newest] <= now:
            return
        if event == "withdrawn":
            self.wardline.end_preservation(newest, why="withdrawn", user=self.lead)
            self.requests[newest] = now
        elif found.basis is PreservationBasis.ORDER:
            self.requests[newest] += timedelta(days=7)
            self.wardline.extend_preservation(
                newest, reason="again", until=self.requests[newest], user=self.lead
            )
        elif not found.extensions:
            self.wardline.extend_preservation(newest, reason="renewed", user=self.lead)
            self.requests[newest] += timedelta(days=90)

    def destroy(self) -> None:
        """Have two people destroy it, told of each hold; where it is undecided or unfinished, that is refused."""
        running = tuple(
            hold.id for hold in self.store.holds_of(self.item_id) if hold.state is records.HoldState.ACTIVE
        )
        wanted = destroying.Wanted(
            asker=ASKER,
            reason="asked",
            received_at=self.clock.now(),
            item_ids=(self.item_id,),
            despite=running,
        )
        try:
            made, approval = self.wardline.propose_destruction(wanted, user=self.lead)
        except ConflictError:
            return
        self.wardline.approve(approval.id, user=self.other)
        destroying.carry_out(self.parts, made.id, 0)
        self.is_destroyed = True

    def kept_until(self) -> datetime | None:
        """Say until when the file must be kept; None while that is not known yet."""
        if self.store.case(self.case_id).state is not records.CaseState.CLOSED:
            return None
        referrals = self.store.referrals()
        asked = max(self.requests.values(), default=self.clock.now())
        if not referrals:
            assert self.cleared_at is not None
            return max(asked, self.cleared_at + timedelta(days=14))
        finished_at = referrals[0].finished_at
        return max(asked, a_year_after(finished_at)) if finished_at else None

    def is_kept(self) -> bool:
        return (self.item_id, "original") in self.vault.objects


def a_year_after(at: datetime) -> datetime:
    """Give the same day of the next year; for 29 February the day after its 28th."""
    is_leap_day = (at.month, at.day) == (2, 29)
    return (at + timedelta(days=1 if is_leap_day else 0)).replace(year=at.year + 1)


def live(timeline: Sequence[tuple[str, int]]) -> World:
    world = World()
    for event, days in [*timeline, ("sweep", 0)]:
        world.clock.advance(timedelta(days=days, minutes=2))
        world.happen(event)
        until = world.kept_until()
        if not world.is_destroyed and (until is None or world.clock.now() < until):
            assert world.is_kept(), (event, until)
        assert world.store.item(world.item_id).sealed == world.is_kept()
    return world


@pytest.mark.long
@settings(max_examples=2_000)
@given(timelines)
@example([("violation", 364), ("work", 365), ("work", 365), ("sweep", 1)])
def test_evidence_is_never_destroyed_early(timeline: list[tuple[str, int]]) -> None:
    live(timeline)


@settings(max_examples=300)
@given(timelines)
def test_evidence_does_not_outlive_its_time(timeline: list[tuple[str, int]]) -> None:
    world = live([*timeline, ("lift", 0), ("recovery", 0), ("work", 1), ("work", 1), ("sweep", 600)])
    until = world.kept_until()
    assert world.is_kept() == (until is None and not world.is_destroyed)


@pytest.mark.faults
@settings(max_examples=100_000)
@given(timelines)
def test_evidence_is_never_destroyed_early_in_a_long_search(timeline: list[tuple[str, int]]) -> None:
    live(timeline)

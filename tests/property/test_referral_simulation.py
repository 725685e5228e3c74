"""Whatever fails and wherever the process dies: one finished, complete report, never two.

A strict authority in memory, faults before and after every call, crashes around every call and every commit, and time that runs out. A hundred thousand seeds: ``tests/faults/test_simulated_delivery.py``.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar, assert_never

from wardline import errors, records, referral
from wardline.testing.authority_ledger import (
    NO_REPORT,
    RETRACTED,
    AuthorityLedger,
    LedgerRefusal,
    LedgerReport,
    Standing,
)

T = TypeVar("T")

START = datetime(2026, 3, 1, tzinfo=UTC)
ENTROPY = bytes(10)
MOST_STEPS = 3000
CALM_AFTER = 150  # steps, after which nothing fails any more


class CrashError(Exception):
    """The process dies here."""


@dataclass
class World:
    """One authority, one stored referral, and bad luck."""

    chance: random.Random
    fault_rate: float
    rejections: bool
    tells_restarts: bool = True
    in_words: bool = False
    now: datetime = START
    steps: int = 0
    ledger: AuthorityLedger = field(init=False)
    stored: records.Referral = field(init=False)
    receipt: records.Receipt | None = None

    def __post_init__(self) -> None:
        self.ledger = AuthorityLedger(clock_now=lambda: self.now)
        files = tuple(
            records.ReferralFile(item_id=records.new_id("item", START, bytes([n] * 10)))
            for n in range(self.chance.randint(1, 3))
        )
        if self.in_words:  # an incident without a file: nothing is attached, and all else is the same
            files = (replace(files[0], in_text=True),)
        self.stored = records.Referral(
            id=records.new_id("referral", START, ENTROPY),
            case_id=records.new_id("case", START, ENTROPY),
            decision_id=records.new_id("decision", START, ENTROPY),
            authority="simulated",
            environment="sandbox",
            state=records.ReferralState.DRAFT,
            created_at=START,
            files=files,
        )

    def unlucky(self) -> bool:
        return self.steps < CALM_AFTER and self.chance.random() < self.fault_rate

    def maybe_crash(self) -> None:
        if self.unlucky() and self.chance.random() < 0.3:
            raise CrashError

    def commit(self, moved: records.Referral, receipt: records.Receipt | None = None) -> None:
        self.maybe_crash()
        assert moved.version == self.stored.version + 1
        self.stored = moved
        self.receipt = receipt or self.receipt
        self.maybe_crash()

    def commit_calmly(self, moved: records.Referral) -> None:
        self.steps = max(self.steps, CALM_AFTER)
        self.commit(moved)

    def call(self, step: referral.Call) -> records.AuthorityAnswer:
        self.maybe_crash()
        if self.unlucky():
            self._fail(step)
        answer = self._effect(step)
        self.maybe_crash()
        return answer

    def _fail(self, step: referral.Call) -> None:
        kinds = ["unreachable", "denied", "uncertain-before", "uncertain-after", "half"] + [
            "rejected"
        ] * self.rejections
        match self.chance.choice(kinds):
            case "unreachable":
                raise errors.AuthorityUnreachableError("simulated")
            case "denied":
                raise errors.AuthorityDeniedError("simulated")
            case "rejected":
                raise errors.AuthorityRejectedError("simulated")
            case "uncertain-after":
                self._effect(step)
            case "half" if isinstance(step, referral.Attach):
                self._refused(lambda: self.ledger.upload(int(step.remote_id), 1, "0" * 32))
        raise errors.AuthorityUncertainError("simulated")

    def _effect(self, step: referral.Call) -> records.AuthorityAnswer:
        return records.AuthorityAnswer(
            remote_id=self._refused(lambda: self._remote_id(step)), request_id=None, body=b"answer"
        )

    def _remote_id(self, step: referral.Call) -> str:
        match step:
            case referral.Submit():
                return str(self.ledger.submit())
            case referral.Attach():
                return self._attach(int(step.remote_id))
            case referral.Finish():
                self.ledger.finish(int(step.remote_id))
                return step.remote_id
            case referral.Retract():
                self.ledger.retract(int(step.remote_id))
                return step.remote_id
            case _:
                assert_never(step)

    def _attach(self, report_id: int) -> str:
        file_id = self.ledger.upload(report_id, 1, "0" * 32)
        self.ledger.describe(report_id, file_id)
        return file_id

    def _refused(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except LedgerRefusal as refusal:
            if refusal.code in {NO_REPORT, RETRACTED}:
                raise errors.ReportGoneError("simulated") from refusal
            raise errors.ReportFinishedError("simulated", body=b"refusal") from refusal

    def run(self) -> None:
        """Walk the referral to its end, as the pipeline does, through every crash."""
        resumed = False
        while self.stored.state not in {records.ReferralState.FINISHED, records.ReferralState.NEEDS_HUMAN}:
            try:
                self._walk(resumed=resumed and self.tells_restarts)
            except CrashError:
                resumed = True

    def _walk(self, *, resumed: bool) -> None:
        while True:
            self.steps += 1
            assert self.steps < MOST_STEPS, "the referral does not come to an end"
            step = referral.next_step(self.stored, resumed=resumed)
            resumed = False
            match step:
                case referral.Done() | referral.AskHuman():
                    return
                case referral.Move():
                    self.commit(step.referral)
                case _:
                    self._carry_out(step)

    def _carry_out(self, step: referral.Call) -> None:
        source: records.AuthorityAnswer | errors.ReportFinishedError | None = None
        try:
            source = self.call(step)
            moved = referral.on_answer(self.stored, step, source, self.now)
        except errors.AuthorityError as error:
            moved = referral.on_error(self.stored, step, error, self.now)
            source = error if isinstance(error, errors.ReportFinishedError) else None
        receipt = None
        if moved.state is records.ReferralState.FINISHED and source is not None:
            receipt = referral.build_receipt(
                records.new_id("receipt", self.now, ENTROPY), moved, source, self.now
            )
        self.commit(moved, receipt)
        self.now += referral.retry_delay(moved.attempts, self.chance.random())
        if self.unlucky() and self.chance.random() < 0.05:
            self.now += timedelta(hours=30)


def finished_reports(world: World) -> list[LedgerReport]:
    return [report for report in world.ledger.reports() if report.standing is Standing.FINISHED]


def is_complete(world: World, report: LedgerReport) -> bool:
    attached = [file for file in world.stored.files if not file.in_text]
    return len(report.files) == len(attached) and all(file.described for file in report.files)


def is_right(world: World) -> bool:
    """Exactly one finished report, complete, ours, with its receipt; and no other whose id we know is still open."""
    finished = finished_reports(world)
    known = {world.stored.remote_id, *world.stored.orphans}
    return (
        len(finished) == 1
        and is_complete(world, finished[0])
        and world.stored.remote_id == str(finished[0].report_id)
        and all(file.described or file.in_text for file in world.stored.files)
        and world.receipt is not None
        and world.receipt.remote_id == world.stored.remote_id
        and not any(str(report.report_id) in known for report in world.ledger.open())
    )


def world_of(
    seed: int, *, rejections: bool = False, tells_restarts: bool = True, in_words: bool = False
) -> World:
    chance = random.Random(seed)
    return World(
        chance, fault_rate=chance.uniform(0.05, 0.6), rejections=rejections, tells_restarts=tells_restarts, in_words=in_words
    )  # fmt: skip


def check_without_rejections(seeds: range) -> None:
    for seed in seeds:
        world = world_of(seed)
        world.run()
        assert world.stored.state is records.ReferralState.FINISHED, seed
        assert is_right(world), seed


def check_in_words(seeds: range) -> None:
    """Do the same with incidents that have no file: no upload stands between opening and finishing."""
    check_with_rejections(seeds, in_words=True)


def check_with_rejections(seeds: range, *, in_words: bool = False) -> None:
    for seed in seeds:
        world = world_of(seed, rejections=True, in_words=in_words)
        world.run()
        assert len(finished_reports(world)) <= 1, seed
        while world.stored.state is records.ReferralState.NEEDS_HUMAN:
            assert world.stored.problem, seed
            world.commit_calmly(referral.refile(world.stored))
            world.run()
        assert is_right(world), seed


def test_every_case_ends_with_exactly_one_finished_and_complete_report() -> None:
    check_without_rejections(range(3000))


def test_where_the_authority_rejects_a_person_looks_and_there_are_never_two_reports() -> None:
    check_with_rejections(range(3000))


def test_a_report_without_a_file_ends_finished_exactly_once_too() -> None:
    check_in_words(range(3000))
    world = world_of(7, in_words=True)
    world.run()
    assert [len(each.files) for each in finished_reports(world)] == [0]


def test_the_simulation_notices_a_pipeline_that_does_not_say_that_it_was_restarted() -> None:
    worlds = [world_of(seed, tells_restarts=False) for seed in range(500)]
    for world in worlds:
        world.run()
    assert any(not is_right(world) for world in worlds)

"""Wherever the process ends, another one carries the line on, and everything has happened exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture, violation
from wardline import ports, records
from wardline.records import ActionState, CaseState, HoldBasis, ReferralState
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, START, Key, Line, Person, nothing_reached
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

SHARES = 4
MOST_VISITS = 200


class KilledError(BaseException):
    """The process ended here."""


class KilledAt:
    """Ends the process at the n-th visit to a write point once it is armed; with none it only counts."""

    def __init__(self, visit: int | None = None) -> None:
        self.armed = False
        self.visits = 0
        self._fatal = visit

    def __call__(self, name: str) -> None:
        if self.armed:
            self.visits += 1
            if self.visits == self._fatal:
                raise KilledError(name)


@dataclass
class World:
    """What is outside, and who is inside."""

    folder: Path
    clock: VirtualClock
    authority: AuthoritySandbox
    platform: PlatformSandbox

    def line(self, reached: ports.WritePoint = nothing_reached) -> Line:
        return Line(
            self.folder,
            store="sqlite",
            clock=self.clock,
            authority=self.authority,
            platform=self.platform,
            reached=reached,
        )


@contextmanager
def world(folder: Path) -> Iterator[World]:
    folder.mkdir()
    clock = VirtualClock(START)
    with ExitStack() as stack:
        authority = stack.enter_context(AuthoritySandbox(clock_now=clock.now))
        platform = stack.enter_context(PlatformSandbox(PLATFORM_SECRET, now=clock.now))
        yield World(folder, clock, authority, platform)


def begin(line: Line) -> tuple[Key, Person]:
    line.list_of([picture()])
    return line.platform_key(), line.person("mika")


def go_on(line: Line, key: Key, mika: Person) -> None:
    """Do what is still to be done, as those outside would: each repeats what it got no answer to."""
    about: dict[str, Any] = {"content_reference": "post-1", "account": "account-1", "uploaded_at": START}
    line.submit(picture(), key=key, idempotency_key="upload", **about)
    (case,) = line.store.cases()
    if case.state is CaseState.OPEN:
        line.wardline.claim(case.id, user=mika.user)
        if not line.store.reveals_of(case.id):
            line.wardline.reveal(case.id, item_id=case.item_ids[0], user=mika.user)
        line.wardline.decide(case.id, user=mika.user, judgement=violation(case))
    line.pass_time(timedelta(hours=2))
    line.sequence()


def assert_that_everything_happened_once(line: Line, outside: World) -> None:
    (case,) = line.store.cases()
    assert case.state is CaseState.CLOSED
    (referral,) = line.store.referrals()
    assert referral.state is ReferralState.FINISHED
    (report,) = outside.authority.ledger.finished()
    assert referral.remote_id == str(report.report_id)
    assert [file.viewed for file in report.files] == [True]
    assert line.store.receipt_of(referral.id) is not None
    assert sorted(hold.basis for hold in line.store.holds()) == [HoldBasis.PROVISIONAL, HoldBasis.REPORTED]
    assert {action.state for action in line.store.actions_of(case.id)} == {ActionState.DELIVERED}
    assert len(outside.platform.actions()) == 3
    assert outside.platform.state_of("post-1") is ContentState.REMOVED
    assert outside.platform.account_state_of("account-1") is AccountState.SUSPENDED
    assert [name for name, _, _ in line.parts.vault.inventory()] == list(case.item_ids)
    assert line.waiting() == []
    assert line.store.open_alarms() == []
    verified = line.verify()
    assert verified.ok, verified


def assert_that_counts_are_right(line: Line) -> None:
    day = line.clock.now().date()
    counts = {count.step: count.count for count in line.store.counts(day, day)}
    assert counts == {
        records.Step.ITEMS_RECEIVED: 1, records.Step.ITEMS_MATCHED: 1, records.Step.CASES_OPENED: 1, records.Step.REVEALS: 1,
        records.Step.CASES_DECIDED: 1, records.Step.ACTIONS_TAKEN: 3, records.Step.REFERRALS_FILED: 1,
        records.Step.FILES_REPORTED: 1, records.Step.RECEIPTS_STORED: 1, records.Step.HOLDS_PLACED: 1,
    }  # fmt: skip


def killed_at(visit: int, outside: World) -> str | None:
    """Live the story with a crash at one visit and carry it on in another process; gives where it was, None beyond the last."""
    crash = KilledAt(visit)
    where: str | None = None
    with outside.line(crash) as line:
        key, mika = begin(line)
        crash.armed = True
        try:
            go_on(line, key, mika)
        except KilledError as killed:
            where = str(killed)
        crash.armed = False
    with outside.line() as line:
        go_on(line, key, mika)
        assert_that_everything_happened_once(line, outside)
        assert_that_counts_are_right(line)
    return where


@pytest.mark.parametrize(
    "share", [0, *(pytest.param(share, marks=pytest.mark.long) for share in range(1, SHARES))]
)
def test_a_crash_at_any_visit_to_any_write_point_changes_no_figure(tmp_path: Path, share: int) -> None:
    places = []
    for visit in range(1 + share, MOST_VISITS, SHARES):
        with world(tmp_path / str(visit)) as outside:
            where = killed_at(visit, outside)
        if where is None:
            break
        places.append(where)
    assert len(places) > 5
    assert {place.partition(":")[0] for place in places} >= {"store", "authority"}

"""Wherever the process ends while a decision is taken back, another one goes on, and each thing was taken back once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.stories import decided_violation, picture, reveal_all
from tests.acceptance.test_killed_anywhere import KilledAt, KilledError, World, world
from wardline import records, review
from wardline.pipeline import Complaint
from wardline.records import AppealState, DecisionState, MessageKind, Outcome, ReferralState, ReversalState
from wardline.testing.harness import Key, Line, Person
from wardline.testing.platform_ledger import AccountState, ContentState

pytestmark = pytest.mark.long

VISITS = (1, 2, 3, 4, 6, 9, 14, 20, 26, 33)


@dataclass
class Appealed:
    """A violation that was reported and appealed."""

    key: Key
    noor: Person
    case_id: str


def appealed(line: Line) -> Appealed:
    line.list_of([picture()])
    key, mika, noor = line.platform_key(), line.person("mika"), line.person("noor")
    submission = line.submit(picture(), key=key, account="account-1", content_reference="post-1")
    case = decided_violation(line, submission, mika)
    line.pass_time(line.parts.rules.undo_window)
    complaint = Complaint(text="mine", account_reference="account-1", content_reference="post-1")
    line.wardline.appeal(complaint, api_key=key.record)
    case = line.wardline.claim(case.id, user=noor.user)
    reveal_all(line, case, noor)
    innocent = review.Judgement(outcome=Outcome.NOT_VIOLATION)
    line.wardline.decide(case.id, user=noor.user, judgement=innocent)
    return Appealed(key, noor, case.id)


def assert_that_all_was_taken_back_once(line: Line, outside: World, case_id: str) -> None:
    actions = line.store.actions_of(case_id)
    assert {each.reversal for each in actions} == {ReversalState.DELIVERED}
    reversals = [each.id for each in outside.platform.actions() if each.reverse]
    assert sorted(reversals) == sorted(each.id for each in actions)
    assert outside.platform.state_of("post-1") is ContentState.VISIBLE
    assert outside.platform.account_state_of("account-1") is AccountState.ACTIVE
    first, correction = line.store.referrals(case_id=case_id)
    assert (first.state, correction.state) == (ReferralState.FINISHED, ReferralState.FINISHED)
    assert correction.corrects == first.id
    assert len(outside.authority.ledger.finished()) == 2
    appeal = line.store.appeal_of(case_id)
    assert appeal is not None
    assert appeal.state is AppealState.OVERTURNED
    assert sorted(each.state for each in line.store.decisions_of(case_id)) == [
        DecisionState.EFFECTIVE,
        DecisionState.OVERTURNED,
    ]
    assert len(line.store.strikes_of("example", "account-1")) == 1
    assert [each.message for each in outside.platform.messages()] == [
        MessageKind.APPEAL_RECEIVED,
        MessageKind.APPEAL_OVERTURNED,
    ]
    (alarm,) = line.store.open_alarms()
    assert alarm.kind is records.AlarmKind.ENTRY_HELD
    verified = line.verify()
    assert verified.ok, verified


@pytest.mark.parametrize("visit", VISITS)
def test_a_crash_while_a_decision_is_taken_back_changes_nothing_of_the_end(
    tmp_path: Path, visit: int
) -> None:
    crash = KilledAt(visit)
    with world(tmp_path / "world") as outside:
        with outside.line(crash) as line:
            told = appealed(line)
            crash.armed = True
            try:
                line.pass_time(line.parts.rules.undo_window)
            except KilledError:
                pass
            else:
                assert visit > VISITS[0], "no write point was reached"
            crash.armed = False
        with outside.line() as line:
            line.pass_time(line.parts.rules.undo_window * 120)
            assert_that_all_was_taken_back_once(line, outside, told.case_id)

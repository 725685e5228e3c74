"""A copy that was restored from a back-up sends nothing and destroys nothing until a person says that the old installation is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, reveal_all, the_referral, violation
from tests.acceptance.test_files_that_look_alike import HARMLESS, say
from wardline import records
from wardline.pipeline import Complaint, Witnessing, fencing
from wardline.records import ActionKind, ActionState, AlarmKind, Priority, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line


def test_behind_the_fence_nothing_is_reported_acted_on_or_destroyed(
    line: Line, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    fencing.raise_(line.parts)
    submission = line.submit(picture())
    case = decided_violation(line, submission, line.person("mika"))
    innocent = line.submit(picture(), account="account-2")
    line.pass_time(timedelta(hours=5))
    assert len(authority.ledger.finished()) == 0
    assert {each.state for each in line.store.actions_of(case.id)} == {ActionState.PENDING}
    line.clock.advance(timedelta(days=800))
    line.chores.run()
    assert line.parts.vault.open(str(submission.item_id), "original") == picture()
    assert line.parts.vault.open(str(innocent.item_id), "original") == picture()


@pytest.mark.long
@pytest.mark.parametrize("grave", [False, True], ids=["ordinary", "a child in danger"])
def test_behind_the_fence_no_report_of_any_priority_is_filed(
    line: Line, authority: AuthoritySandbox, grave: bool
) -> None:
    fencing.raise_(line.parts)
    line.pass_time(timedelta(minutes=1))
    mika = line.person("mika")
    case = line.case_of(line.submit(picture(), flag="spam"))
    line.wardline.claim(case.id, user=mika.user)
    reveal_all(line, case, mika)
    judged = replace(violation(case), escalation="a live threat" if grave else None)
    line.wardline.decide(case.id, user=mika.user, judgement=judged)
    line.pass_time(timedelta(days=4))
    found = the_referral(line, case)
    assert (found.priority is Priority.FIRST) == grave
    assert found.state is ReferralState.DRAFT
    assert len(authority.ledger.reports()) == 0


def test_what_was_under_way_waits_for_a_person_when_the_fence_is_lifted_and_the_rest_goes_on(
    line: Line, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    submission = line.submit(picture())
    line.pass_time(timedelta(minutes=1))
    fencing.raise_(line.parts)
    case = decided_violation(line, submission, line.person("mika"))
    line.pass_time(timedelta(hours=1))
    lead = line.person("lea", Role.LEAD).user
    waiting = line.wardline.lift_fence(user=lead)
    found = the_referral(line, case)
    assert waiting == (found.id,)
    line.pass_time(timedelta(hours=2))
    assert len(authority.ledger.finished()) == 0
    assert the_referral(line, case).state is ReferralState.NEEDS_HUMAN
    assert {each.state for each in line.store.actions_of(case.id)} == {ActionState.DELIVERED}

    line.wardline.file_again(found.id, user=lead)
    line.pass_time(timedelta(hours=1))
    assert len(authority.ledger.finished()) == 1
    assert line.wardline.lift_fence(user=lead) == ()


def test_what_came_in_behind_the_fence_only_this_copy_knows_so_it_is_filed_when_the_fence_is_lifted(
    line: Line, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    fencing.raise_(line.parts)
    line.pass_time(timedelta(minutes=1))
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(timedelta(hours=3))
    assert line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user) == ()
    line.pass_time(timedelta(hours=1))
    assert the_referral(line, case).state is ReferralState.FINISHED
    assert len(authority.ledger.finished()) == 1


@pytest.mark.parametrize(
    "worked", [True, False], ids=["work went on behind the fence", "nothing was started"]
)
def test_a_decision_of_before_the_back_up_that_takes_effect_afterwards_waits_for_a_person(
    line: Line, authority: AuthoritySandbox, worked: bool
) -> None:
    """The old installation let the same decision take effect, and may have filed its report."""
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    fencing.raise_(line.parts)
    lead = line.person("lea", Role.LEAD).user
    if worked:
        line.pass_time(line.parts.rules.undo_window)
        (waiting,) = line.wardline.lift_fence(user=lead)
        assert waiting == the_referral(line, case).id
    else:
        assert line.wardline.lift_fence(user=lead) == ()
    line.pass_time(timedelta(hours=2))
    found = the_referral(line, case)
    assert (found.state, len(authority.ledger.reports())) == (ReferralState.NEEDS_HUMAN, 0)
    told = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id)
    assert told is not None
    assert "old installation" in told.message
    line.wardline.file_again(found.id, user=lead)
    line.pass_time(timedelta(hours=1))
    assert len(authority.ledger.finished()) == 1


def test_an_opinion_of_before_the_back_up_makes_its_report_wait_too(
    line: Line, authority: AuthoritySandbox
) -> None:
    """The second opinion may have come in the old installation as well."""
    line.list_of([picture()])
    submission, mika, noor = line.submit(picture()), line.person("mika"), line.person("noor")
    case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
    unsure = replace(violation(case), second_opinion=True)
    line.wardline.decide(case.id, user=mika.user, judgement=unsure)
    line.pass_time(line.parts.rules.undo_window)
    assert line.store.case(case.id).state is records.CaseState.OPEN
    fencing.raise_(line.parts)
    lead = line.person("lea", Role.LEAD).user
    line.wardline.lift_fence(user=lead)
    line.pass_time(timedelta(minutes=5))
    decided_violation(line, submission, noor)
    line.pass_time(timedelta(hours=2))
    assert the_referral(line, case).state is ReferralState.NEEDS_HUMAN
    assert len(authority.ledger.reports()) == 0


def test_a_case_that_was_open_in_the_back_up_is_not_reported_twice(
    line: Line, authority: AuthoritySandbox
) -> None:
    """The old installation may have decided it after the back-up, and filed its report; this copy knows nothing of either."""
    line.list_of([picture()])
    submission, lead = line.submit(picture()), line.person("lea", Role.LEAD).user
    fencing.raise_(line.parts)
    assert line.wardline.lift_fence(user=lead) == ()
    line.pass_time(timedelta(minutes=5))
    case, mika = line.case_of(submission), line.person("mika")
    decided_violation(line, submission, mika)
    line.pass_time(line.parts.rules.undo_window + timedelta(minutes=1))
    found = the_referral(line, case)
    assert found.state is ReferralState.NEEDS_HUMAN
    assert authority.ledger.reports() == []
    told = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id)
    assert told is not None
    assert "old installation" in told.message
    assert line.store.referrals(state=ReferralState.NEEDS_HUMAN) == [found]
    line.wardline.file_again(found.id, user=lead)
    line.pass_time(timedelta(hours=1))
    assert len(authority.ledger.finished()) == 1


def test_a_child_in_danger_now_waits_for_nobody_who_looks_it_up(
    line: Line, authority: AuthoritySandbox
) -> None:
    """Whoever decides it here knows of no other report. Two harm less than none."""
    line.list_of([picture()])
    submission, mika = line.submit(picture()), line.person("mika")
    fencing.raise_(line.parts)
    line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user)
    line.pass_time(timedelta(minutes=5))
    case = line.case_of(submission)
    line.wardline.claim(case.id, user=mika.user)
    reveal_all(line, case, mika)
    judged = replace(violation(case), escalation="a live threat")
    line.wardline.decide(case.id, user=mika.user, judgement=judged)
    line.pass_time(line.parts.rules.undo_window + timedelta(minutes=1))
    found = the_referral(line, case)
    assert (found.priority, found.state) == (Priority.FIRST, ReferralState.FINISHED)
    assert len(authority.ledger.finished()) == 1


def test_whoever_says_that_nothing_was_decided_since_has_what_was_open_filed_as_ever(
    line: Line, authority: AuthoritySandbox
) -> None:
    """It was stopped and then backed up, to be moved."""
    line.list_of([picture()])
    submission = line.submit(picture())
    fencing.raise_(line.parts)
    line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user, why=fencing.MOVED)
    line.pass_time(timedelta(minutes=5))
    decided_violation(line, submission, line.person("mika"))
    line.pass_time(timedelta(hours=1))
    assert len(authority.ledger.finished()) == 1


def test_what_came_in_after_the_fence_was_lifted_is_filed_as_ever(
    line: Line, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    fencing.raise_(line.parts)
    line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user)
    line.pass_time(timedelta(minutes=5))
    decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(timedelta(hours=1))
    assert len(authority.ledger.finished()) == 1


def test_the_correction_for_an_appeal_of_before_the_back_up_waits_for_a_person(
    line: Line, authority: AuthoritySandbox
) -> None:
    """The old installation may have answered it, and corrected the report."""
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(timedelta(hours=1))
    first = the_referral(line, case)
    assert first.state is ReferralState.FINISHED
    removal = next(each for each in line.store.actions_of(case.id) if each.kind is ActionKind.REMOVE_CONTENT)
    said = Complaint(text="It is my garden.", action_id=removal.id)
    line.wardline.appeal(said, api_key=line.platform_key().record)
    line.run_due()
    fencing.raise_(line.parts)
    line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user)
    line.pass_time(timedelta(minutes=5))
    say(line, case, line.person("olli"), HARMLESS)
    line.pass_time(timedelta(hours=2))
    _, correction = line.store.referrals(case_id=case.id)
    assert (correction.corrects, correction.state) == (first.id, ReferralState.NEEDS_HUMAN)
    assert len(authority.ledger.finished()) == 1


def test_what_the_fence_puts_off_is_not_counted_as_tried(line: Line) -> None:
    line.list_of([picture()])
    fencing.raise_(line.parts)
    decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(timedelta(days=2))
    waiting = line.waiting()
    assert {task.name for task in waiting} >= {"enforce", "refer"}
    assert {fencing.tries(task.attempt) for task in waiting} == {0}
    assert max(task.attempt for task in waiting) > 0  # and each is new work for the queue


def test_behind_the_fence_no_work_piles_up_for_whoever_is_outside(make_line: MakeLine) -> None:
    witness = NoteOfHand()
    watched = {"hand": Witnessing(witness=witness, interval=timedelta(minutes=5))}
    line = make_line(replaced={"witnesses": watched})
    line.submit(picture())
    line.sequence()
    line.chores.run()
    (asked,) = [task for task in line.waiting() if task.name == "witness"]
    fencing.raise_(line.parts)
    for _ in range(5):
        line.pass_time(timedelta(minutes=1))
    assert [task for task in line.waiting() if task.name in ("witness", "watch-schema")] == []
    assert witness.taken == []
    line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user)
    line.pass_time(timedelta(minutes=1))
    assert len(witness.taken) == 1
    assert asked.attempt == 0


class NoteOfHand:
    """A ``ports.Witness`` that remembers."""

    name = "hand"

    def __init__(self) -> None:
        self.taken: list[records.Checkpoint] = []

    def keep(self, checkpoint: records.Checkpoint) -> None:
        self.taken.append(checkpoint)

    def kept(self) -> list[str]:
        return [each.note for each in self.taken]

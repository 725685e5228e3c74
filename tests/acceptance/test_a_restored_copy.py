"""A copy that was restored from a back-up sends nothing and destroys nothing until a person says that the old installation is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.stories import decided_violation, picture, reveal_all, the_referral, violation
from wardline.pipeline import fencing
from wardline.records import ActionState, Priority, ReferralState, Role
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


@pytest.mark.parametrize("grave", [False, True], ids=["ordinary", "a child in danger"])
def test_behind_the_fence_no_report_of_any_priority_is_filed(
    line: Line, authority: AuthoritySandbox, grave: bool
) -> None:
    fencing.raise_(line.parts)
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
    fencing.raise_(line.parts)
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
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

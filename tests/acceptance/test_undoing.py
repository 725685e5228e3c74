"""A decision is taken back within its window, and not after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import decided_violation, picture, violation
from wardline import records
from wardline.errors import ConflictError, NotAllowedError
from wardline.records import CaseState, DecisionState
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line
from wardline.testing.platform_sandbox import PlatformSandbox


@pytest.fixture
def restricted(line: Line) -> records.Case:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    line.run_due()
    return case


def test_within_the_window_nothing_is_sent(
    line: Line, restricted: records.Case, platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    mika = line.person("mika")
    line.wardline.claim(restricted.id, user=mika.user)
    decision = line.wardline.decide(restricted.id, user=mika.user, judgement=violation(restricted))
    line.pass_time(line.parts.rules.undo_window - timedelta(seconds=1))
    line.wardline.undo(restricted.id, user=mika.user)
    line.pass_time(timedelta(days=1))
    assert len(platform.actions()) == 1
    assert authority.ledger.reports() == []
    assert line.store.referrals() == []
    assert line.store.decision(decision.id).state is DecisionState.UNDONE
    assert line.store.case(restricted.id).state is CaseState.OPEN


def test_what_was_taken_back_can_be_decided_anew(
    line: Line, restricted: records.Case, authority: AuthoritySandbox
) -> None:
    mika = line.person("mika")
    line.wardline.claim(restricted.id, user=mika.user)
    line.wardline.decide(restricted.id, user=mika.user, judgement=violation(restricted))
    reopened = line.wardline.undo(restricted.id, user=mika.user)
    assert reopened.claimed_by == mika.user.id
    line.wardline.decide(restricted.id, user=mika.user, judgement=violation(restricted, records.Category.B2))
    line.pass_time(line.parts.rules.undo_window)
    assert len(authority.ledger.finished()) == 1
    assert line.store.case(restricted.id).state is CaseState.CLOSED


def test_after_the_window_it_stands(line: Line) -> None:
    line.list_of([picture()])
    mika = line.person("mika")
    case = decided_violation(line, line.submit(picture()), mika)
    line.clock.advance(line.parts.rules.undo_window)  # also when the work has not come to it yet
    with pytest.raises(ConflictError, match="has taken effect"):
        line.wardline.undo(case.id, user=mika.user)
    line.run_due()
    with pytest.raises(ConflictError, match="has taken effect"):
        line.wardline.undo(case.id, user=mika.user)


def test_nobody_takes_back_what_another_decided(line: Line) -> None:
    case = decided_violation(line, line.submit(picture(), flag="x"), line.person("mika"))
    with pytest.raises(NotAllowedError):
        line.wardline.undo(case.id, user=line.person("noor").user)

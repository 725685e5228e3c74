"""Somebody cannot tell: another person gets the case, the same one never again."""

from __future__ import annotations

import pytest

from tests.acceptance.stories import picture
from wardline import records, review
from wardline.errors import ConflictError
from wardline.records import CaseState, Outcome
from wardline.testing.harness import Line

CANNOT_TELL = review.Judgement(outcome=Outcome.CANNOT_TELL)


def test_the_case_goes_to_somebody_else(line: Line) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    case = line.case_of(line.submit(picture(), flag="spam"))
    line.wardline.claim(case.id, user=mika.user)
    decision = line.wardline.decide(case.id, user=mika.user, judgement=CANNOT_TELL)
    assert decision.state is records.DecisionState.EFFECTIVE
    assert line.wardline.next_case(mika.user) is None
    with pytest.raises(ConflictError, match="could not tell before"):
        line.wardline.claim(case.id, user=mika.user)
    taken = line.wardline.next_case(noor.user)
    assert taken is not None
    assert taken.id == case.id
    line.wardline.decide(case.id, user=noor.user, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION))
    line.pass_time(line.parts.rules.undo_window)
    assert line.store.case(case.id).state is CaseState.CLOSED


def test_it_cannot_be_taken_back(line: Line) -> None:
    mika = line.person("mika")
    case = line.case_of(line.submit(picture(), flag="spam"))
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=CANNOT_TELL)
    with pytest.raises(ConflictError):
        line.wardline.undo(case.id, user=mika.user)


def test_evidence_waits_as_long_as_the_case_does(line: Line) -> None:
    mika = line.person("mika")
    case = line.case_of(line.submit(picture(), flag="spam"))
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=CANNOT_TELL)
    line.pass_time(3 * line.parts.rules.periods.provisional)
    assert line.parts.vault.open(case.item_ids[0], "original") == picture()


def test_somebody_hears_of_it_when_nobody_is_left_who_may_take_it(line: Line) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    case = line.case_of(line.submit(picture(), flag="spam"))
    for person in (mika, noor):
        line.wardline.claim(case.id, user=person.user)
        line.wardline.decide(case.id, user=person.user, judgement=CANNOT_TELL)
        line.run_due()
        assert [alarm.subject_id for alarm in line.store.open_alarms()] == (
            [case.id] if person is noor else []
        )
    assert line.store.case(case.id).state is CaseState.OPEN
    assert line.parts.vault.open(case.item_ids[0], "original") == picture()

"""An appeal that came while others were still asked for their opinion is opened when the case is settled, whoever was right."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, reveal_all, violation
from wardline import records, review
from wardline.errors import AlreadyExistsError
from wardline.pipeline import Complaint, Rules
from wardline.pipeline.flagging import Flagged
from wardline.records import AppealState, CaseState, DecisionState, KeyTrust, Outcome, Stage
from wardline.testing.harness import REPORTER, Line, Person

DRAWN = Rules(reporter=REPORTER, opinions=review.SecondOpinions(random_share=1.0))
OTHER_RULE = review.Judgement(outcome=Outcome.OTHER_RULE)


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=DRAWN)


def say(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> None:
    claimed = line.wardline.claim(case.id, user=person.user)
    reveal_all(line, claimed, person)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window)


def appeal(line: Line, case: records.Case) -> records.Appeal:
    action = next(each for each in line.store.actions_of(case.id) if each.stands)
    made = line.wardline.appeal(
        Complaint(text="It is our garden.", action_id=action.id), api_key=line.platform_key().record
    )
    line.run_due()
    return made


@pytest.mark.parametrize("outcome", [Outcome.VIOLATION, Outcome.OTHER_RULE])
def test_an_appeal_is_opened_when_a_second_person_agrees_with_what_is_in_effect(
    line: Line, outcome: Outcome
) -> None:
    mika, noor, pia = (line.person(name) for name in ("mika", "noor", "pia"))
    case = line.case_of(line.submit(picture(), flag="spam"))
    judgement = violation(case) if outcome is Outcome.VIOLATION else OTHER_RULE
    say(line, case, mika, judgement)
    waiting = appeal(line, case)
    assert waiting.state is AppealState.WAITING
    say(line, case, noor, judgement)
    line.run_due()
    opened = line.store.appeal(waiting.id)
    assert opened.state is AppealState.OPEN
    assert opened.decision_id is not None
    assert line.store.decision(opened.decision_id).state is DecisionState.EFFECTIVE
    reopened = line.store.case(case.id)
    assert (reopened.state, reopened.stage) == (CaseState.OPEN, Stage.APPEAL)
    taken = line.wardline.next_case(pia.user)
    assert taken is not None
    assert taken.id == case.id


def test_an_appeal_is_opened_when_nobody_is_left_to_agree(line: Line) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    case = line.case_of(line.submit(picture(), flag="spam"))
    say(line, case, mika, OTHER_RULE)
    waiting = appeal(line, case)
    line.wardline.claim(case.id, user=noor.user)
    line.wardline.decide(case.id, user=noor.user, judgement=review.Judgement(outcome=Outcome.CANNOT_TELL))
    line.run_due()
    assert line.store.appeal(waiting.id).state is AppealState.OPEN
    assert line.store.case(case.id).stage is Stage.APPEAL


def test_who_appeals_again_while_others_judge_anew_hears_that_something_must_be_decided_first(
    line: Line,
) -> None:
    mika, noor, olli, pia, _ = (line.person(name) for name in ("mika", "noor", "olli", "pia", "quin"))
    case = line.case_of(line.submit(picture(), account="account-9", content_reference="post-9", flag="spam"))
    say(line, case, mika, OTHER_RULE)
    say(line, case, noor, OTHER_RULE)
    appeal(line, case)
    say(line, case, olli, review.Judgement(outcome=Outcome.NOT_VIOLATION))
    flagged = Flagged(reason="nudity", account_reference="account-9", content_reference="post-9", upload=None)
    line.wardline.flag(flagged, api_key=line.platform_key(trust=KeyTrust.TRUSTED).record)
    say(line, case, pia, violation(case))
    assert line.store.case(case.id).stage is Stage.SECOND
    with pytest.raises(AlreadyExistsError, match="nothing was decided anew yet") as refused:
        appeal(line, case)
    assert "if something new is decided" in refused.value.advice

"""Several people judge one case, each without knowing what the others said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, violation
from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import Rules
from wardline.pipeline.conclude import conclude
from wardline.pipeline.standing_alone import due
from wardline.records import ActionKind, AlarmKind, CaseState, Category, DecisionState, Outcome, Role, Stage
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import REPORTER, Line, Person
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)
OTHER_RULE = review.Judgement(outcome=Outcome.OTHER_RULE)
GRAVEST = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=True))
DRAWN = Rules(reporter=REPORTER, opinions=review.SecondOpinions(random_share=1.0))
WINDOW = GRAVEST.undo_window
MOST_WAIT = GRAVEST.opinions.most_wait


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=GRAVEST)


@pytest.fixture
def people(line: Line) -> list[Person]:
    return [line.person(name) for name in ("mika", "noor", "olli")]


def decide(
    line: Line, case: records.Case, person: Person, judgement: review.Judgement, *, shown: bool = True
) -> records.Decision:
    """Claim a case, look, decide, and let the undo window pass."""
    line.wardline.claim(case.id, user=person.user)
    if shown:
        line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    decision = line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(WINDOW)
    return line.store.decision(decision.id)


def a_case(line: Line) -> records.Case:
    return line.case_of(line.submit(picture(), flag="spam"))


def total(line: Line, step: records.Step) -> int:
    day = line.clock.now().date()
    counts = line.store.counts(day - timedelta(days=3), day)
    return sum(each.count for each in counts if each.step is step)


def test_the_gravest_waits_for_a_second_person_and_its_content_does_not(
    line: Line, people: list[Person], platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    mika, noor, _ = people
    case = a_case(line)
    first = decide(line, case, mika, violation(case))
    waiting = line.store.case(case.id)
    assert (first.state, waiting.state, waiting.stage) == (
        DecisionState.GIVEN,
        CaseState.OPEN,
        Stage.SECOND,
    )
    assert platform.state_of("post-1") is ContentState.RESTRICTED
    assert line.store.referrals() == []
    assert line.wardline.next_case(mika.user) is None
    with pytest.raises(ConflictError, match="gave an opinion"):
        line.wardline.claim(case.id, user=mika.user)
    taken = line.wardline.next_case(noor.user)
    assert taken is not None
    second = decide(line, case, noor, violation(case))
    assert second.state is DecisionState.EFFECTIVE
    assert line.store.decision(first.id).state is DecisionState.GIVEN
    assert line.store.case(case.id).state is CaseState.CLOSED
    assert len(authority.ledger.finished()) == 1
    assert platform.state_of("post-1") is ContentState.REMOVED
    assert total(line, records.Step.CASES_DECIDED) == 1
    settled = line.store.opinions_of(case.id)
    assert {each.settled for each in settled} == {"violation A2"}


def test_where_two_differ_a_third_decides_and_everything_follows_from_that(
    line: Line, people: list[Person], platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    mika, noor, olli = people
    case = a_case(line)
    decide(line, case, mika, violation(case))
    decide(line, case, noor, INNOCENT)
    assert line.store.case(case.id).stage is Stage.ADJUDICATION
    assert platform.state_of("post-1") is ContentState.RESTRICTED
    third = decide(line, case, olli, INNOCENT)
    assert third.state is DecisionState.EFFECTIVE
    assert platform.state_of("post-1") is ContentState.VISIBLE
    assert authority.ledger.reports() == []
    line.pass_time(MOST_WAIT)
    assert authority.ledger.reports() == []
    assert line.store.open_alarms() == []


def test_where_three_differ_a_lead_decides(line: Line, people: list[Person]) -> None:
    lead = line.person("petra", Role.LEAD)
    case = a_case(line)
    for person, judgement in zip(people, (violation(case), INNOCENT, OTHER_RULE), strict=True):
        decide(line, case, person, judgement)
    waiting = line.store.case(case.id)
    assert (waiting.stage, waiting.escalated_by) == (Stage.ADJUDICATION, "system")
    decide(line, case, lead, violation(case, Category.B1))
    closed = line.store.case(case.id)
    assert closed.state is CaseState.CLOSED
    assert {each.settled for each in line.store.opinions_of(case.id)} == {"violation B1"}
    assert line.store.referrals(case_id=case.id) != []


def test_categories_that_differ_are_different_answers(line: Line, people: list[Person]) -> None:
    case = a_case(line)
    decide(line, case, people[0], violation(case, Category.A1))
    decide(line, case, people[1], violation(case, Category.A2))
    assert line.store.case(case.id).stage is Stage.ADJUDICATION


def test_what_has_to_be_reported_is_not_held_back_longer_than_the_settings_say(
    line: Line, people: list[Person], authority: AuthoritySandbox
) -> None:
    case = a_case(line)
    first = decide(line, case, people[0], violation(case))
    line.pass_time(MOST_WAIT - WINDOW - timedelta(seconds=1))
    assert authority.ledger.finished() == []
    line.pass_time(timedelta(seconds=1))
    assert len(authority.ledger.finished()) == 1
    assert line.store.decision(first.id).state is DecisionState.EFFECTIVE
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.OPINION_MISSING]
    still = line.store.case(case.id)
    assert (still.state, still.stage) == (CaseState.OPEN, Stage.SECOND)
    decide(line, case, people[1], violation(case))
    assert line.store.case(case.id).state is CaseState.CLOSED
    assert line.store.case(case.id).decision_id == first.id
    assert len(authority.ledger.finished()) == 1
    assert total(line, records.Step.CASES_DECIDED) == 1


def test_a_violation_that_comes_second_is_reported_in_time_too(
    line: Line, people: list[Person], authority: AuthoritySandbox
) -> None:
    case = a_case(line)
    decide(line, case, people[0], replace(INNOCENT, second_opinion=True))
    assert line.store.case(case.id).stage is Stage.SECOND
    decide(line, case, people[1], violation(case))
    line.pass_time(MOST_WAIT)
    assert len(authority.ledger.finished()) == 1
    assert line.store.case(case.id).stage is Stage.ADJUDICATION


def test_danger_now_takes_effect_at_once_and_is_checked_afterwards(
    line: Line, people: list[Person], authority: AuthoritySandbox
) -> None:
    case = a_case(line)
    urgent = replace(violation(case), escalation="there was a threat to meet today")
    first = decide(line, case, people[0], urgent)
    assert first.state is DecisionState.EFFECTIVE
    assert len(authority.ledger.finished()) == 1
    assert line.store.case(case.id).stage is Stage.SECOND
    decide(line, case, people[1], violation(case))
    assert line.store.case(case.id).state is CaseState.CLOSED
    assert len(authority.ledger.finished()) == 1


def test_a_team_of_one_decides_alone_and_is_told_so(make_line: MakeLine, authority: AuthoritySandbox) -> None:
    line = make_line(rules=GRAVEST)
    mika = line.person("mika")
    for number in range(2):
        case = line.case_of(line.submit(picture(number + 1), flag="spam", content_reference=f"post-{number}"))
        decide(line, case, mika, violation(case))
        assert line.store.case(case.id).state is CaseState.CLOSED
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.OPINION_MISSING]
    assert len(authority.ledger.finished()) == 2


def test_the_first_stands_when_everybody_else_could_not_tell(
    line: Line, people: list[Person], authority: AuthoritySandbox
) -> None:
    case = a_case(line)
    decide(line, case, people[0], violation(case))
    for person in people[1:]:
        decide(line, case, person, review.Judgement(outcome=Outcome.CANNOT_TELL))
    line.run_due()
    assert line.store.case(case.id).state is CaseState.CLOSED
    assert len(authority.ledger.finished()) == 1
    assert [each.kind for each in line.store.open_alarms()] == [AlarmKind.OPINION_MISSING]


@pytest.fixture
def drawn(make_line: MakeLine) -> Line:
    return make_line(rules=DRAWN)


def test_what_was_drawn_by_lot_takes_effect_and_is_measured_afterwards(
    drawn: Line, platform: PlatformSandbox
) -> None:
    drawn.list_of([picture()])
    case = drawn.case_of(drawn.submit(picture()))
    mika, noor = drawn.person("mika"), drawn.person("noor")
    first = decide(drawn, case, mika, INNOCENT)
    assert first.state is DecisionState.EFFECTIVE
    assert platform.state_of("post-1") is ContentState.VISIBLE
    decide(drawn, case, noor, INNOCENT)
    closed = drawn.store.case(case.id)
    assert (closed.state, closed.decision_id) == (CaseState.CLOSED, first.id)
    drawn.pass_time(DRAWN.periods.unlink_after_clearance)
    assert drawn.store.case(case.id).account_reference == ""


def test_an_effect_that_loses_is_taken_back_and_its_report_corrected(
    drawn: Line, platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    mika, noor, olli = (drawn.person(name) for name in ("mika", "noor", "olli"))
    case = a_case(drawn)
    first = decide(drawn, case, mika, violation(case, Category.B1))
    assert platform.account_state_of("account-1") is AccountState.SUSPENDED
    assert len(authority.ledger.finished()) == 1
    decide(drawn, case, noor, INNOCENT)
    third = decide(drawn, case, olli, INNOCENT)
    assert (third.state, drawn.store.decision(first.id).state) == (
        DecisionState.EFFECTIVE,
        DecisionState.OVERTURNED,
    )
    assert platform.account_state_of("account-1") is AccountState.ACTIVE
    assert platform.state_of("post-1") is ContentState.VISIBLE
    (report, correction) = drawn.store.referrals(case_id=case.id)
    assert correction.corrects == report.id
    assert len(authority.ledger.finished()) == 2
    assert total(drawn, records.Step.CASES_DECIDED) == 1


def test_innocence_that_loses_becomes_a_report(drawn: Line, authority: AuthoritySandbox) -> None:
    mika, noor, olli = (drawn.person(name) for name in ("mika", "noor", "olli"))
    case = a_case(drawn)
    decide(drawn, case, mika, INNOCENT)
    decide(drawn, case, noor, violation(case))
    assert authority.ledger.finished() == []
    decide(drawn, case, olli, violation(case))
    assert len(authority.ledger.finished()) == 1
    kinds = [each.kind for each in drawn.store.actions_of(case.id)]
    assert kinds.count(ActionKind.SUSPEND_ACCOUNT) == 1
    drawn.pass_time(DRAWN.periods.unlink_after_clearance + timedelta(days=1))
    assert drawn.store.case(case.id).account_reference == "account-1"


def test_a_second_opinion_is_taken_back_like_any_other(line: Line, people: list[Person]) -> None:
    case = a_case(line)
    decide(line, case, people[0], violation(case))
    line.wardline.claim(case.id, user=people[1].user)
    line.wardline.decide(case.id, user=people[1].user, judgement=INNOCENT)
    back = line.wardline.undo(case.id, user=people[1].user)
    assert (back.stage, back.claimed_by) == (Stage.SECOND, people[1].user.id)
    line.wardline.decide(case.id, user=people[1].user, judgement=violation(case))
    line.pass_time(WINDOW)
    assert line.store.case(case.id).state is CaseState.CLOSED
    assert len(line.store.opinions_of(case.id)) == 2


def test_doing_the_work_again_changes_nothing(line: Line, people: list[Person]) -> None:
    case = a_case(line)
    first = decide(line, case, people[0], violation(case))
    second = decide(line, case, people[1], violation(case))
    before = line.store.case(case.id), line.store.opinions_of(case.id)
    for each in (first, second):
        conclude(line.parts, each.id, 1)
        due(line.parts, each.id, 1)
    assert (line.store.case(case.id), line.store.opinions_of(case.id)) == before


def test_whoever_passed_on_what_is_judged_blind_leaves_it_to_others(line: Line, people: list[Person]) -> None:
    """What came of the case is not kept from them any more, so their opinion would not be their own."""
    lea, case = line.person("lea", Role.LEAD), a_case(line)
    line.wardline.claim(case.id, user=people[1].user)
    line.wardline.pass_on(case.id, user=people[1].user)
    urgent = replace(violation(case), escalation="there was a threat to meet today")
    decide(line, case, people[0], urgent)
    line.wardline.claim(case.id, user=lea.user)
    assert line.wardline.hidden_cases([case.id], user=lea.user) == {case.id}
    line.wardline.pass_on(case.id, user=lea.user)
    assert line.wardline.hidden_cases([case.id], user=lea.user) == set()
    for person in (lea, people[1]):
        with pytest.raises(ConflictError, match="passed it on"):
            line.wardline.claim(case.id, user=person.user)
    assert line.wardline.claim(case.id, user=people[2].user).claimed_by == people[2].user.id

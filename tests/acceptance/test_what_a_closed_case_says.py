"""A case that is closed says of its content what the platform was asked for: hidden or gone, or there for all to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, reveal_all, violation
from tests.acceptance.test_an_appeal import INNOCENT, OTHER, scene
from tests.acceptance.test_an_incident_without_a_file import judged, told
from tests.web.client import Api
from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import Complaint, Rules
from wardline.records import AppealState, CaseState, ListTrust, Outcome, Role, Stage
from wardline.testing.harness import REPORTER, Line, Person
from wardline.testing.platform_ledger import ContentState
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.web.app import create_app

DRAWN = review.SecondOpinions(gravest=False, random_share=1.0)
"""What one person says has its effect, and others are asked."""
GRAVEST = review.SecondOpinions(gravest=True, random_share=0.0)
"""What one person says only hides the content."""


def say(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> records.Case:
    claimed = line.wardline.claim(case.id, user=person.user)
    reveal_all(line, claimed, person)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window)
    return line.store.case(case.id)


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("outcome", [Outcome.VIOLATION, Outcome.OTHER_RULE, Outcome.NOT_VIOLATION])
def test_what_one_person_decides(
    line: Line, platform: PlatformSandbox, outcome: Outcome, *, listed: bool
) -> None:
    if listed:
        line.list_of([picture()])
    case = line.case_of(line.submit(picture(), flag="spam", content_reference="post-9"))
    assert case.restricted is listed
    judgement = violation(case) if outcome is Outcome.VIOLATION else review.Judgement(outcome=outcome)
    closed = say(line, case, line.person("mika"), judgement)
    assert closed.state is CaseState.CLOSED
    shown = outcome is Outcome.NOT_VIOLATION
    assert closed.restricted is not shown
    assert (platform.state_of("post-9") in (None, ContentState.VISIBLE)) is shown


def test_one_that_was_cleared_on_appeal_is_not_hidden_any_more(line: Line) -> None:
    told_of = scene(line)
    assert told_of.now().restricted
    told_of.appeal()
    assert told_of.now().restricted
    told_of.answer(INNOCENT)
    assert (told_of.now().state, told_of.now().restricted) == (CaseState.CLOSED, False)
    lead = line.person("lena", Role.LEAD)
    answered = Api(create_app(line.wardline)).get(f"/v1/cases/{told_of.case.id}", lead.secret).json()
    assert answered["restricted"] is False


@pytest.mark.parametrize("answer", [Outcome.VIOLATION, Outcome.OTHER_RULE])
def test_one_that_stays_removed_after_an_appeal_says_so(line: Line, answer: Outcome) -> None:
    told_of = scene(line)
    told_of.appeal()
    told_of.answer(OTHER if answer is Outcome.OTHER_RULE else violation(told_of.case))
    assert (told_of.now().state, told_of.now().restricted) == (CaseState.CLOSED, True)


@pytest.mark.parametrize("opinions", [DRAWN, GRAVEST])
@pytest.mark.parametrize("settled", [Outcome.VIOLATION, Outcome.OTHER_RULE, Outcome.NOT_VIOLATION])
def test_what_several_decide(
    make_line: MakeLine, platform: PlatformSandbox, settled: Outcome, opinions: review.SecondOpinions
) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, opinions=opinions))
    mika, noor, pia = (line.person(name) for name in ("mika", "noor", "pia"))
    case = line.case_of(line.submit(picture(), flag="spam", content_reference="post-9"))
    waits = say(line, case, mika, violation(case))
    at_once = ContentState.REMOVED if opinions is DRAWN else ContentState.RESTRICTED
    assert (waits.stage, platform.state_of("post-9")) == (Stage.SECOND, at_once)
    judgement = violation(case) if settled is Outcome.VIOLATION else review.Judgement(outcome=settled)
    closed = say(line, case, noor, judgement)
    if closed.state is not CaseState.CLOSED:
        closed = say(line, case, pia, judgement)
    assert closed.state is CaseState.CLOSED
    assert closed.restricted is (settled is not Outcome.NOT_VIOLATION)
    assert (platform.state_of("post-9") is ContentState.VISIBLE) is not closed.restricted


def test_an_incident_in_words_has_no_content_that_could_be_hidden(line: Line) -> None:
    line.wardline.tell(told(), api_key=line.platform_key().record)
    (case,) = line.store.cases()
    closed = say_of_words(line, case, line.person("mika"))
    assert (closed.state, closed.restricted) == (CaseState.CLOSED, False)
    action = next(each for each in line.store.actions_of(case.id) if each.stands)
    line.wardline.appeal(Complaint(text="no", action_id=action.id), api_key=line.platform_key().record)
    assert (line.store.case(case.id).stage, line.store.case(case.id).restricted) == (Stage.APPEAL, False)


def say_of_words(line: Line, case: records.Case, person: Person) -> records.Case:
    line.wardline.claim(case.id, user=person.user)
    line.wardline.decide(case.id, user=person.user, judgement=judged(case))
    line.pass_time(line.parts.rules.undo_window)
    return line.store.case(case.id)


def test_what_was_shown_again_by_itself_is_not_hidden_when_it_is_left_as_it_is_and_cannot_be_appealed(
    make_line: MakeLine, platform: PlatformSandbox
) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, restore_unverified=True))
    line.list_of([picture()], trust=ListTrust.VERIFIED)
    case = line.case_of(line.submit(picture(), account="account-9", content_reference="post-9"))
    line.run_due()
    item = line.store.item(case.item_ids[0])
    doubted = tuple(replace(each, trust=ListTrust.UNVERIFIED) for each in item.matches)
    line.store.commit(
        records.Replace(replace(item, matches=doubted, version=item.version + 1)),
        entries=[line.parts.entry(records.Verb.CASE_PLACED, case.id)],
    )
    line.pass_time(timedelta(days=8))
    line.chores.run()
    line.run_due()
    shown = line.store.case(case.id)
    assert (shown.restricted, platform.state_of("post-9")) == (False, ContentState.VISIBLE)
    complaint = Complaint(text="mine", account_reference="account-9", content_reference="post-9")
    with pytest.raises(ConflictError, match="was taken back"):
        line.wardline.appeal(complaint, api_key=line.platform_key().record)
    closed = say(line, case, line.person("mika"), INNOCENT)
    assert (closed.state, closed.restricted) == (CaseState.CLOSED, False)


def test_the_same_appeal_with_one_key_is_given_again_after_what_it_is_about_was_taken_back(
    line: Line,
) -> None:
    told_of = scene(line)
    key = line.platform_key().record
    complaint = Complaint(text="mine", action_id=told_of.removal.id)
    first = line.wardline.appeal(complaint, api_key=key, idempotency_key="k")
    told_of.answer(INNOCENT)
    again = line.wardline.appeal(complaint, api_key=key, idempotency_key="k")
    assert (again.id, again.state) == (first.id, AppealState.OVERTURNED)


def test_what_had_spread_says_what_was_done_and_as_it_was_before_when_it_is_taken_back(
    make_line: MakeLine, platform: PlatformSandbox
) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, audit_share=0.0))
    line.list_of([picture()])
    people = [line.person(name) for name in ("mika", "noor", "otto")]
    cases = [
        line.case_of(line.submit(picture(), account=f"a{n}", content_reference=f"post-{n}")) for n in range(4)
    ]
    line.run_due()
    line.wardline.claim(cases[3].id, user=people[2].user)
    for case, person in zip(cases[:2], people[:2], strict=True):
        say(line, case, person, INNOCENT)
    copy = line.store.case(cases[2].id)
    assert (copy.state, copy.restricted) == (CaseState.CLOSED, False)
    assert platform.state_of("post-2") is ContentState.VISIBLE
    say(line, cases[3], people[2], violation(cases[3]))
    line.pass_time(timedelta(minutes=10))
    again = line.store.case(cases[2].id)
    assert (again.state, again.restricted) == (CaseState.OPEN, True)
    assert platform.state_of("post-2") is ContentState.RESTRICTED

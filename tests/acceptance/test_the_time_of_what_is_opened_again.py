"""The time of a case that is opened once more runs from then on, whatever its queue, and whatever was known of it before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, reveal_all, violation
from tests.acceptance.test_an_appeal import INNOCENT, OTHER
from wardline import enforcement, records, review
from wardline.pipeline import Complaint, Rules
from wardline.pipeline.flagging import Flagged
from wardline.records import AlarmKind, CaseState, KeyTrust, Role, Stage, Target
from wardline.testing.harness import REPORTER, Line, Person

HOUR = timedelta(hours=1)
OWN = review.QueueRule(name="own", target_hours=12)
MakeCase = Callable[[Line], records.Case]


@pytest.fixture
def hurried(make_line: MakeLine) -> Line:
    """Give one whose queue has a target of its own."""
    return make_line(rules=Rules(reporter=REPORTER, queues=(OWN,)))


def judge(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> None:
    claimed = line.wardline.claim(case.id, user=person.user)
    reveal_all(line, claimed, person)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window)


def flag(line: Line, reason: str) -> None:
    flagged = Flagged(reason=reason, account_reference="account-9", content_reference="post-9", upload=None)
    line.wardline.flag(flagged, api_key=line.platform_key(trust=KeyTrust.TRUSTED).record)


def came(line: Line, reason: str = "spam") -> records.Case:
    return line.case_of(line.submit(picture(), account="account-9", content_reference="post-9", flag=reason))


def cleared_and_flagged_again(line: Line, *, first: str = "spam") -> records.Case:
    case = came(line, first)
    judge(line, case, line.person("mika"), INNOCENT)
    line.pass_time(timedelta(days=10))
    flag(line, "nudity")
    return line.store.case(case.id)


def appealed(line: Line, judgement: review.Judgement = OTHER, *, first: str = "spam") -> records.Case:
    case = came(line, first)
    judge(line, case, line.person("mika"), judgement)
    line.pass_time(timedelta(days=10))
    action = next(each for each in line.store.actions_of(case.id) if enforcement.acts(each))
    complaint = Complaint(text="It is our garden.", action_id=action.id)
    line.wardline.appeal(complaint, api_key=line.platform_key().record)
    return line.store.case(case.id)


def past(line: Line) -> set[str]:
    line.chores.run()
    alarms = {each.subject_id for each in line.store.open_alarms() if each.kind in (AlarmKind.TARGET_PAST, AlarmKind.TARGET_NEAR)}  # fmt: skip
    assert sum(each.past for each in line.wardline.team().lines) == (1 if alarms else 0)
    return alarms


@pytest.mark.parametrize("again", [cleared_and_flagged_again, appealed])
def test_in_a_queue_with_a_target_of_its_own(hurried: Line, again: MakeCase) -> None:
    case, now = again(hurried), hurried.clock.now()
    assert (case.queue, case.state, case.due_at) == ("own", CaseState.OPEN, now + 12 * HOUR)
    assert past(hurried) == set()
    hurried.clock.advance(HOUR)
    flag(hurried, "violence")
    assert hurried.store.case(case.id).due_at == now + 12 * HOUR
    assert hurried.wardline.waits_since(hurried.store.case(case.id)) == now


def test_when_a_lead_moves_it_to_a_queue_with_another_target(make_line: MakeLine) -> None:
    rule = replace(OWN, languages=("de",))
    line = make_line(rules=Rules(reporter=REPORTER, queues=(rule,)))
    case, now, lead = appealed(line), line.clock.now(), line.person("lena", Role.LEAD)
    assert (case.queue, case.due_at) == (records.GENERAL_QUEUE, now + 168 * HOUR)
    line.clock.advance(HOUR)
    moved = line.wardline.divert(case.id, lead=lead.user, queue="own", note="it is German")
    assert (moved.queue, moved.due_at) == ("own", now + 12 * HOUR)
    back = line.wardline.divert(case.id, lead=lead.user, queue=records.GENERAL_QUEUE, note="it is not")
    assert (back.queue, back.due_at) == (records.GENERAL_QUEUE, now + 12 * HOUR)


def test_danger_that_was_decided_about_makes_no_haste_once_more(line: Line) -> None:
    case, now = cleared_and_flagged_again(line, first=records.IMMINENT_DANGER), line.clock.now()
    assert (case.imminent_since, case.due_at) == (None, now + 168 * HOUR)
    lead = line.person("lena", Role.LEAD)
    marked = line.wardline.mark_danger(case.id, user=lead.user, note="the child is named")
    assert (marked.imminent_since, marked.target, marked.due_at) == (now, Target.IMMINENT, now + HOUR)


def test_danger_that_was_known_before_makes_no_haste_in_an_appeal(line: Line) -> None:
    case = appealed(line, first=records.IMMINENT_DANGER)
    now = line.clock.now()
    assert (case.target, case.due_at) == (Target.APPEAL, now + 168 * HOUR)
    line.clock.advance(HOUR)
    flag(line, "violence")
    again = line.store.case(case.id)
    assert (again.stage, again.target, again.due_at) == (Stage.APPEAL, Target.APPEAL, now + 168 * HOUR)


def test_danger_that_is_said_in_an_appeal_is_seen_to_at_once(line: Line) -> None:
    case = appealed(line)
    line.clock.advance(HOUR)
    flag(line, records.IMMINENT_DANGER)
    again = line.store.case(case.id)
    assert (again.target, again.due_at) == (Target.IMMINENT, line.clock.now() + HOUR)


def test_what_had_spread_and_is_in_doubt(make_line: MakeLine) -> None:
    line = make_line(rules=Rules(reporter=REPORTER, audit_share=0.0))
    people = [line.person(name) for name in ("mika", "noor", "otto")]
    cases = [
        line.case_of(
            line.submit(picture(), account=f"account-{n}", content_reference=f"post-{n}", flag="spam")
        )
        for n in (1, 2, 9, 4)
    ]
    line.wardline.claim(cases[3].id, user=people[2].user)
    for case, person in zip(cases[:2], people[:2], strict=True):
        judge(line, case, person, INNOCENT)
    assert line.store.case(cases[2].id).state is CaseState.CLOSED
    line.clock.advance(timedelta(days=10))
    judge(line, cases[3], people[2], violation(cases[3]))
    line.pass_time(timedelta(minutes=10))
    opened = line.store.case(cases[2].id)
    assert (opened.state, opened.target) == (CaseState.OPEN, Target.OTHER)
    since = line.wardline.waits_since(opened)
    assert line.clock.now() - timedelta(minutes=20) <= since <= line.clock.now()
    flag(line, "violence")
    assert line.store.case(opened.id).due_at == since + 168 * HOUR


def test_the_answer_to_an_appeal_that_is_taken_back_leaves_its_time(line: Line) -> None:
    case, since = appealed(line), line.clock.now()
    noor = line.person("noor")
    line.wardline.claim(case.id, user=noor.user)
    line.wardline.decide(case.id, user=noor.user, judgement=INNOCENT)
    line.wardline.undo(case.id, user=noor.user)
    flag(line, "violence")
    again = line.store.case(case.id)
    assert (again.state, again.due_at) == (CaseState.OPEN, since + 168 * HOUR)
    assert line.wardline.waits_since(again) == since


def test_half_of_the_time_of_appeals_is_half_of_what_was_promised(make_line: MakeLine) -> None:
    promises = enforcement.Promises(answer_within=timedelta(days=3))
    line = make_line(rules=Rules(reporter=REPORTER, promises=promises))
    case, now = appealed(line), line.clock.now()
    assert case.due_at == now + timedelta(days=3)
    assert past(line) == set()
    line.clock.advance(timedelta(days=2))
    line.chores.run()
    assert line.store.open_alarm(AlarmKind.TARGET_NEAR, "appeal:half") is not None


def test_an_appeal_answered_in_time_is_kept_however_late_the_first_decision_was(line: Line) -> None:
    case = came(line)
    line.clock.advance(timedelta(days=9))
    judge(line, case, line.person("mika"), OTHER)
    action = next(each for each in line.store.actions_of(case.id) if enforcement.acts(each))
    complaint = Complaint(text="It is our garden.", action_id=action.id)
    line.wardline.appeal(complaint, api_key=line.platform_key().record)
    judge(line, case, line.person("noor"), OTHER)
    line.clock.advance(timedelta(days=8))
    (of_appeals,) = (each for each in line.wardline.team().lines if each.target is Target.APPEAL)
    assert (of_appeals.month.kept, of_appeals.month.of) == (1, 1)


def test_the_case_waits_from_when_it_was_opened_again(line: Line) -> None:
    case = appealed(line)
    since: datetime = line.wardline.waits_since(case)
    assert since == line.clock.now() != case.opened_at

"""A finished report whose files a later decision grades otherwise: a correction is prepared, and goes out when somebody approves it."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, violation
from wardline import records, referral, review
from wardline.errors import ConflictError
from wardline.pipeline import Complaint, Rules, regrading
from wardline.records import AlarmKind, Category, Outcome, ReferralState, Role
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import REPORTER, Line, Person

DRAWN = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=False, random_share=1.0))
WINDOW = DRAWN.undo_window
INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=DRAWN)


def decide(line: Line, case: records.Case, person: Person, judgement: review.Judgement) -> records.Decision:
    line.wardline.claim(case.id, user=person.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    decision = line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(WINDOW)
    return line.store.decision(decision.id)


def regraded(
    line: Line, authority: AuthoritySandbox
) -> tuple[records.Case, records.Referral, records.Referral]:
    """Have a violation reported as B1, and two people find it A2."""
    mika, noor, olli = (line.person(name) for name in ("mika", "noor", "olli"))
    case = line.case_of(line.submit(picture(), flag="spam"))
    decide(line, case, mika, violation(case, Category.B1))
    assert len(authority.ledger.finished()) == 1
    decide(line, case, noor, violation(case, Category.A2))
    decide(line, case, olli, violation(case, Category.A2))
    (report, correction) = line.store.referrals(case_id=case.id)
    return line.store.case(case.id), report, correction


def alarms(line: Line, kind: AlarmKind) -> list[str]:
    return [each.subject_id for each in line.store.open_alarms() if each.kind is kind]


def test_a_correction_is_prepared_and_sent_when_somebody_approved_it(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, report, correction = regraded(line, authority)
    assert (correction.state, correction.corrects) == (ReferralState.NEEDS_HUMAN, report.id)
    assert correction.problem == referral.APPROVAL
    assert correction.files == ()
    assert correction.decision_id == case.decision_id
    assert len(authority.ledger.finished()) == 1
    assert alarms(line, AlarmKind.FILING_NEEDS_HUMAN) == [correction.id]
    assert alarms(line, AlarmKind.REPORT_WRONG) == []
    shown = line.wardline.preview_referral(correction.id)
    assert shown.problems == ()
    assert shown.report is not None
    assert shown.report.corrects == report.remote_id
    assert f"File {report.files[0].remote_file_id}: B1 before, A2 now." in shown.report.note
    assert shown.preview is not None
    body = shown.preview.documents[0].body.decode()
    assert f"<priorCTReports>{report.remote_id}</priorCTReports>" in body
    line.wardline.file_again(correction.id, user=line.person("lea", Role.LEAD).user)
    line.run_due()
    assert line.store.referral(correction.id).state is ReferralState.FINISHED
    assert len(authority.ledger.finished()) == 2
    assert alarms(line, AlarmKind.FILING_NEEDS_HUMAN) == []


def test_doing_the_work_again_prepares_nothing_more(line: Line, authority: AuthoritySandbox) -> None:
    case, _, correction = regraded(line, authority)
    for attempt in range(2):
        regrading.compare_reports(line.parts, correction.decision_id, attempt)
    assert len(line.store.referrals(case_id=case.id)) == 2


def test_the_same_grade_prepares_nothing(line: Line, authority: AuthoritySandbox) -> None:
    mika, noor = line.person("mika"), line.person("noor")
    case = line.case_of(line.submit(picture(), flag="spam"))
    for person in (mika, noor):
        decide(line, case, person, violation(case, Category.B1))
    assert len(line.store.referrals(case_id=case.id)) == 1
    assert line.store.open_alarms() == []


def appealed(line: Line, judgement: review.Judgement, case: records.Case) -> records.Decision:
    """Have the account appeal, and somebody who had no part in it decide."""
    key = line.platform_key()
    action = next(each for each in line.store.actions_of(case.id) if each.stands)
    line.wardline.appeal(Complaint(text="It is not what they say.", action_id=action.id), api_key=key.record)
    line.run_due()
    return decide(line, case, line.person("pia"), judgement)


def test_a_later_decision_withdraws_what_nobody_approved_and_corrects_the_report_itself(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, report, correction = regraded(line, authority)
    appealed(line, INNOCENT, case)
    line.run_due()
    assert line.store.referral(correction.id).state is ReferralState.WITHDRAWN
    with pytest.raises(ConflictError):
        line.wardline.file_again(correction.id, user=line.person("lea", Role.LEAD).user)
    overturned = line.store.referrals(case_id=case.id)[-1]
    assert (overturned.corrects, overturned.state) == (report.id, ReferralState.FINISHED)
    assert len(authority.ledger.finished()) == 2


def test_another_grade_once_more_takes_the_place_of_the_correction_that_waits(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, report, correction = regraded(line, authority)
    by = appealed(line, violation(case, Category.B2), case)
    line.run_due()
    assert line.store.referral(correction.id).state is ReferralState.WITHDRAWN
    newest = line.store.referrals(case_id=case.id)[-1]
    assert (newest.corrects, newest.decision_id) == (report.id, by.id)
    shown = line.wardline.preview_referral(newest.id).report
    assert shown is not None
    assert "B1 before, B2 now." in shown.note
    assert line.store.referral(report.id).state is ReferralState.FINISHED


def test_an_earlier_comparison_that_runs_again_leaves_the_newest_correction_alone(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, report, correction = regraded(line, authority)
    by = appealed(line, violation(case, Category.B2), case)
    line.run_due()
    before = line.store.referrals(case_id=case.id)
    regrading.compare_reports(line.parts, correction.decision_id, 1)
    assert line.store.referrals(case_id=case.id) == before
    assert (before[-1].decision_id, before[-1].corrects) == (by.id, report.id)
    assert before[-1].state is ReferralState.NEEDS_HUMAN

"""Danger that is said after a report was drafted, sent or finished: it reaches the authority, or a person who tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.acceptance.test_priorities import BOTH, DANGER, decide, in_hand, now_of, told
from wardline import records, referral, review
from wardline.errors import SecondPersonError
from wardline.pipeline import Flagged, Rules
from wardline.pipeline.filing_rules import FilingRules
from wardline.records import AlarmKind, Category, FactKind, Priority, ReferralState, Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line, Person

HOUR = timedelta(hours=1)
LATER = "They wrote that they are on the way now."
DRAWN = Rules(
    reporter=REPORTER, opinions=review.SecondOpinions(gravest=False, random_share=1.0), filing=FilingRules()
)
WAITS = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=True, random_share=0.0))


@pytest.fixture
def authority() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=VirtualClock(START + timedelta(days=9)).now) as started:
        yield started


def a_line(folder: Path, authority: AuthoritySandbox, rules: Rules) -> Line:
    return Line(folder, authority=authority, rules=rules)


def judge(
    line: Line, case: records.Case, name: str, escalation: str | None = None, category: Category = Category.B1
) -> Person:
    if line.store.user_named("olli") is None:
        line.person("olli")  # else nobody is left who could be asked
    person = line.person(name)
    line.wardline.claim(case.id, user=person.user)
    said = replace(violation(case, category), escalation=escalation)
    line.wardline.decide(case.id, user=person.user, judgement=said)
    line.pass_time(line.parts.rules.undo_window)
    return person


def reports(line: Line, case: records.Case) -> list[records.Referral]:
    return line.store.referrals(case_id=case.id)


def known_late(line: Line) -> list[str]:
    return [each.subject_id for each in line.store.open_alarms() if each.kind is AlarmKind.KNOWN_LATE]


def test_of_several_reasons_for_danger_the_newest_stands_first(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, Rules(reporter=REPORTER, filing=FilingRules(approval=BOTH))) as line:
        authority.faults = lambda _call, _number: Fault.SERVER_ERROR
        case, decider = in_hand(line)
        found = decide(line, case, decider, DANGER)
        line.clock.advance(timedelta(minutes=7))
        found = now_of(line, found)
        assert found.state is ReferralState.OPENING
        line.wardline.add_to_referral(found.id, user=decider.user, kind=FactKind.DANGER, text=LATER)
        report = line.wardline.preview_referral(found.id).report
        assert report is not None
        assert report.escalation is not None
        assert report.escalation.startswith(f"{LATER} Before that, ")
        assert report.escalation.endswith(f" UTC: {DANGER}")


def test_a_report_that_waits_for_its_next_try_is_tried_at_once_when_danger_is_said(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, Rules(reporter=REPORTER)) as line:
        authority.faults = lambda _call, _number: Fault.SERVER_ERROR
        case, decider = in_hand(line)
        found = decide(line, case, decider)
        line.pass_time(3 * HOUR)
        assert now_of(line, found).attempts > 8
        authority.faults = None
        line.wardline.add_to_referral(found.id, user=decider.user, kind=FactKind.DANGER, text=DANGER)
        line.run_due()
        filed = now_of(line, found)
        assert (filed.state, filed.priority) == (ReferralState.FINISHED, Priority.FIRST)
        line.pass_time(3 * HOUR)
        assert len(authority.ledger.finished()) == 1


def test_a_second_reason_for_danger_stands_in_a_report_that_is_one_of_priority_1_already(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, DRAWN) as line:
        authority.faults = lambda _call, _number: Fault.SERVER_ERROR
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika", DANGER)
        judge(line, case, "noor", LATER)
        (found,) = reports(line, case)
        authority.faults = None
        line.pass_time(HOUR)
        assert now_of(line, found).state is ReferralState.FINISHED
        shown = line.wardline.preview_referral(found.id).report
        assert shown is not None
        assert str(shown.escalation).startswith(f"{LATER} Before that, ")
        assert len(authority.ledger.finished()) == 1


def test_a_report_of_priority_1_is_tried_every_few_minutes_however_often_it_failed() -> None:
    waits = [referral.retry_delay(attempts, priority=Priority.FIRST) for attempts in range(1, 40)]
    assert max(waits) == timedelta(minutes=5)
    assert referral.retry_delay(40) == HOUR


def test_a_case_that_was_marked_tells_the_authority_so_without_a_reason(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, Rules(reporter=REPORTER)) as line:
        case, decider = in_hand(line)
        line.wardline.mark_danger(case.id, user=decider.user, note="a colleague called")
        found = decide(line, line.store.case(case.id), decider)
        shown = line.wardline.preview_referral(found.id)
        assert shown.report is not None
        assert shown.report.escalation == referral.MARKED
        need = shown.checklist[0]
        assert (need.name, need.state) == ("Danger now", referral.NeedState.MISSING)
        assert "a colleague called" not in str(shown.report)


def test_marking_a_case_raises_its_report_that_waits_for_a_second_person(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    rules = replace(DRAWN, filing=FilingRules(approval=BOTH))
    with a_line(tmp_path, authority, rules) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika")
        (found,) = reports(line, case)
        assert referral.waits(found)
        line.wardline.mark_danger(case.id, user=line.person("lea", Role.LEAD).user, note="a colleague called")
        line.run_due()
        filed = now_of(line, found)
        assert (filed.state, filed.priority) == (ReferralState.FINISHED, Priority.FIRST)
        assert len(told(line, found.id, Verb.REFERRAL_RAISED)) == 1


def test_marking_a_case_whose_report_is_filed_has_a_person_telephone(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, DRAWN) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika")
        (found,) = reports(line, case)
        assert found.state is ReferralState.FINISHED
        line.wardline.mark_danger(case.id, user=line.person("lea", Role.LEAD).user, note="a colleague called")
        line.run_due()
        assert known_late(line) == [found.id]


@pytest.mark.parametrize("call", ["upload", "finish"])
def test_marking_a_case_whose_report_is_half_sent_has_a_person_telephone(
    tmp_path: Path, authority: AuthoritySandbox, call: str
) -> None:
    with a_line(tmp_path, authority, DRAWN) as line:
        authority.faults = lambda name, _number: Fault.ERROR_IN_SUCCESS if name == call else None
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika")
        (found,) = reports(line, case)
        assert found.remote_id is not None
        assert found.state is not ReferralState.FINISHED
        line.wardline.mark_danger(case.id, user=line.person("lea", Role.LEAD).user, note="a colleague called")
        line.run_due()
        assert known_late(line) == [found.id]
        authority.faults = None
        line.pass_time(HOUR)
        (filed,) = reports(line, case)
        assert (filed.state, filed.priority) == (ReferralState.FINISHED, Priority.FIRST)
        assert known_late(line) == [found.id]


def danger_flagged(line: Line, case: records.Case) -> None:
    flagged = Flagged(reason=records.IMMINENT_DANGER, item_id=case.item_ids[0])
    line.wardline.flag(flagged, api_key=line.platform_key(trust=records.KeyTrust.TRUSTED).record)
    line.run_due()


def test_a_flag_about_danger_raises_a_report_that_waits_for_a_second_person(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    rules = replace(DRAWN, filing=FilingRules(approval=BOTH))
    with a_line(tmp_path, authority, rules) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika")
        (found,) = reports(line, case)
        assert referral.waits(found)
        assert line.store.case(case.id).state is records.CaseState.OPEN
        danger_flagged(line, case)
        filed = now_of(line, found)
        assert (filed.state, filed.priority) == (ReferralState.FINISHED, Priority.FIRST)
        shown = line.wardline.preview_referral(found.id).report
        assert shown is not None
        assert shown.escalation == referral.MARKED


def test_a_flag_about_danger_on_what_was_reported_has_a_person_telephone(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, Rules(reporter=REPORTER)) as line:
        case, decider = in_hand(line)
        found = decide(line, case, decider)
        assert found.state is ReferralState.FINISHED
        assert line.store.case(case.id).state is records.CaseState.CLOSED
        danger_flagged(line, case)
        assert known_late(line) == [found.id]
        danger_flagged(line, case)
        assert known_late(line) == [found.id]


def test_a_flag_about_danger_on_what_was_just_decided_stands_in_its_report(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, Rules(reporter=REPORTER)) as line:
        case, decider = in_hand(line)
        line.wardline.decide(case.id, user=decider.user, judgement=violation(case))
        danger_flagged(line, case)
        line.pass_time(line.parts.rules.undo_window)
        (found,) = reports(line, case)
        assert (found.state, found.priority) == (ReferralState.FINISHED, Priority.FIRST)
        assert known_late(line) == []


def test_a_flag_about_danger_lets_a_violation_that_waits_for_others_be_reported_now(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, WAITS) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika", category=Category.A2)
        assert reports(line, case) == []
        danger_flagged(line, case)
        (found,) = reports(line, case)
        assert (found.state, found.priority) == (ReferralState.FINISHED, Priority.FIRST)


def test_marking_a_case_lets_a_violation_that_waits_for_others_be_reported_now(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, WAITS) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika", category=Category.A2)
        assert reports(line, case) == []
        line.wardline.mark_danger(case.id, user=line.person("lea", Role.LEAD).user, note="a colleague called")
        line.run_due()
        (found,) = reports(line, case)
        assert (found.state, found.priority) == (ReferralState.FINISHED, Priority.FIRST)


def test_what_a_second_person_writes_of_danger_supplements_a_finished_report_at_once(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, DRAWN) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika")
        second = judge(line, case, "noor", LATER)
        first, supplement = reports(line, case)
        assert (supplement.corrects, supplement.state) == (first.id, ReferralState.FINISHED)
        assert supplement.priority is Priority.FIRST
        shown = line.wardline.preview_referral(supplement.id)
        assert shown.report is not None
        assert (shown.report.escalation, shown.report.corrects) == (LATER, first.remote_id)
        assert shown.problems == ()
        assert f"Supplement to report {first.remote_id}" in shown.report.note
        before = line.wardline.preview_referral(first.id).report
        assert before is not None
        assert before.escalation is None  # nobody got it with that report
        lead = replace(second.user, role=Role.LEAD)
        with pytest.raises(SecondPersonError):
            line.wardline.second_referral(supplement.id, user=lead)
        assert line.wardline.second_referral(
            supplement.id, user=line.person("ada", Role.ADMIN).user
        ).second_by


def test_a_supplement_says_word_for_word_why_a_child_is_in_danger_for_it_has_no_field_of_the_victim(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    victim = records.Party(person=records.Person(first_name="Hope", last_name="Marlowe"))
    with a_line(tmp_path, authority, DRAWN) as line:
        facts = records.ReportFacts(victims=(victim,))
        case = line.case_of(line.submit(picture(), flag="spam", facts=facts))
        judge(line, case, "mika")
        judge(line, case, "noor", "They know where Hope Marlowe lives.")
        _, supplement = reports(line, case)
        shown = line.wardline.preview_referral(supplement.id).report
        assert shown is not None
        assert shown.escalation == "They know where Hope Marlowe lives."
        assert (shown.victims, shown.masked) == ((), ())


def test_what_a_second_person_writes_of_danger_stands_in_a_report_that_is_not_sent(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, replace(DRAWN, filing=FilingRules(approval=BOTH))) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika")
        judge(line, case, "noor", LATER)
        (found,) = reports(line, case)
        assert (found.state, found.priority) == (ReferralState.FINISHED, Priority.FIRST)
        shown = line.wardline.preview_referral(found.id).report
        assert shown is not None
        assert shown.escalation == LATER


def test_danger_that_is_said_while_a_report_is_being_sent_follows_it(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, DRAWN) as line:
        authority.faults = lambda call, _number: Fault.SERVER_ERROR if call == "upload" else None
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika")
        judge(line, case, "noor", LATER)
        (found,) = reports(line, case)
        assert found.priority is Priority.FIRST
        authority.faults = None
        line.pass_time(HOUR)
        first, supplement = reports(line, case)
        assert (first.state, supplement.state) == (ReferralState.FINISHED, ReferralState.FINISHED)
        assert supplement.corrects == first.id


def test_whoever_writes_of_danger_is_not_the_second_person(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, Rules(reporter=REPORTER, filing=FilingRules(approval=BOTH))) as line:
        case, decider = in_hand(line)
        found = decide(line, case, decider)
        other = line.person("lea", Role.LEAD)
        line.wardline.add_to_referral(found.id, user=other.user, kind=FactKind.DANGER, text=DANGER)
        line.run_due()
        with pytest.raises(SecondPersonError):
            line.wardline.second_referral(found.id, user=other.user)


def test_the_clock_runs_from_the_first_person_who_found_it(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    with a_line(tmp_path, authority, WAITS) as line:
        case = line.case_of(line.submit(picture(), flag="spam"))
        judge(line, case, "mika", category=Category.A2)
        line.clock.advance(5 * HOUR)
        judge(line, case, "noor", category=Category.A2)
        (found,) = reports(line, case)
        assert found.clock_from == line.store.decisions_of(case.id)[0].at

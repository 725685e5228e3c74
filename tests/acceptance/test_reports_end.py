"""What ends with a report: its alarms, its wait for a second person, what people wrote for it; and what corrections name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.stories import picture, violation
from tests.acceptance.test_priorities import FILING, decide, in_hand, now_of, open_alarms, sandbox_time
from wardline import preservation, records, review
from wardline.pipeline import Complaint, Rules, alarms
from wardline.pipeline.wardline import Wardline
from wardline.records import ActionState, AlarmKind, Category, FactKind, Outcome, ReferralState, Replace, Role
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import PLATFORM_SECRET, REPORTER, START, Line
from wardline.testing.platform_sandbox import PlatformSandbox

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)


@pytest.fixture
def authority() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=sandbox_time) as started:
        yield started


@pytest.fixture
def line(tmp_path: Path, authority: AuthoritySandbox) -> Iterator[Line]:
    with Line(tmp_path, authority=authority, rules=Rules(reporter=REPORTER, filing=FILING)) as made:
        yield made


def appeal(line: Line, case: records.Case, judgement: review.Judgement, name: str) -> None:
    """Have the account appeal, and somebody who had no part in it decide."""
    key = line.platform_key()
    action = next(each for each in line.store.actions_of(case.id) if each.stands)
    line.wardline.appeal(Complaint(text="It is not what they say.", action_id=action.id), api_key=key.record)
    line.run_due()
    person = line.person(name, Role.LEAD)
    line.wardline.claim(case.id, user=person.user)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    line.pass_time(line.parts.rules.undo_window)


def put(line: Line, *changes: records.Change) -> None:
    """Write records as if something else had led to them."""
    line.store.commit(*changes, entries=[line.parts.entry(records.Verb.REFERRAL_MOVED, "by the test")])


def fail(authority: AuthoritySandbox) -> None:
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR


def test_the_alarm_about_a_report_that_nobody_approved_ends_when_it_is_withdrawn(
    line: Line, authority: AuthoritySandbox
) -> None:
    fail(authority)
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    assert found.waits_until is not None
    line.pass_time(found.waits_until - line.clock.now())
    assert (AlarmKind.REFERRAL_UNAPPROVED, found.id) in open_alarms(line)
    appeal(line, case, INNOCENT, "pia")
    assert now_of(line, found).state is ReferralState.WITHDRAWN
    assert open_alarms(line) == set()


def test_the_alarm_about_a_report_that_stopped_ends_when_it_is_withdrawn(
    line: Line, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda _call, _number: Fault.REJECTED
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    line.run_due()
    assert now_of(line, found).state is ReferralState.NEEDS_HUMAN
    appeal(line, case, INNOCENT, "pia")
    assert now_of(line, found).state is ReferralState.WITHDRAWN
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id) is None


def test_an_alarm_that_a_crash_left_open_is_closed_by_the_next_look(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    line.run_due()
    for kind in (AlarmKind.REFERRAL_UNAPPROVED, AlarmKind.FILING_NEEDS_HUMAN):
        alarms.raise_alarm(line.parts, kind, found.id, "left open")
    line.pass_time(timedelta(minutes=1))
    assert line.store.open_alarm(AlarmKind.REFERRAL_UNAPPROVED, found.id) is None
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id) is None


def test_a_report_that_stopped_before_anybody_approved_it_is_checked_after_it_was_filed_again(
    line: Line,
) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    stopped = replace(found, state=ReferralState.NEEDS_HUMAN, problem="restored", version=found.version + 1)
    put(line, Replace(stopped))
    line.wardline.file_again(found.id, user=decider.user)
    line.run_due()
    filed = now_of(line, found)
    assert (filed.state, filed.waits_until) == (ReferralState.FINISHED, None)
    assert filed.check_by is not None


def test_what_was_written_for_a_report_goes_with_its_file_and_not_before(line: Line) -> None:
    case, decider = in_hand(line)
    line.wardline.add_fact(case.id, user=decider.user, kind=FactKind.LINKED, text="another account")
    found = decide(line, case, decider)
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    line.pass_time(300 * DAY)
    assert len(line.store.facts_of(case.id)) == 1
    line.pass_time(80 * DAY)
    assert not line.store.item(case.item_ids[0]).sealed
    assert line.store.facts_of(case.id) == []


def test_an_account_is_known_until_the_correction_of_its_report_is_filed(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    rules = Rules(reporter=REPORTER, periods=preservation.Periods(unlink_after_clearance=2 * DAY))
    now = VirtualClock(START).now
    with PlatformSandbox(PLATFORM_SECRET, now=now) as platform, Line(
        tmp_path, authority=authority, platform=platform, rules=rules
    ) as line:  # fmt: skip
        case, decider = in_hand(line)
        decide(line, case, decider)
        fail(authority)
        appeal(line, case, INNOCENT, "pia")
        line.pass_time(5 * DAY)
        assert all(each.state is ActionState.DELIVERED for each in line.store.actions_of(case.id))
        assert line.store.case(case.id).account_reference != ""
        authority.faults = None
        line.pass_time(2 * HOUR)
        _, correction = line.store.referrals(case_id=case.id)
        assert correction.state is ReferralState.FINISHED
        line.pass_time(2 * DAY)
        assert line.store.case(case.id).account_reference == ""


def test_a_report_that_cannot_be_built_any_more_stops_for_a_person(
    line: Line, authority: AuthoritySandbox
) -> None:
    fail(authority)
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    line.run_due()
    kept = line.store.case(case.id)
    put(line, Replace(replace(kept, account_reference="", version=kept.version + 1)))
    line.pass_time(HOUR)
    stopped = now_of(line, found)
    assert stopped.state is ReferralState.NEEDS_HUMAN
    assert stopped.problem is not None
    assert "cannot be built any more" in stopped.problem
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id) is not None


def test_a_correction_names_the_report_that_it_corrects_and_not_a_later_one(
    line: Line, authority: AuthoritySandbox
) -> None:
    case, decider = in_hand(line)
    first = decide(line, case, decider)
    line.wardline.second_referral(first.id, user=line.person("ada", Role.ADMIN).user)
    line.run_due()
    appeal(line, case, INNOCENT, "pia")
    _, correction = line.store.referrals(case_id=case.id)
    first = now_of(line, first)
    # As after another report of the case, which nothing overturned.
    later = replace(
        first, id=line.parts.new_id("referral"), decision_id=line.parts.new_id("decision"), remote_id="999999", version=1,
        created_at=line.clock.now(),
    )  # fmt: skip
    put(line, records.Insert(later))
    shown = line.wardline.preview_referral(correction.id).report
    assert shown is not None
    assert shown.corrects == first.remote_id


def test_a_correction_does_not_count_among_how_complete_reports_were(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    line.run_due()
    appeal(line, case, INNOCENT, "pia")
    filed = [each.completeness for each in line.store.referrals(case_id=case.id)]
    assert filed[0] is not None
    assert filed[0] < 100
    assert filed[1] == 100
    assert line.wardline.completeness()[0][1:] == (1, filed[0])


def test_a_correction_that_is_read_again_says_what_was_known_when_it_was_drafted(
    tmp_path: Path, authority: AuthoritySandbox
) -> None:
    rules = Rules(reporter=REPORTER, opinions=review.SecondOpinions(gravest=False, random_share=1.0))
    with Line(tmp_path, authority=authority, rules=rules) as line:
        people = [line.person(name) for name in ("mika", "noor", "olli")]
        case = line.case_of(line.submit(picture(), flag="spam"))
        for person, grade in zip(people, (Category.B1, Category.A2, Category.A2), strict=True):
            line.wardline.claim(case.id, user=person.user)
            line.wardline.decide(case.id, user=person.user, judgement=violation(case, grade))
            line.pass_time(rules.undo_window)
        _, correction = line.store.referrals(case_id=case.id)
        line.wardline.file_again(correction.id, user=line.person("lea", Role.LEAD).user)
        line.run_due()
        before = note_of(line.wardline, correction)
        # A later correction of the same report, filed since.
        graded = line.store.decision(correction.decision_id)
        finding = replace(graded.findings[0], category=Category.A1)
        newer = replace(graded, id=line.parts.new_id("decision"), findings=(finding,), at=line.clock.now())
        again = replace(
            now_of(line, correction), id=line.parts.new_id("referral"), decision_id=newer.id, version=1,
            created_at=line.clock.now() + HOUR,
        )  # fmt: skip
        put(line, records.Insert(newer), records.Insert(again))
        assert note_of(line.wardline, correction) == before


def note_of(wardline: Wardline, found: records.Referral) -> str:
    report = wardline.preview_referral(found.id).report
    assert report is not None
    return report.note

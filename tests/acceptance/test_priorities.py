"""How urgent reports are: clocks, a second person, what people add, whom they telephone. Nothing with a duty is held back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.stories import picture, reveal_all, the_referral
from wardline import records, referral, review
from wardline.errors import ConflictError, InputError, NotAllowedError, SecondPersonError
from wardline.pipeline import Rules
from wardline.pipeline.filing_rules import Emergency, FilingRules
from wardline.records import AlarmKind, Category, FactKind, Priority, ReferralState, Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, START, Line, Person

HOUR = timedelta(hours=1)
BOTH = referral.Approval(second=True, third=True)
FILING = FilingRules(approval=BOTH, emergency={"GB": Emergency(phone="999", words="Police")})
DANGER = "A message says that they meet this afternoon."


@pytest.fixture
def sandbox() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox(clock_now=VirtualClock(START + timedelta(days=9)).now) as started:
        yield started


@pytest.fixture
def line(tmp_path: Path, sandbox: AuthoritySandbox) -> Iterator[Line]:
    with Line(tmp_path, authority=sandbox, rules=Rules(reporter=REPORTER, filing=FILING)) as made:
        yield made


def in_hand(line: Line, *, seed: int = 1, **upload: Any) -> tuple[records.Case, Person]:
    person = line.person(f"mika {seed}", Role.LEAD)
    submission = line.submit(picture(seed), flag="spam", account=f"account-{seed}", **upload)
    case = line.wardline.claim(line.case_of(submission).id, user=person.user)
    reveal_all(line, case, person)
    return case, person


def decide(line: Line, case: records.Case, person: Person, escalation: str | None = None) -> records.Referral:
    findings = tuple(records.Finding(item_id=each, category=Category.A2) for each in case.item_ids)
    said = review.Judgement(outcome=records.Outcome.VIOLATION, findings=findings, escalation=escalation)
    line.wardline.decide(case.id, user=person.user, judgement=said)
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    return the_referral(line, line.store.case(case.id))


def told(line: Line, subject_id: str, verb: Verb) -> list[records.Entry]:
    line.sequence()
    return [each for _, each in line.wardline.entries_about(subject_id, 50) if each.verb is verb]


def open_alarms(line: Line) -> set[tuple[AlarmKind, str]]:
    """Give what is wrong with reports: there is no platform here, which is an alarm of its own."""
    return {
        (each.kind, each.subject_id) for each in line.store.open_alarms() if each.kind.startswith("referral-")
    }


def now_of(line: Line, found: records.Referral) -> records.Referral:
    return line.store.referral(found.id)


def test_danger_is_filed_at_once_by_one_person_and_checked_by_another_afterwards(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider, DANGER)
    assert (found.priority, found.state) == (Priority.FIRST, ReferralState.FINISHED)
    assert found.check_by is not None
    with pytest.raises(SecondPersonError):
        line.wardline.second_referral(found.id, user=decider.user)
    line.pass_time(found.check_by - line.clock.now())
    assert (AlarmKind.REFERRAL_UNCHECKED, "checks") in open_alarms(line)
    second = line.person("noor", Role.LEAD)
    checked = line.wardline.second_referral(found.id, user=second.user)
    line.pass_time(timedelta(minutes=1))
    assert checked.second_by == second.user.id
    assert (AlarmKind.REFERRAL_UNCHECKED, "checks") not in open_alarms(line)
    assert [each.actor for each in told(line, found.id, Verb.REFERRAL_CHECKED)] == [second.user.id]


def test_a_case_that_was_marked_as_danger_is_never_lowered(line: Line) -> None:
    case, decider = in_hand(line)
    line.wardline.mark_danger(case.id, user=decider.user, note="a colleague called")
    found = decide(line, line.store.case(case.id), decider)
    assert found.priority is Priority.FIRST
    names = {each.name: each.state for each in line.wardline.preview_referral(found.id).checklist}
    assert names["Danger now"] is referral.NeedState.MISSING  # the machine writes no reason


def test_a_report_that_waits_is_filed_when_a_second_person_approves_it(
    line: Line, sandbox: AuthoritySandbox
) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    assert (found.state, found.priority) == (ReferralState.DRAFT, Priority.THIRD)
    assert sandbox.ledger.reports() == []
    for nobody in (decider, line.person("otto", Role.AUDITOR)):
        with pytest.raises((SecondPersonError, NotAllowedError)):
            line.wardline.second_referral(found.id, user=nobody.user)
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    line.run_due()
    assert now_of(line, found).state is ReferralState.FINISHED
    line.pass_time(timedelta(days=2))
    assert len(sandbox.ledger.finished()) == 1
    assert open_alarms(line) == set()


def test_nobody_comes_and_it_is_filed_anyway_with_an_alarm(line: Line, sandbox: AuthoritySandbox) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    assert found.waits_until is not None
    line.pass_time(found.waits_until - line.clock.now() - timedelta(seconds=1))
    assert now_of(line, found).state is ReferralState.DRAFT
    line.pass_time(timedelta(seconds=1))
    filed = now_of(line, found)
    assert filed.state is ReferralState.FINISHED
    assert (AlarmKind.REFERRAL_UNAPPROVED, found.id) in open_alarms(line)
    assert len(told(line, found.id, Verb.REFERRAL_RELEASED)) == 1
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    assert open_alarms(line) == set()
    assert len(sandbox.ledger.finished()) == 1


def test_a_reason_for_danger_that_is_added_files_what_waits_and_stands_in_the_report(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    raised = line.wardline.add_to_referral(
        found.id, user=decider.user, kind=FactKind.DANGER, text=f"  {DANGER}\n"
    )
    assert raised.priority is Priority.FIRST
    line.run_due()
    assert now_of(line, found).state is ReferralState.FINISHED
    report = line.wardline.preview_referral(found.id).report
    assert report is not None
    assert report.escalation == DANGER
    assert len(told(line, found.id, Verb.REFERRAL_RAISED)) == 1


def test_what_people_know_goes_with_the_report_and_is_missed_no_more(line: Line) -> None:
    case, decider = in_hand(line, region="GB")
    line.wardline.add_fact(case.id, user=decider.user, kind=FactKind.LOCATION, text="a town by the sea")
    found = decide(line, case, decider)
    line.wardline.add_to_referral(
        found.id, user=decider.user, kind=FactKind.IDENTIFIER, text="someone@mail.example"
    )
    shown = line.wardline.preview_referral(found.id)
    assert shown.report is not None
    assert "a town by the sea" in shown.report.note
    assert "someone@mail.example" in shown.report.note
    assert "ISO 3166-1): GB." in shown.report.note
    missing = {each.name for each in referral.score(shown.checklist).missing}
    assert missing & {"Location", "Other identifiers", "Linked accounts"} == {"Linked accounts"}
    details = [each.detail for each in told(line, found.id, Verb.FACT_ADDED)]
    assert len(details) == 1
    assert "mail.example" not in details[0]


def test_nothing_is_added_to_what_was_sent_or_to_somebody_elses_case(line: Line) -> None:
    case, decider = in_hand(line)
    other = line.person("noor", Role.LEAD)
    with pytest.raises(NotAllowedError):
        line.wardline.add_fact(case.id, user=other.user, kind=FactKind.LOCATION, text="here")
    with pytest.raises(InputError):
        line.wardline.add_fact(case.id, user=decider.user, kind=FactKind.DANGER, text="here")
    found = decide(line, case, decider, DANGER)
    with pytest.raises(ConflictError):
        line.wardline.add_to_referral(found.id, user=other.user, kind=FactKind.LOCATION, text="here")
    with pytest.raises(NotAllowedError):
        line.wardline.add_to_referral(
            found.id, user=line.person("otto", Role.AUDITOR).user, kind=FactKind.LOCATION, text="here"
        )
    assert line.store.facts_of(case.id) == []


def test_a_call_is_an_entry_with_who_whom_and_when_and_stands_in_a_report_that_is_not_sent(
    line: Line,
) -> None:
    case, decider = in_hand(line, region="GB")
    found = decide(line, case, decider)
    at = line.clock.now() - timedelta(minutes=3)
    line.wardline.note_call(found.id, user=decider.user, region="GB", at=at)
    (entry,) = told(line, found.id, Verb.EMERGENCY_CALLED)
    assert entry.actor == decider.user.id
    assert entry.detail.startswith(f"GB at {at:%Y-%m-%d %H:%M} UTC ")
    shown = line.wardline.preview_referral(found.id)
    assert shown.report is not None
    assert f"The service telephoned 999 (GB) Police at {at:%Y-%m-%d %H:%M} UTC." in shown.report.note
    for region, when in (("SE", at), ("GB", at + 2 * HOUR), ("GB", at - timedelta(days=40))):
        with pytest.raises(InputError):
            line.wardline.note_call(found.id, user=decider.user, region=region, at=when)
    line.wardline.second_referral(found.id, user=line.person("ada", Role.ADMIN).user)
    line.run_due()
    line.wardline.note_call(found.id, user=decider.user, region="GB", at=line.clock.now())
    assert len(told(line, found.id, Verb.EMERGENCY_CALLED)) == 2


def test_what_was_written_goes_with_the_account_when_there_is_nothing_to_report(line: Line) -> None:
    case, decider = in_hand(line)
    line.wardline.add_fact(case.id, user=decider.user, kind=FactKind.LINKED, text="another account")
    cleared = review.Judgement(outcome=records.Outcome.NOT_VIOLATION)
    line.wardline.decide(case.id, user=decider.user, judgement=cleared)
    line.pass_time(timedelta(days=60))
    assert line.store.case(case.id).account_reference == ""
    assert line.store.facts_of(case.id) == []


def test_clocks_are_told_of_at_half_at_four_fifths_and_when_they_are_over(
    line: Line, sandbox: AuthoritySandbox
) -> None:
    sandbox.faults = lambda _call, _number: Fault.SERVER_ERROR
    case, decider = in_hand(line)
    found = decide(line, case, decider, DANGER)
    assert found.clock_from is not None
    assert found.due_at == found.clock_from + HOUR
    seen = {}
    for minutes in (29, 31, 49, 61):
        line.pass_time(found.clock_from + timedelta(minutes=minutes) - line.clock.now())
        seen[minutes] = {subject for kind, subject in open_alarms(line) if kind.startswith("referral-")}
    assert seen == {
        29: set(), 31: {"1:half"}, 49: {"1:half", "1:four-fifths"}, 61: {"1:half", "1:four-fifths", "1:past"},
    }  # fmt: skip
    sandbox.faults = None
    line.pass_time(2 * HOUR)
    assert now_of(line, found).state is ReferralState.FINISHED
    assert {kind for kind, _ in open_alarms(line)} <= {AlarmKind.REFERRAL_UNCHECKED}


def test_each_priority_is_filed_by_a_queue_of_its_own(line: Line) -> None:
    from wardline.pipeline import refer
    from wardline.pipeline.durable import QUEUES

    case, decider = in_hand(line)
    found = decide(line, case, decider)
    queues = [refer.task(replace(found, priority=each), 0).queue for each in (None, *Priority)]
    assert len(set(queues)) == 3
    assert queues[0] == queues[3]
    assert set(queues) <= set(QUEUES)


def test_a_dry_run_plays_it_to_its_receipt_and_changes_nothing(line: Line, sandbox: AuthoritySandbox) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider)
    from wardline.adapters.authorities.ncmec import NcmecAuthority

    with AuthoritySandbox(clock_now=sandbox_time) as rehearsed, NcmecAuthority(
        "sandbox", "sandbox", "sandbox", line.clock.now, sandbox_url=rehearsed.url
    ) as authority:  # fmt: skip
        played = line.wardline.dry_run_referral(found.id, rehearsal=authority)
        assert played.is_accepted
        assert [each.call for each in played.calls] == ["submit", "attach", "finish"]
        assert len(rehearsed.ledger.finished()) == 1
        rehearsed.faults = lambda call, _number: Fault.SERVER_ERROR if call == "upload" else None
        refused = line.wardline.dry_run_referral(found.id, rehearsal=authority)
        assert not refused.is_accepted
        assert [each.is_refused for each in refused.calls] == [False, True]
    assert now_of(line, found) == found
    assert sandbox.ledger.reports() == []


def sandbox_time() -> Any:
    return START + timedelta(days=9)


def test_how_complete_a_report_was_is_kept_when_it_is_filed_and_counted_by_month(line: Line) -> None:
    case, decider = in_hand(line)
    found = decide(line, case, decider, DANGER)
    expected = referral.score(line.wardline.preview_referral(found.id).checklist).percent
    assert found.completeness == expected
    months = line.wardline.completeness()
    assert len(months) == 12
    assert (months[0][0].month, months[0][1:]) == (START.month, (1, expected))
    assert (months[2][0].month, months[3][0].year) == (1, START.year - 1)
    assert months[1][1:] == (0, None)

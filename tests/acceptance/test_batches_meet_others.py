"""Batched reports, and what else reports go through: danger that is said late, spread decisions, other grades, a copy, threads, holds before."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.batching import VIRAL, decided, rules
from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture, the_referral
from tests.acceptance.test_bundles import take_effect
from tests.acceptance.test_bundles_meet_others import appealed
from tests.acceptance.test_exports import members, package
from tests.acceptance.test_files_that_look_alike import flagged, like, say
from tests.acceptance.test_late_danger import DRAWN, judge
from wardline import preservation, records, review
from wardline.errors import ConflictError
from wardline.pipeline import correcting, fencing
from wardline.records import (
    AlarmKind,
    Category,
    FileAnnotation,
    HoldBasis,
    Outcome,
    Priority,
    ReferralState,
    Role,
)
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line, Person

ACCOUNTS = ("account-1", "account-2", "account-3")
HOURS = timedelta(hours=3)
DANGER = "They meet this afternoon."


def away(_call: str, _number: int) -> Fault | None:
    return Fault.SERVER_ERROR


def reports(authority: AuthoritySandbox) -> list[tuple[bool, int]]:
    return sorted((each.batched, len(each.files)) for each in authority.ledger.finished())


@pytest.fixture
def line(make_line: MakeLine) -> Line:
    return make_line(rules=rules())


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


def batched(line: Line, mika: Person) -> list[records.Case]:
    cases = [decided(line, mika, each) for each in ACCOUNTS]
    take_effect(line)
    return cases


def member_of(line: Line, cases: list[records.Case]) -> records.Referral:
    return next(each for case in cases if (each := the_referral(line, case)).joined)


def marked(line: Line, case_id: str) -> None:
    appealed(line, case_id)  # marks are set on what is open
    line.wardline.mark_danger(case_id, user=line.person("lea", Role.LEAD).user, note="a colleague called")
    line.run_due()


def test_marking_a_case_takes_its_account_out_of_a_batch_that_is_not_opened(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = away
    cases = batched(line, mika)
    member = member_of(line, cases)
    authority.faults = None
    marked(line, member.case_id)
    line.pass_time(HOURS)
    assert reports(authority) == [(False, 1), (True, 1)]
    found = line.store.referral(member.id)
    assert (found.priority, found.batched, found.joined) == (Priority.FIRST, False, None)
    assert [each.priority for each in line.store.referrals()].count(Priority.FIRST) == 1


@pytest.mark.parametrize(
    ("fault", "state"),
    [(Fault.SERVER_ERROR, ReferralState.RETRACTING), (Fault.ERROR_IN_SUCCESS, ReferralState.OPENED)],
)
def test_danger_that_is_said_while_a_batch_is_open_has_it_withdrawn_and_each_account_reported(
    line: Line, mika: Person, authority: AuthoritySandbox, fault: Fault, state: ReferralState
) -> None:
    authority.faults = lambda call, _number: fault if call in ("upload", "retract") else None
    cases = batched(line, mika)
    member = member_of(line, cases)
    assert line.store.referral(str(member.joined)).state is state
    authority.faults = None
    marked(line, member.case_id)
    line.pass_time(HOURS)
    assert reports(authority) == [(False, 1)] * 3
    assert [each.priority for each in line.store.referrals()].count(Priority.FIRST) == 1
    found = line.wardline.preview_referral(member.id)
    assert found.report is not None
    assert found.report.escalation is not None
    assert found.referral.priority is Priority.FIRST
    assert authority.ledger.open() == []


def test_marking_a_case_whose_account_was_named_in_a_batch_has_a_person_tell(
    line: Line, mika: Person
) -> None:
    cases = batched(line, mika)
    member = member_of(line, cases)
    line.clock.advance(timedelta(minutes=1))
    marked(line, member.case_id)
    (told,) = [each for each in line.store.open_alarms() if each.kind is AlarmKind.KNOWN_LATE]
    assert told.subject_id == member.id


def test_what_a_second_person_writes_of_danger_supplements_the_batch_for_one_account(
    make_line: MakeLine,
) -> None:
    line = make_line(rules=replace(DRAWN, filing=rules().filing))
    mika, _ = line.person("mika"), line.person("olli")
    cases = batched(line, mika)
    member = member_of(line, cases)
    assert member.batched
    case = line.store.case(member.case_id)
    judge(line, case, "noor", DANGER)
    supplement = line.store.referrals(case_id=case.id)[-1]
    assert (supplement.corrects, supplement.priority) == (member.id, Priority.FIRST)
    shown = line.wardline.preview_referral(supplement.id).report
    assert shown is not None
    assert (shown.corrects, shown.escalation) == (member.remote_id, DANGER)
    assert shown.person.account_reference == case.account_reference
    assert "about the one that is named here and about no other" in shown.note


def test_another_grade_is_told_for_its_account_alone(line: Line, mika: Person) -> None:
    cases = batched(line, mika)
    member = member_of(line, cases)
    line.clock.advance(timedelta(minutes=1))
    appealed(line, member.case_id)
    noor = line.person("noor")
    case = line.wardline.claim(member.case_id, user=noor.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=noor.user)
    finding = records.Finding(
        item_id=case.item_ids[0], category=Category.B2, annotations=(FileAnnotation.VIRAL,)
    )
    said = review.Judgement(outcome=Outcome.VIOLATION, findings=(finding,), answers=VIRAL)
    line.wardline.decide(case.id, user=noor.user, judgement=said)
    take_effect(line)
    correction = line.store.referrals(case_id=case.id)[-1]
    assert correction.corrects == member.id
    shown = line.wardline.preview_referral(correction.id).report
    assert shown is not None
    assert "about the account alone that this one names" in shown.note
    assert f"File {member.files[0].remote_file_id}: A2 before, B2 now." in shown.note


def test_copies_that_a_decision_spread_to_are_batched_and_near_ones_are_not(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=replace(rules(), audit_share=0.0))
    people = [line.person(name) for name in ("mika", "noor")]
    content, near = like(85), like(80)
    cases = [flagged(line, content, f"account-{number}") for number in range(1, 7)]
    altered = flagged(line, near, "account-near")
    for case, person in zip(cases, people, strict=False):
        finding = records.Finding(
            item_id=case.item_ids[0], category=Category.A2, annotations=(FileAnnotation.VIRAL,)
        )
        said = review.Judgement(outcome=Outcome.VIOLATION, findings=(finding,), answers=VIRAL)
        say(line, case, person, said)
    line.pass_time(HOURS)
    spread = [the_referral(line, case) for case in cases[2:]]
    assert {each.state for each in spread} == {ReferralState.FINISHED}
    assert any(each.batched for each in spread)
    for each in spread:
        assert the_referral(line, cases[0]).remote_id != each.remote_id
        shown = line.wardline.preview_referral(each.id).report
        assert shown is not None
        assert [file.viewed for file in shown.files] == [False]
    assert line.store.referrals(case_id=altered.id) == []


def test_two_that_are_opened_at_the_same_moment_name_each_account_once(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = away
    for each in ACCOUNTS:
        decided(line, mika, each)
    start = threading.Barrier(len(ACCOUNTS), timeout=30)
    line.clock.advance(line.parts.rules.undo_window)
    work = line.wardline.parts.store
    line.pass_time(timedelta(seconds=1))
    authority.faults = None
    drafts = [each.id for each in work.referrals()]

    def file(referral_id: str) -> None:
        start.wait()
        for attempt in range(50):
            try:
                correcting.refer(line.parts, referral_id, 1000 + attempt)
            except ConflictError:
                continue  # as durable work does: another one was quicker
            return

    with ThreadPoolExecutor(len(drafts)) as pool:
        list(pool.map(file, drafts))
    line.pass_time(timedelta(minutes=10))
    found = line.store.referrals()
    assert {each.state for each in found} == {ReferralState.FINISHED}
    numbers = {str(each.report_id) for each in authority.ledger.finished()}
    assert {each.remote_id for each in found} == numbers


def test_in_a_restored_copy_a_batch_waits_for_a_person_whole(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = away
    cases = batched(line, mika)
    lead, lea = str(member_of(line, cases).joined), line.person("lea", Role.LEAD).user
    fencing.raise_(line.parts)
    authority.faults = None
    assert line.wardline.lift_fence(user=lea) == (lead,)
    line.pass_time(HOURS)
    assert authority.ledger.finished() == []
    line.wardline.file_again(lead, user=lea)
    line.pass_time(HOURS)
    assert reports(authority) == [(True, 1)]
    assert {the_referral(line, case).state for case in cases} == {ReferralState.FINISHED}


def test_a_batch_that_waits_for_a_person_is_filed_one_by_one_where_the_agreement_ended_meanwhile(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = away
    cases = batched(line, mika)
    lead, lea = str(member_of(line, cases).joined), line.person("lea", Role.LEAD).user
    fencing.raise_(line.parts)
    authority.faults = None
    line.wardline.lift_fence(user=lea)
    object.__setattr__(line.parts.rules.filing, "batches", {})  # as after a start with other settings
    assert line.wardline.preview_referral(lead).report is not None
    line.wardline.file_again(lead, user=lea)
    line.pass_time(HOURS)
    assert reports(authority) == [(False, 1)] * 3
    assert {the_referral(line, case).state for case in cases} == {ReferralState.FINISHED}


def test_what_each_account_had_uploaded_before_is_held(make_line: MakeLine) -> None:
    periods = preservation.Periods(before_filing=timedelta(days=14))
    line = make_line(rules=replace(rules(), periods=periods))
    mika = line.person("mika")
    earlier = {
        each: line.case_of(
            line.submit(picture(number + 20), flag="spam", account=each, content_reference=f"old-{each}")
        )
        for number, each in enumerate(ACCOUNTS)
    }
    line.clock.advance(timedelta(minutes=1))
    batched(line, mika)
    held = {each.item_id: each.case_id for each in line.store.holds() if each.basis is HoldBasis.REPORTED}
    for case in earlier.values():
        assert held[case.item_ids[0]] == case.id


def test_an_exported_file_has_the_receipt_of_the_batch(line: Line, mika: Person) -> None:
    cases = batched(line, mika)
    member, lea = member_of(line, cases), line.person("lea", Role.LEAD).user
    found = members(package(line, line.store.case(member.case_id), lea).content)
    (receipt,) = json.loads(found["hold.json"])["receipts"]
    assert receipt["number"] == member.remote_id
    said = b"".join(found.values())
    others = {each for each in ACCOUNTS if each != line.store.case(member.case_id).account_reference}
    assert not any(each.encode() in said for each in others)


def test_danger_that_is_said_in_a_batch_that_waits_for_a_person_makes_that_urgent(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = away
    cases = batched(line, mika)
    member = member_of(line, cases)
    lead, lea = str(member.joined), line.person("lena", Role.LEAD).user
    fencing.raise_(line.parts)
    authority.faults = None
    line.wardline.lift_fence(user=lea)
    marked(line, member.case_id)
    found, said = line.store.referral(lead), line.store.referral(member.id)
    assert (found.state, found.priority) == (ReferralState.NEEDS_HUMAN, Priority.FIRST)
    assert (found.clock_from, found.due_at) == (said.clock_from, said.due_at)
    # Whoever could answer that case's appeal yet leaves it to others first.
    line.wardline.take_on_report(lead, user=lea)
    line.wardline.file_again(lead, user=lea)
    line.pass_time(HOURS)
    assert reports(authority) == [(False, 1)] * 3


def test_a_batch_with_danger_that_the_authority_does_not_withdraw_waits_as_urgent_as_that(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda call, _number: Fault.SERVER_ERROR if call in ("upload", "retract") else None
    cases = batched(line, mika)
    member = member_of(line, cases)
    marked(line, member.case_id)
    authority.faults = lambda call, _number: Fault.REJECTED if call == "retract" else None
    line.pass_time(HOURS)
    found = line.store.referral(str(member.joined))
    assert (found.state, found.priority) == (ReferralState.NEEDS_HUMAN, Priority.FIRST)

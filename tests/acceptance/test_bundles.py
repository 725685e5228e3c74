"""What is decided about one account and not opened yet is one report; nothing waits for it, nothing is lost or told twice."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.acceptance.stories import picture, the_referral
from wardline import records, review
from wardline.errors import ConflictError
from wardline.pipeline import Complaint, correcting
from wardline.pipeline.conclude import conclude
from wardline.records import Category, FactKind, HoldBasis, Outcome, Priority, ReferralState, Role
from wardline.testing.authority_ledger import LedgerReport
from wardline.testing.authority_sandbox import AuthoritySandbox, Fault
from wardline.testing.harness import Line, Person

INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)


def uploaded(line: Line, seed: int, account: str = "account-1", **context: Any) -> records.Case:
    submission = line.submit(
        picture(seed), flag="spam", account=account, content_reference=f"post-{seed}", **context
    )
    return line.case_of(submission)


def decided(line: Line, person: Person, seed: int, account: str = "account-1", **said: Any) -> records.Case:
    """Have an upload decided, without letting the decision take effect."""
    context = {"region": said.pop("region")} if "region" in said else {}
    case = line.wardline.claim(uploaded(line, seed, account, **context).id, user=person.user)
    if said.pop("viewed", True):
        line.wardline.reveal(case.id, item_id=case.item_ids[0], user=person.user)
    findings = tuple(records.Finding(item_id=each, category=Category.A2) for each in case.item_ids)
    judgement = review.Judgement(outcome=Outcome.VIOLATION, findings=findings, **said)
    line.wardline.decide(case.id, user=person.user, judgement=judgement)
    return line.store.case(case.id)


def take_effect(line: Line) -> None:
    line.pass_time(line.parts.rules.undo_window)


def report_of(authority: AuthoritySandbox) -> LedgerReport:
    (report,) = authority.ledger.finished()
    return report


def by_number(line: Line, cases: list[records.Case]) -> dict[str, set[str | None]]:
    """Give the reports of each case by the receiver's numbers."""
    return {
        case.id: {each.remote_id for each in line.store.referrals(case_id=case.id) if each.corrects is None}
        for case in cases
    }


@pytest.fixture
def mika(line: Line) -> Person:
    return line.person("mika")


def test_three_decisions_about_one_account_are_one_report_with_each_file_as_it_is(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = [decided(line, mika, 1), decided(line, mika, 2, viewed=False), decided(line, mika, 3)]
    take_effect(line)
    report = report_of(authority)
    assert by_number(line, cases) == {case.id: {str(report.report_id)} for case in cases}
    assert sorted(bool(file.viewed) for file in report.files) == [False, True, True]
    (lead,) = [each for each in line.store.referrals() if each.bundle]
    assert {each.case_id for each in lead.bundle} | {lead.case_id} == {case.id for case in cases}
    assert {file.item_id for file in lead.files} == {item for case in cases for item in case.item_ids}
    for each in line.store.referrals():
        assert each.state is ReferralState.FINISHED
        assert all(file.described and file.remote_file_id for file in each.files)
    assert [each.completeness is None for each in line.store.referrals()].count(False) == 1
    assert line.store.receipt_of(lead.id) is not None
    day = line.clock.now().date()
    counts = {each.step: each.count for each in line.store.counts(day, day)}
    assert (counts[records.Step.REFERRALS_FILED], counts[records.Step.FILES_REPORTED]) == (1, 3)
    assert line.waiting() == []


def test_each_file_is_held_by_the_receipt_and_for_its_own_case(line: Line, mika: Person) -> None:
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    held = {hold.item_id: hold for hold in line.store.holds() if hold.basis is HoldBasis.REPORTED}
    assert {item_id: hold.case_id for item_id, hold in held.items()} == {
        case.item_ids[0]: case.id for case in cases
    }
    assert len({(hold.placed_at, hold.until, hold.referral_id) for hold in held.values()}) == 1


def test_the_officer_reads_all_of_it_whichever_referral_is_opened(line: Line, mika: Person) -> None:
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    shown = [line.wardline.preview_referral(the_referral(line, case).id) for case in cases]
    assert shown[0].report == shown[1].report
    assert shown[0].report is not None
    assert len(shown[0].report.files) == 2
    assert shown[0].report.person.account_reference == "account-1"


def test_other_accounts_have_reports_of_their_own(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    for seed, account in enumerate(("account-1", "account-2", "account-1"), start=1):
        decided(line, mika, seed, account)
    take_effect(line)
    assert sorted(len(report.files) for report in authority.ledger.finished()) == [1, 2]


def test_danger_is_reported_alone(line: Line, mika: Person, authority: AuthoritySandbox) -> None:
    first = decided(line, mika, 1)
    danger = decided(line, mika, 2, escalation="somebody is with a child")
    decided(line, mika, 3)
    take_effect(line)
    found = the_referral(line, danger)
    assert (found.priority, found.bundle, found.joined) == (Priority.FIRST, (), None)
    assert sorted(len(report.files) for report in authority.ledger.finished()) == [1, 2]
    assert the_referral(line, first).remote_id != found.remote_id


def test_what_comes_after_a_report_was_opened_names_it(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    for seed in (1, 2):
        decided(line, mika, seed)
    take_effect(line)
    number = report_of(authority).report_id
    later = decided(line, mika, 3)
    take_effect(line)
    found = line.wardline.preview_referral(the_referral(line, later).id)
    assert found.report is not None
    assert found.report.person.prior_reports == (str(number),)
    assert len(authority.ledger.finished()) == 2


def test_what_is_decided_while_the_authority_is_away_joins_what_is_tried_again(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    cases = [decided(line, mika, 1)]
    take_effect(line)
    assert the_referral(line, cases[0]).state is ReferralState.OPENING
    cases += [decided(line, mika, seed) for seed in (2, 3)]
    take_effect(line)
    assert authority.ledger.finished() == []
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    report = report_of(authority)
    assert len(report.files) == 3
    assert by_number(line, cases) == {case.id: {str(report.report_id)} for case in cases}


def test_a_file_that_the_authority_refuses_keeps_no_other_from_being_reported(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = [decided(line, mika, seed) for seed in (1, 2, 3)]
    uploads = 0

    def refuse_the_second_file(call: str, _number: int) -> Fault | None:
        nonlocal uploads
        uploads += call == "fileinfo"
        return Fault.REJECTED if call == "fileinfo" and uploads == 2 else None

    authority.faults = refuse_the_second_file
    take_effect(line)
    line.pass_time(timedelta(hours=3))
    assert sorted(len(report.files) for report in authority.ledger.finished()) == [1, 1, 1]
    assert all(each.alone and not each.bundle and each.joined is None for each in line.store.referrals())
    assert authority.ledger.open() == []
    assert all(len(numbers) == 1 for numbers in by_number(line, cases).values())


def overturned(line: Line, case: records.Case, by: Person) -> None:
    """Have the account appeal, and somebody else find nothing."""
    action = next(each for each in line.store.actions_of(case.id) if each.stands)
    line.wardline.appeal(
        Complaint(text="It is not so.", action_id=action.id), api_key=line.platform_key().record
    )
    line.run_due()
    line.wardline.claim(case.id, user=by.user)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=by.user)
    line.wardline.decide(case.id, user=by.user, judgement=INNOCENT)
    line.pass_time(line.parts.rules.undo_window)


def test_an_appeal_about_one_file_corrects_that_file_and_nothing_else(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    report = report_of(authority)
    member = next(case for case in cases if the_referral(line, case).joined is not None)
    filed = the_referral(line, member)
    overturned(line, member, line.person("noor"))
    correction = line.store.referrals(case_id=member.id)[-1]
    assert (correction.corrects, correction.state) == (filed.id, ReferralState.FINISHED)
    shown = line.wardline.preview_referral(correction.id).report
    assert shown is not None
    assert shown.corrects == str(report.report_id)
    assert (
        f"only a part of that report: file {filed.files[0].remote_file_id} ({member.item_ids[0]})."
        in shown.note
    )
    assert "Everything else in that report stands." in shown.note
    other = next(case for case in cases if case.id != member.id)
    assert len(line.store.referrals(case_id=other.id)) == 1


def test_an_appeal_that_is_answered_before_the_report_is_opened_takes_its_file_out(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    cases = [decided(line, mika, seed) for seed in (1, 2, 3)]
    take_effect(line)
    member = next(case for case in cases if the_referral(line, case).joined is not None)
    assert the_referral(line, member).state is ReferralState.JOINED
    overturned(line, member, line.person("noor"))
    assert the_referral(line, member).state is ReferralState.WITHDRAWN
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    assert len(report_of(authority).files) == 2
    assert the_referral(line, member).remote_id is None


def test_where_the_lead_is_overturned_the_others_are_reported(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    cases = [decided(line, mika, seed) for seed in (1, 2, 3)]
    take_effect(line)
    lead = next(case for case in cases if the_referral(line, case).bundle)
    overturned(line, lead, line.person("noor"))
    assert the_referral(line, lead).state is ReferralState.WITHDRAWN
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    assert sum(len(report.files) for report in authority.ledger.finished()) == 2
    others = [the_referral(line, case) for case in cases if case.id != lead.id]
    assert {each.state for each in others} == {ReferralState.FINISHED}


@pytest.mark.parametrize("is_finished", [False, True])
def test_a_file_whose_decision_falls_while_its_report_is_open_leaves_it_or_is_corrected(
    line: Line, mika: Person, authority: AuthoritySandbox, is_finished: bool
) -> None:
    fault = Fault.DROP_AFTER if is_finished else Fault.SERVER_ERROR
    authority.faults = lambda call, _number: fault if call in ("finish", "retract") else None
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    member = next(case for case in cases if the_referral(line, case).joined is not None)
    overturned(line, member, line.person("noor"))
    assert the_referral(line, member).state is ReferralState.RETRACTING
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    report = authority.ledger.finished()[0]
    found = line.store.referrals(case_id=member.id)
    if is_finished:
        assert len(report.files) == 2
        assert [each.state for each in found] == [ReferralState.FINISHED] * 2
        assert found[1].corrects == found[0].id
    else:
        assert len(report_of(authority).files) == 1
        assert [each.state for each in found] == [ReferralState.WITHDRAWN]
    assert authority.ledger.open() == []


def test_workers_that_open_reports_at_the_same_moment_report_each_file_once(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    cases = [decided(line, mika, seed) for seed in (1, 2, 3, 4)]
    line.clock.advance(line.parts.rules.undo_window)
    for case in cases:
        conclude(line.parts, str(case.decision_id), 0)
    drafts = [the_referral(line, case).id for case in cases]
    start = threading.Barrier(len(drafts))

    def file(referral_id: str) -> None:
        start.wait()
        for attempt in range(50):
            try:
                correcting.refer(line.parts, referral_id, attempt)
            except ConflictError:
                continue  # as durable work does: another one was quicker
            return

    with ThreadPoolExecutor(len(drafts)) as pool:
        list(pool.map(file, drafts))
    line.pass_time(timedelta(minutes=10))
    told = Counter(file.md5 for report in authority.ledger.finished() for file in report.files)
    assert sorted(told.values()) == [1, 1, 1, 1]
    assert {each.state for each in line.store.referrals()} == {ReferralState.FINISHED}


def test_danger_that_is_told_of_one_that_joined_stands_in_the_report_and_raises_it(
    line: Line, mika: Person, authority: AuthoritySandbox
) -> None:
    authority.faults = lambda _call, _number: Fault.SERVER_ERROR
    cases = [decided(line, mika, seed) for seed in (1, 2)]
    take_effect(line)
    member = next(each for case in cases if (each := the_referral(line, case)).joined)
    danger, lea = "They meet this afternoon.", line.person("lea", Role.LEAD).user
    raised = line.wardline.add_to_referral(member.id, user=lea, kind=FactKind.DANGER, text=danger)
    assert (raised.id, raised.priority) == (member.joined, Priority.FIRST)
    authority.faults = None
    line.pass_time(timedelta(hours=3))
    assert len(report_of(authority).files) == 2
    shown = line.wardline.preview_referral(member.id).report
    assert shown is not None
    assert shown.escalation == danger

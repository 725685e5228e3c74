"""A person told that the old installation filed a report that nobody had filed: it is taken back, and the report is owed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import picture
from tests.acceptance.test_filed_before import reported_holds, restored
from tests.acceptance.test_packs import overturned
from wardline import preservation, records, referral
from wardline.errors import ConflictError, InputError, NotAllowedError
from wardline.pipeline import Rules
from wardline.records import AlarmKind, ReferralState, Replace, Role, Verb
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import REPORTER, Line, Person

WHY = "typed the wrong report"


def taken_back(line: Line, found: records.Referral, lead: Person, number: str = "4711") -> records.Referral:
    return line.wardline.take_back_filed_before(found.id, user=lead.user, number=number, reason=WHY)


def told(line: Line, found: records.Referral) -> list[records.Entry]:
    line.sequence()
    entries = line.wardline.entries_about(found.id, 50)
    return [entry for _, entry in entries if entry.verb is Verb.WORD_TAKEN_BACK]


def test_a_report_that_nobody_had_filed_waits_again_as_before_and_is_filed_once(
    line: Line, authority: AuthoritySandbox
) -> None:
    (found,), lead = restored(line, "account-1")
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    word = line.store.receipt_of(found.id)
    assert word is not None
    line.pass_time(timedelta(hours=1))
    other = line.person("ada", Role.ADMIN)
    back = taken_back(line, found, other)
    assert (back.state, back.problem, back.remote_id, back.finished_at) == (
        ReferralState.NEEDS_HUMAN, referral.LOOK, None, None,
    )  # fmt: skip
    assert (back.due_at, back.clock_from, back.priority) == (found.due_at, found.clock_from, found.priority)
    assert line.store.receipt_of(found.id) is None
    (entry,) = told(line, found)
    assert (entry.actor, entry.detail) == (
        other.user.id,
        f"{word.id} report 4711 told by {lead.user.id}",
    )
    alarm = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id)
    assert alarm is not None
    assert "4711" in alarm.message
    assert WHY in alarm.message
    assert len(reported_holds(line, found)) == 1
    assert line.wardline.verify_audit().ok
    line.pass_time(timedelta(days=1))
    assert authority.ledger.reports() == []
    line.wardline.file_again(found.id, user=lead.user)
    line.pass_time(timedelta(hours=2))
    assert line.store.referral(found.id).state is ReferralState.FINISHED
    assert len(authority.ledger.finished()) == 1
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id) is None
    with pytest.raises(ConflictError, match="own answer"):
        taken_back(line, found, lead, number=line.store.referral(found.id).remote_id or "")


def test_it_can_be_told_again_under_the_same_number_of_whichever_report_has_it(line: Line) -> None:
    (wrong, right), lead = restored(line, "account-1", "account-2")
    line.wardline.record_filed_before(wrong.id, user=lead.user, number="4711")
    line.wardline.correct_filed_before(
        wrong.id, user=lead.user, number="4712", instead_of="4711", reason="off by one"
    )
    taken_back(line, wrong, lead, number="4712")
    assert line.wardline.record_filed_before(right.id, user=lead.user, number="4712").remote_id == "4712"
    assert line.wardline.record_filed_before(wrong.id, user=lead.user, number="4711").remote_id == "4711"
    assert line.wardline.verify_audit().ok


def test_what_is_no_such_word_is_not_taken_back(line: Line) -> None:
    (found,), lead = restored(line, "account-1")
    with pytest.raises(ConflictError):  # nothing is told yet
        taken_back(line, found, lead)
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    filed = line.store.referral(found.id)
    with pytest.raises(ConflictError):  # a form from before somebody put it right
        taken_back(line, found, lead, number="4710")
    for reason in (" ", "x" * 501, "a\nb"):
        with pytest.raises(InputError):
            line.wardline.take_back_filed_before(found.id, user=lead.user, number="4711", reason=reason)
    with pytest.raises(NotAllowedError):
        taken_back(line, found, line.person("mod"))
    assert line.store.referral(found.id) == filed


def test_what_the_authority_itself_says_to_be_finished_is_not_taken_back(line: Line) -> None:
    (found,), lead = restored(line, "account-1")
    known = line.store.referral(found.id)
    known = replace(known, remote_id="4712", problem=referral.FINISHED_BY_OTHERS, version=known.version + 1)
    line.store.commit(Replace(known), entries=[line.parts.entry(Verb.REFERRAL_MOVED, found.id)])
    line.wardline.record_filed_before(found.id, user=lead.user, number="4712")
    with pytest.raises(ConflictError, match="the authority said"):
        taken_back(line, found, lead, number="4712")


def test_one_that_was_open_under_a_number_has_that_again(line: Line) -> None:
    (found,), lead = restored(line, "account-1")
    known = line.store.referral(found.id)
    opened = replace(known, remote_id="4700", version=known.version + 1)
    line.store.commit(Replace(opened), entries=[line.parts.entry(Verb.REFERRAL_MOVED, found.id)])
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    back = taken_back(line, found, lead)
    assert (back.remote_id, back.orphans) == ("4700", opened.orphans)


def test_those_in_a_report_are_taken_back_before_it(line: Line, authority: AuthoritySandbox) -> None:
    (first, same), lead = restored(line, "account-1", "account-1")
    for each in (first, same):
        line.wardline.record_filed_before(each.id, user=lead.user, number="4711")
    with pytest.raises(ConflictError, match=same.id):
        taken_back(line, first, lead)
    out = taken_back(line, same, lead)
    assert (out.state, out.joined, out.problem) == (ReferralState.NEEDS_HUMAN, None, referral.LOOK)
    left = line.store.referral(first.id)
    assert (left.state, left.bundle, left.remote_id) == (ReferralState.FINISHED, (), "4711")
    assert {file.item_id for file in left.files}.isdisjoint({file.item_id for file in out.files})
    assert [hold.referral_id for hold in reported_holds(line, same)] == [same.id]
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, same.id) is not None
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, first.id) is None
    taken_back(line, first, lead)
    for each in (first, same):
        line.wardline.file_again(each.id, user=lead.user)
    line.pass_time(timedelta(hours=2))
    assert {line.store.referral(each.id).state for each in (first, same)} == {ReferralState.FINISHED}
    assert line.wardline.verify_audit().ok


def test_one_on_which_a_correction_rests_is_not_taken_back(line: Line) -> None:
    (found,), lead = restored(line, "account-1")
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    line.pass_time(timedelta(hours=2))
    overturned(line, found, line.person("olli"))
    line.pass_time(timedelta(hours=2))
    _, correction = line.store.referrals(case_id=found.case_id)
    with pytest.raises(ConflictError, match=correction.id):
        taken_back(line, found, lead)


def test_one_whose_decision_falls_before_it_is_taken_back_waits_to_be_withdrawn(line: Line) -> None:
    (found,), lead = restored(line, "account-1")
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    decision = line.store.decision(found.decision_id)
    fell = replace(decision, state=records.DecisionState.OVERTURNED, version=decision.version + 1)
    line.store.commit(Replace(fell), entries=[line.parts.entry(Verb.DECISION_OVERTURNED, decision.id)])
    assert taken_back(line, found, lead).problem == referral.LOOK_FALLEN
    line.pass_time(timedelta(hours=2))
    assert line.store.referral(found.id).state is ReferralState.NEEDS_HUMAN
    assert line.wardline.give_up_pack(found.id, user=lead.user).state is ReferralState.WITHDRAWN
    line.pass_time(timedelta(hours=2))
    assert len(line.store.referrals(case_id=found.case_id)) == 1


def test_what_came_between_the_word_and_the_filing_is_held_as_what_came_before_it(
    make_line: MakeLine,
) -> None:
    """Where the law asks to keep what the account had uploaded in the weeks before its report."""
    periods = preservation.Periods(before_filing=timedelta(days=14))
    line = make_line(rules=Rules(reporter=REPORTER, periods=periods))
    (found,), lead = restored(line, "account-1")
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    line.pass_time(timedelta(hours=1))
    line.submit(picture(7), account="account-1", flag="spam")
    (late,) = (each.item_ids[0] for each in line.store.cases(most=9) if each.id != found.case_id)
    taken_back(line, found, lead)
    line.wardline.file_again(found.id, user=lead.user)
    line.pass_time(timedelta(hours=2))
    assert line.store.referral(found.id).state is ReferralState.FINISHED
    assert [hold.referral_id for hold in line.store.holds_of(late) if hold.referral_id] == [found.id]

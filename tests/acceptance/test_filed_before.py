"""After a restore a person says that the old installation filed a report: it is finished once, by their word, and not filed again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.acceptance import batching
from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, the_referral
from tests.acceptance.test_packs import overturned
from wardline import records, referral
from wardline.errors import ConflictError, NotAllowedError, ReferenceTakenError
from wardline.pipeline import conclude, fencing
from wardline.records import AlarmKind, HoldBasis, ReferralState, Replace, Role, Verb
from wardline.referral import moves
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line, Person


def restored(line: Line, *accounts: str) -> tuple[list[records.Referral], Person]:
    """Decide a file of each account, and restore before any of them was reported."""
    line.list_of([picture(seed) for seed in range(len(accounts))])
    lead = line.person("lea", Role.LEAD)
    cases = [
        decided_violation(line, line.submit(picture(seed), account=account), line.person(f"mika {seed}"))
        for seed, account in enumerate(accounts)
    ]
    fencing.raise_(line.parts)
    line.pass_time(line.parts.rules.undo_window)
    line.wardline.lift_fence(user=lead.user)
    return [the_referral(line, each) for each in cases], lead


def reported_holds(line: Line, found: records.Referral) -> list[records.Hold]:
    holds = line.store.holds_of(found.files[0].item_id)
    return [each for each in holds if each.basis is HoldBasis.REPORTED]


def test_what_the_old_installation_filed_is_finished_by_a_persons_word_and_never_filed_again(
    line: Line, authority: AuthoritySandbox
) -> None:
    (found,), lead = restored(line, "account-1")
    with pytest.raises(NotAllowedError):
        line.wardline.record_filed_before(found.id, user=line.person("noor").user, number="4711")
    filed = line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    assert (filed.state, filed.remote_id) == (ReferralState.FINISHED, "4711")
    receipt = line.store.receipt_of(found.id)
    assert receipt is not None
    said = json.loads(receipt.body)
    assert (said["form"], said["report"], said["told_by"], receipt.original) == (
        "wardline-told", "4711", lead.user.id, False,
    )  # fmt: skip
    assert len(reported_holds(line, found)) == 1
    line.sequence()
    (told,) = [
        each for _, each in line.wardline.entries_about(found.id, 50) if each.verb is Verb.REFERRAL_TOLD
    ]
    assert (told.actor, told.detail) == (lead.user.id, "report 4711")
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id) is None
    line.pass_time(timedelta(days=2))
    assert len(authority.ledger.reports()) == 0
    for act in (
        line.wardline.file_again,
        lambda each, user: line.wardline.record_filed_before(each, user=user, number="1"),
    ):
        with pytest.raises(ConflictError):
            act(found.id, user=lead.user)


def test_a_report_that_stopped_for_another_reason_is_not_finished_by_word(
    line: Line, authority: AuthoritySandbox
) -> None:
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    line.pass_time(timedelta(hours=1))
    lead = line.person("lea", Role.LEAD)
    with pytest.raises(ConflictError):
        line.wardline.record_filed_before(the_referral(line, case).id, user=lead.user, number="4711")


def test_a_number_is_told_of_one_report_unless_both_are_about_one_account(
    line: Line, authority: AuthoritySandbox
) -> None:
    (first, other, same), lead = restored(line, "account-1", "account-2", "account-1")
    line.wardline.record_filed_before(first.id, user=lead.user, number="4711")
    with pytest.raises(ReferenceTakenError):
        line.wardline.record_filed_before(other.id, user=lead.user, number="4711")
    inside = line.wardline.record_filed_before(same.id, user=lead.user, number="4711")
    assert (inside.state, inside.joined) == (ReferralState.FINISHED, first.id)
    receipt = line.wardline.receipt_of(inside)
    assert receipt is not None
    assert receipt.referral_id == first.id
    assert len(reported_holds(line, same)) == 1
    line.wardline.file_again(other.id, user=lead.user)
    line.pass_time(timedelta(hours=2))
    assert len(authority.ledger.finished()) == 1
    states = {line.store.referral(each.id).state for each in (first, other, same)}
    assert states == {ReferralState.FINISHED}


def test_one_that_was_told_and_whose_decision_falls_is_corrected_under_its_number(
    line: Line, authority: AuthoritySandbox
) -> None:
    (found,), lead = restored(line, "account-1")
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    line.pass_time(timedelta(hours=2))
    overturned(line, found, line.person("olli"))
    line.pass_time(timedelta(hours=2))
    _, correction = line.store.referrals(case_id=found.case_id)
    assert correction.corrects == found.id


def test_a_report_that_the_old_installation_finished_under_a_known_number_is_told_as_that_alone(
    line: Line, authority: AuthoritySandbox
) -> None:
    """The copy withdraws what it knows to be open, and the authority says that it is finished; not every file is known here to be in it."""
    (found,), lead = restored(line, "account-1")
    known = replace(
        line.store.referral(found.id),
        remote_id="4712",
        problem=moves.FINISHED_BY_OTHERS,
        version=found.version + 1,
    )
    line.store.commit(Replace(known), entries=[line.parts.entry(Verb.REFERRAL_MOVED, found.id)])
    assert referral.may_be_told(known)
    with pytest.raises(ConflictError, match="4712"):
        line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    assert line.wardline.record_filed_before(found.id, user=lead.user, number="4712").remote_id == "4712"


def test_a_batch_that_the_old_installation_filed_is_told_as_one_report_of_several_accounts(
    make_line: MakeLine, authority: AuthoritySandbox
) -> None:
    line = make_line(rules=batching.rules())
    mika, lead = line.person("mika"), line.person("lea", Role.LEAD)
    accounts = ("account-1", "account-2", "account-3")
    cases = [batching.decided(line, mika, each) for each in accounts]
    cases.append(batching.decided(line, mika, "account-4", seed=2))
    fencing.raise_(line.parts)
    line.pass_time(line.parts.rules.undo_window)
    line.wardline.lift_fence(user=lead.user)
    first, *others, another = [the_referral(line, each) for each in cases]
    for each in (first, *others):
        line.wardline.record_filed_before(each.id, user=lead.user, number="4711")
    with pytest.raises(ReferenceTakenError):
        line.wardline.record_filed_before(another.id, user=lead.user, number="4711")
    found = line.store.referral(first.id)
    assert (found.batched, len(found.attached), len(found.bundle)) == (True, 1, 2)
    for each in others:
        inside = line.store.referral(each.id)
        assert (inside.state, inside.joined, inside.batched) == (ReferralState.FINISHED, first.id, True)
        assert len(reported_holds(line, inside)) == 1
    shown = line.wardline.preview_referral(first.id).report
    assert shown is not None
    assert shown.batch is not None
    assert {shown.person.account_reference, *shown.batch.account_references} == set(accounts)
    line.pass_time(timedelta(hours=2))
    assert authority.ledger.reports() == []


def fallen(line: Line) -> tuple[records.Referral, Person]:
    """Give a report that may have been filed, and whose decision falls before anybody looked it up."""
    (found,), lead = restored(line, "account-1")
    line.pass_time(timedelta(hours=1))
    overturned(line, found, line.person("olli"))
    line.pass_time(timedelta(hours=1))
    return line.store.referral(found.id), lead


def test_one_whose_decision_falls_still_waits_for_a_word_and_is_corrected_if_it_was_filed(
    line: Line, authority: AuthoritySandbox
) -> None:
    """Withdrawn unseen, a report about somebody innocent would have stood at the authority for ever."""
    found, lead = fallen(line)
    assert (found.state, found.problem) == (ReferralState.NEEDS_HUMAN, referral.LOOK_FALLEN)
    told = line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id)
    assert told is not None
    assert "overturned" in told.message
    with pytest.raises(ConflictError) as refused:
        line.wardline.file_again(found.id, user=lead.user)
    assert "not-filed" in refused.value.advice
    line.wardline.record_filed_before(found.id, user=lead.user, number="4711")
    line.pass_time(timedelta(hours=2))
    _, correction = line.store.referrals(case_id=found.case_id)
    assert (correction.corrects, correction.state) == (found.id, ReferralState.FINISHED)
    assert len(authority.ledger.finished()) == 1
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id) is None


def test_one_whose_decision_fell_is_withdrawn_when_a_person_says_that_it_was_not_filed(
    line: Line, authority: AuthoritySandbox
) -> None:
    found, lead = fallen(line)
    with pytest.raises(NotAllowedError):
        line.wardline.give_up_pack(found.id, user=line.person("noor").user)
    assert line.wardline.give_up_pack(found.id, user=lead.user).state is ReferralState.WITHDRAWN
    line.pass_time(timedelta(hours=2))
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, found.id) is None
    assert authority.ledger.reports() == []
    assert len(line.store.referrals(case_id=found.case_id)) == 1
    with pytest.raises(ConflictError):
        line.wardline.give_up_pack(found.id, user=lead.user)


def test_one_whose_decision_falls_behind_the_fence_is_not_withdrawn_unseen(line: Line) -> None:
    line.list_of([picture()])
    case = decided_violation(line, line.submit(picture()), line.person("mika"))
    line.clock.advance(line.parts.rules.undo_window)
    conclude.conclude(line.parts, line.store.decisions_of(case.id)[0].id, 0)
    found = the_referral(line, case)
    assert found.state is ReferralState.DRAFT
    fencing.raise_(line.parts)
    overturned(line, found, line.person("olli"))
    assert line.store.referral(found.id).problem == referral.LOOK_FALLEN
    assert line.wardline.lift_fence(user=line.person("lea", Role.LEAD).user) == (found.id,)


def test_one_of_several_in_a_report_whose_decision_falls_waits_for_a_word_too(
    line: Line, authority: AuthoritySandbox
) -> None:
    (first, same), lead = restored(line, "account-1", "account-1")
    with_it, inside = line.store.referral(first.id), line.store.referral(same.id)
    bundled = records.Bundled(referral_id=same.id, case_id=same.case_id, decision_id=same.decision_id)
    line.store.commit(
        Replace(replace(with_it, bundle=(bundled,), files=(*with_it.files, *inside.files), version=with_it.version + 1)),
        Replace(replace(inside, state=ReferralState.JOINED, joined=first.id, problem=None, version=inside.version + 1)),
        entries=[line.parts.entry(Verb.REFERRAL_MOVED, first.id), line.parts.entry(Verb.REFERRAL_MOVED, same.id)],
    )  # fmt: skip
    line.pass_time(timedelta(hours=1))
    overturned(line, same, line.person("olli"))
    fell = line.store.referral(same.id)
    assert (fell.state, fell.problem, fell.joined) == (
        ReferralState.NEEDS_HUMAN,
        referral.LOOK_FALLEN,
        None,
    )
    assert line.store.referral(first.id).bundle == ()
    assert line.store.open_alarm(AlarmKind.FILING_NEEDS_HUMAN, same.id) is not None
    for each in (first, same):
        line.wardline.record_filed_before(each.id, user=lead.user, number="4711")
    line.pass_time(timedelta(hours=2))
    _, correction = line.store.referrals(case_id=same.case_id)
    assert (correction.corrects, correction.state) == (same.id, ReferralState.FINISHED)

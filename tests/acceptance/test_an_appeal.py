"""Somebody appeals: another person looks, and what was wrong is taken back, all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.acceptance.conftest import MakeLine
from tests.acceptance.stories import decided_violation, picture, reveal_all, the_referral, violation
from wardline import enforcement, records, review
from wardline.errors import (
    AlreadyExistsError,
    AppealTooLateError,
    ConflictError,
    InputError,
    LeaseLostError,
    NotAllowedError,
    NotFoundError,
)
from wardline.pipeline.appealing import Complaint
from wardline.pipeline.flagging import Flagged
from wardline.records import (
    ActionKind,
    AlarmKind,
    AppealState,
    CaseState,
    DecisionState,
    HoldBasis,
    KeyTrust,
    MessageKind,
    Outcome,
    ReferralState,
    ReversalState,
    Role,
    Stage,
    Target,
)
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.harness import Line, Person
from wardline.testing.platform_ledger import AccountState, ContentState
from wardline.testing.platform_sandbox import PlatformSandbox

INNOCENT = review.Judgement(outcome=Outcome.NOT_VIOLATION)
OTHER = review.Judgement(outcome=Outcome.OTHER_RULE)


@dataclass
class Scene:
    """A listed picture was decided a violation by Mika; Noor is there too."""

    line: Line
    mika: Person
    noor: Person
    case: records.Case
    former: records.Decision

    @property
    def removal(self) -> records.Action:
        return next(
            each
            for each in self.line.store.actions_of(self.case.id)
            if each.kind is ActionKind.REMOVE_CONTENT
        )

    def appeal(self, text: str = "It is a picture of our garden.") -> records.Appeal:
        complaint = Complaint(text=text, action_id=self.removal.id)
        return self.line.wardline.appeal(complaint, api_key=self.line._own_key.record)

    def answer(self, judgement: review.Judgement, *, by: Person | None = None) -> records.Decision:
        person = by or self.noor
        case = self.line.wardline.claim(self.case.id, user=person.user)
        reveal_all(self.line, case, person)
        decided = self.line.wardline.decide(case.id, user=person.user, judgement=judgement)
        self.line.pass_time(self.line.parts.rules.undo_window)
        return self.line.store.decision(decided.id)

    def now(self) -> records.Case:
        return self.line.store.case(self.case.id)


def scene(line: Line, *, judgement: review.Judgement | None = None) -> Scene:
    line.list_of([picture()])
    mika, noor = line.person("mika"), line.person("noor")
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    if judgement is None:
        case = decided_violation(line, submission, mika)
    else:
        case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
        reveal_all(line, case, mika)
        line.wardline.decide(case.id, user=mika.user, judgement=judgement)
        case = line.store.case(case.id)
    line.pass_time(line.parts.rules.undo_window)
    assert case.decision_id is not None
    return Scene(line, mika, noor, line.store.case(case.id), line.store.decision(case.decision_id))


def kinds_told(platform: PlatformSandbox) -> list[MessageKind]:
    return [each.message for each in platform.messages()]


def test_an_appeal_is_acknowledged_and_opens_the_case_for_somebody_else(
    line: Line, platform: PlatformSandbox
) -> None:
    told = scene(line)
    appeal = told.appeal()
    line.run_due()
    assert appeal.state is AppealState.OPEN
    assert appeal.decision_id == told.former.id
    case = told.now()
    assert (case.state, case.stage) == (CaseState.OPEN, Stage.APPEAL)
    assert (case.target, case.due_at) == (Target.APPEAL, line.clock.now() + timedelta(hours=168))
    assert line.clock.now() + timedelta(hours=168) <= appeal.due_at
    (message,) = platform.messages()
    assert message.message is MessageKind.APPEAL_RECEIVED
    assert (message.account_reference, message.content_reference) == ("account-9", "post-9")
    assert platform.state_of("post-9") is ContentState.REMOVED
    with pytest.raises(ConflictError, match="had a part") as refused:
        line.wardline.claim(case.id, user=told.mika.user)
    assert "a colleague who knows nothing of it decides this one" in refused.value.advice
    assert line.wardline.next_case(told.mika.user) is None
    assert line.wardline.next_case(told.noor.user) is not None


def test_the_time_of_an_appeal_runs_from_when_it_came_and_alarms_and_leads_are_told_of_appeals(
    line: Line,
) -> None:
    told = scene(line)
    line.pass_time(timedelta(days=100))
    told.appeal()
    came, case = line.clock.now(), told.now()
    assert (case.target, case.due_at) == (Target.APPEAL, came + timedelta(hours=168))
    flagged = Flagged(reason="spam", account_reference="account-9", content_reference="post-9", upload=None)
    line.wardline.flag(flagged, api_key=line.platform_key(trust=KeyTrust.TRUSTED).record)
    assert told.now().due_at == came + timedelta(hours=168)
    line.clock.advance(timedelta(hours=85))
    line.chores.run()
    alarms = {(each.kind, each.subject_id) for each in line.store.open_alarms()}
    assert (AlarmKind.TARGET_NEAR, "appeal:half") in alarms
    (of_appeals,) = [each for each in line.wardline.team().lines if each.target is Target.APPEAL]
    assert of_appeals.waiting == 1


def test_an_overturned_appeal_takes_everything_back(
    line: Line, platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    told = scene(line)
    assert the_referral(line, told.case).state is ReferralState.FINISHED
    appeal = told.appeal()
    later = told.answer(INNOCENT)

    assert platform.state_of("post-9") is ContentState.VISIBLE
    assert platform.account_state_of("account-9") is AccountState.ACTIVE
    actions = line.store.actions_of(told.case.id)
    assert {each.reversal for each in actions} == {ReversalState.DELIVERED}
    reversals = [each.id for each in platform.actions() if each.reverse]
    assert sorted(reversals) == sorted(each.id for each in actions)

    answered = line.store.appeal(appeal.id)
    assert (answered.state, answered.answer_id) == (AppealState.OVERTURNED, later.id)
    assert line.store.decision(told.former.id).state is DecisionState.OVERTURNED
    assert told.now().state is CaseState.CLOSED
    (strike,) = line.store.strikes_of("example", "account-9")
    assert strike.voided_by == later.id

    held = line.store.held_entries()
    assert {each.cause for each in held} == {records.HoldCause.OVERTURNED}
    assert line.store.open_alarm(AlarmKind.ENTRY_HELD, held[0].list_id) is not None

    assert kinds_told(platform) == [MessageKind.APPEAL_RECEIVED, MessageKind.APPEAL_OVERTURNED]
    assert "you were right" in platform.messages()[-1].text


def test_a_finished_report_is_corrected_by_one_that_names_it(line: Line, authority: AuthoritySandbox) -> None:
    told = scene(line)
    first = the_referral(line, told.case)
    told.appeal()
    told.answer(INNOCENT)
    both = line.store.referrals(case_id=told.case.id)
    (correction,) = (each for each in both if each.corrects == first.id)
    assert correction.state is ReferralState.FINISHED
    reports = authority.ledger.finished()
    assert len(reports) == 2
    sent = line.wardline.preview_referral(correction.id)
    assert sent.problems == ()
    assert sent.preview is not None
    body = sent.preview.documents[0].body.decode()
    assert f"<priorCTReports>{first.remote_id}</priorCTReports>" in body
    assert f"Correction of report {first.remote_id}." in body
    assert reports[1].files == ()
    # What was reported stays kept as the law asks, the correction keeps nothing more.
    holds = [hold for hold in line.store.holds() if hold.basis is HoldBasis.REPORTED]
    assert [hold.referral_id for hold in holds] == [first.id]


def test_the_file_of_a_corrected_report_is_kept_for_its_year(line: Line) -> None:
    told = scene(line)
    told.appeal()
    told.answer(INNOCENT)
    line.pass_time(line.parts.rules.periods.after_clearance + timedelta(days=1))
    assert line.store.item(told.case.item_ids[0]).sealed
    line.pass_time(timedelta(days=366))
    assert not line.store.item(told.case.item_ids[0]).sealed


def test_an_upheld_appeal_changes_nothing(line: Line, platform: PlatformSandbox) -> None:
    told = scene(line)
    appeal = told.appeal()
    told.answer(violation(told.case))
    assert line.store.appeal(appeal.id).state is AppealState.UPHELD
    assert platform.state_of("post-9") is ContentState.REMOVED
    assert platform.account_state_of("account-9") is AccountState.SUSPENDED
    assert not [each for each in platform.actions() if each.reverse]
    assert line.store.decision(told.former.id).state is DecisionState.EFFECTIVE
    assert len(line.store.referrals(case_id=told.case.id)) == 1
    assert len(line.store.strikes_of("example", "account-9")) == 1
    assert line.store.held_entries() == []
    assert kinds_told(platform)[-1] is MessageKind.APPEAL_UPHELD
    assert "came to the same result, so it stays as it is" in platform.messages()[-1].text


def test_a_milder_answer_keeps_the_removal_and_gives_the_account_back(
    line: Line, platform: PlatformSandbox
) -> None:
    told = scene(line)
    appeal = told.appeal()
    later = told.answer(OTHER)
    assert line.store.appeal(appeal.id).state is AppealState.OVERTURNED
    assert platform.state_of("post-9") is ContentState.REMOVED
    assert platform.account_state_of("account-9") is AccountState.ACTIVE
    old, new = line.store.strikes_of("example", "account-9")
    assert old.voided_by == later.id
    assert (new.decision_id, new.weight) == (later.id, 1)
    assert [each.kind for each in line.store.actions_of(told.case.id) if enforcement.acts(each)] == [
        ActionKind.RESTRICT_CONTENT,
        ActionKind.REMOVE_CONTENT,
        ActionKind.WARN_ACCOUNT,
    ]
    text = platform.messages()[-1].text
    assert "What stays:\n- The content was removed.\n- The account got a warning." in text
    assert "suspended." not in text.replace("may be suspended.", "")


def test_a_graver_answer_reports_what_was_not_reported(
    line: Line, platform: PlatformSandbox, authority: AuthoritySandbox
) -> None:
    told = scene(line, judgement=OTHER)
    assert not authority.ledger.finished()
    appeal = told.appeal()
    told.answer(violation(told.case))
    assert line.store.appeal(appeal.id).state is AppealState.UPHELD
    assert platform.account_state_of("account-9") is AccountState.SUSPENDED
    assert len(authority.ledger.finished()) == 1
    text = platform.messages()[-1].text
    assert "stays as it is" not in text
    assert "What holds now:\n- The content was removed.\n- The account was suspended.\n\n" in text
    assert "report" not in text


def test_an_appeal_against_a_restriction_waits_for_the_first_decision(
    line: Line, platform: PlatformSandbox
) -> None:
    line.list_of([picture()])
    mika, noor = line.person("mika"), line.person("noor")
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    complaint = Complaint(text="mine", account_reference="account-9", content_reference="post-9")
    appeal = line.wardline.appeal(complaint, api_key=line._own_key.record)
    assert appeal.state is AppealState.WAITING
    case = decided_violation(line, submission, mika)
    line.pass_time(line.parts.rules.undo_window)
    opened = line.store.appeal(appeal.id)
    assert (opened.state, opened.decision_id) == (AppealState.OPEN, case.decision_id)
    with pytest.raises(ConflictError):
        line.wardline.claim(case.id, user=mika.user)
    again = line.wardline.claim(case.id, user=noor.user)
    line.wardline.decide(again.id, user=noor.user, judgement=INNOCENT)
    line.pass_time(line.parts.rules.undo_window)
    assert platform.state_of("post-9") is ContentState.VISIBLE


def test_restoring_at_the_first_decision_answers_an_appeal_that_waits(
    line: Line, platform: PlatformSandbox
) -> None:
    line.list_of([picture()])
    mika = line.person("mika")
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    complaint = Complaint(text="mine", account_reference="account-9", content_reference="post-9")
    appeal = line.wardline.appeal(complaint, api_key=line._own_key.record)
    case = line.wardline.claim(line.case_of(submission).id, user=mika.user)
    line.wardline.decide(case.id, user=mika.user, judgement=INNOCENT)
    line.pass_time(line.parts.rules.undo_window)
    assert line.store.appeal(appeal.id).state is AppealState.OVERTURNED
    assert kinds_told(platform) == [MessageKind.APPEAL_RECEIVED, MessageKind.APPEAL_OVERTURNED]


def test_an_appeal_after_the_file_is_gone_goes_to_a_lead(line: Line, platform: PlatformSandbox) -> None:
    told = scene(line, judgement=OTHER)
    line.pass_time(timedelta(days=40))
    assert not line.store.item(told.case.item_ids[0]).sealed
    appeal = told.appeal()
    lead = line.person("lena", Role.LEAD)
    with pytest.raises(NotAllowedError):
        line.wardline.claim(told.case.id, user=told.noor.user)
    case = line.wardline.claim(told.case.id, user=lead.user)
    line.wardline.decide(case.id, user=lead.user, judgement=INNOCENT)
    line.pass_time(line.parts.rules.undo_window)
    assert line.store.appeal(appeal.id).state is AppealState.OVERTURNED
    assert platform.state_of("post-9") is ContentState.VISIBLE


def test_a_wrong_id_is_told_in_plain_words(line: Line) -> None:
    with pytest.raises(InputError, match="not one of the kind action, expected action-"):
        line.wardline.appeal(Complaint(text="x", action_id="no"), api_key=line.platform_key().record)


def test_what_cannot_be_appealed_is_said(line: Line) -> None:
    told = scene(line)
    key = line._own_key.record
    elsewhere = line.platform_key(platform="another").record
    unknown = line.parts.new_id("action")
    for complaint, by, error in (
        (Complaint(text="x", action_id=unknown), key, NotFoundError),
        (Complaint(text="x", action_id=told.removal.id), elsewhere, NotFoundError),
        (Complaint(text="x", account_reference="account-9", content_reference="post-8"), key, NotFoundError),
        (Complaint(text="x", account_reference="account-9"), key, InputError),
        (Complaint(text=" ", action_id=told.removal.id), key, InputError),
        (Complaint(text="x" * 2001, action_id=told.removal.id), key, InputError),
        (Complaint(text="x", action_id=told.removal.id), told.mika.key, NotAllowedError),
    ):
        with pytest.raises(error):
            line.wardline.appeal(complaint, api_key=by)
    assert line.store.appeals() == []


def test_who_appeals_once_more_while_the_first_waits_hears_that_it_waits_and_until_when(line: Line) -> None:
    told = scene(line)
    appeal = told.appeal()
    until = f"{appeal.due_at:%Y-%m-%d}"
    claimed = line.wardline.claim(told.case.id, user=told.noor.user)
    reveal_all(line, claimed, told.noor)
    for step in ("waits", "is held", "was decided a moment ago"):
        with pytest.raises(AlreadyExistsError, match=f"{appeal.id} was received before") as refused:
            told.appeal(step)
        assert until in refused.value.advice, step
        assert "turn" not in refused.value.advice, step
        if step == "is held":
            line.wardline.decide(told.case.id, user=told.noor.user, judgement=violation(told.case))


def test_the_same_appeal_sent_twice_with_one_key_is_one_appeal(line: Line) -> None:
    told = scene(line)
    complaint = Complaint(text="mine", action_id=told.removal.id)
    first, second = (
        line.wardline.appeal(complaint, api_key=line._own_key.record, idempotency_key="k") for _ in range(2)
    )
    assert first == second
    with pytest.raises(InputError):
        line.wardline.appeal(
            Complaint(text="other", action_id=told.removal.id),
            api_key=line._own_key.record,
            idempotency_key="k",
        )


def test_an_appeal_past_its_time_is_refused_and_logged(line: Line) -> None:
    told = scene(line)
    line.pass_time(timedelta(days=181))
    with pytest.raises(AppealTooLateError):
        told.appeal()
    assert line.store.appeals() == []
    line.sequence()
    (newest, *_) = line.wardline.entries_about(told.former.id, 1)
    assert newest[1].verb is records.Verb.APPEAL_REFUSED


def test_whoever_decided_first_cannot_decide_after_the_appeal(line: Line) -> None:
    told = scene(line)
    told.appeal()
    with pytest.raises(LeaseLostError):
        line.wardline.decide(told.case.id, user=told.mika.user, judgement=INNOCENT)
    with pytest.raises(ConflictError):
        line.wardline.undo(told.case.id, user=told.mika.user)


def test_who_wrote_a_note_when_passing_it_on_has_a_part_and_who_passed_it_without_a_word_has_none(
    line: Line,
) -> None:
    line.list_of([picture()])
    mika, noor, olli = (line.person(name) for name in ("mika", "noor", "olli"))
    submission = line.submit(picture(), account="account-9", content_reference="post-9")
    line.run_due()
    case = line.case_of(submission)
    for person, note in ((noor, "A2, I would say"), (olli, None)):
        line.wardline.claim(case.id, user=person.user)
        line.wardline.pass_on(case.id, user=person.user, note=note)
    case = decided_violation(line, submission, mika)
    line.pass_time(line.parts.rules.undo_window)
    assert case.decision_id is not None
    told = Scene(line, mika, noor, line.store.case(case.id), line.store.decision(case.decision_id))
    told.appeal()
    line.run_due()
    for person in (mika, noor):
        with pytest.raises(ConflictError, match="had a part"):
            line.wardline.claim(case.id, user=person.user)
    assert line.wardline.next_case(olli.user) is None
    assert line.wardline.claim(case.id, user=olli.user).claimed_by == olli.user.id


def test_a_person_hears_when_nobody_is_left_who_had_no_part(line: Line) -> None:
    told = scene(line)
    told.appeal()
    case = line.wardline.claim(told.case.id, user=told.noor.user)
    cannot = review.Judgement(outcome=Outcome.CANNOT_TELL)
    line.wardline.decide(case.id, user=told.noor.user, judgement=cannot)
    line.run_due()
    assert line.store.open_alarm(AlarmKind.CASE_STUCK, told.case.id) is not None
    line.chores.run()
    assert line.store.open_alarm(AlarmKind.CASE_STUCK, told.case.id) is not None
    line.person("lena", Role.LEAD)
    line.chores.run()
    assert line.store.open_alarm(AlarmKind.CASE_STUCK, told.case.id) is None


def test_a_person_hears_when_an_appeal_is_not_answered_in_time(line: Line) -> None:
    told = scene(line)
    appeal = told.appeal()
    line.pass_time(timedelta(days=14))
    assert line.store.open_alarm(AlarmKind.COMPLAINT_LATE, appeal.id) is not None
    told.answer(INNOCENT)
    line.chores.run()
    assert line.store.open_alarm(AlarmKind.COMPLAINT_LATE, appeal.id) is None


def test_reversals_and_messages_wait_for_a_platform_that_is_down(
    make_line: MakeLine, platform: PlatformSandbox
) -> None:
    line = make_line()
    told = scene(line)
    told.appeal()
    line.run_due()
    platform.stop()
    told.answer(INNOCENT)
    assert {each.reversal for each in line.store.actions_of(told.case.id)} == {ReversalState.PENDING}
    platform.start()
    line.pass_time(timedelta(hours=1))
    assert platform.state_of("post-9") is ContentState.VISIBLE
    assert platform.account_state_of("account-9") is AccountState.ACTIVE
    assert kinds_told(platform)[-1] is MessageKind.APPEAL_OVERTURNED


def test_a_referral_that_was_not_filed_is_withdrawn(make_line: MakeLine) -> None:
    line = make_line(authority=None)
    told = scene(line)
    assert the_referral(line, told.case).state is ReferralState.DRAFT
    told.appeal()
    told.answer(INNOCENT)
    line.pass_time(timedelta(hours=3))
    assert the_referral(line, told.case).state is ReferralState.WITHDRAWN
    lead, withdrawn = line.person("lena", Role.LEAD), the_referral(line, told.case)
    with pytest.raises(ConflictError):
        line.wardline.file_again(withdrawn.id, user=lead.user)

"""Appeals on the console: listed, decided blind, and compared afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records, review
from wardline.pipeline import Complaint, Flagged, people
from wardline.records import CaseState, Insert, KeyTrust, Outcome, Role, Stage
from wardline.testing import store_records as make
from wardline.testing.harness import Line

SAID = "It is <b>our garden</b>."
WROTE = "Posted again and again."
OTHER = review.Judgement(outcome=Outcome.OTHER_RULE, note=WROTE)


@pytest.fixture
def noor(line: Line) -> records.User:
    return people.create_user(line.parts, "noor", Role.MODERATOR, "a long enough password")


def appealed(line: Line, first: records.User) -> records.Case:
    """Have somebody decide a case, and the account appeal."""
    key = line.platform_key(trust=KeyTrust.TRUSTED).record
    submission = line.submit(picture(), account="account-9", content_reference="post-9", flag="spam")
    case = line.wardline.claim(line.case_of(submission).id, user=first)
    line.wardline.decide(case.id, user=first, judgement=OTHER)
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()
    complaint = Complaint(text=SAID, account_reference="account-9", content_reference="post-9")
    line.wardline.appeal(complaint, api_key=key)
    line.wardline.flag(Flagged(reason="spam", item_id=case.item_ids[0]), api_key=key)
    return line.store.case(case.id)


def decide(desk: Browser, line: Line, case: records.Case, outcome: str = "not-a-violation") -> None:
    page = desk.send(desk.get(f"/cases/{case.id}").form("/claim"))
    desk.send(page.form("/decisions"), category=outcome)
    line.clock.advance(line.parts.rules.undo_window)
    line.run_due()


def test_appeals_are_listed_with_what_was_done_and_when_an_answer_is_promised(
    desk: Browser, line: Line, noor: records.User
) -> None:
    assert "Nobody has appealed yet." in desk.get("/appeals").text
    case = appealed(line, noor)
    page = desk.get("/appeals")
    assert "The content was removed" in page.text
    assert "waits for a decision" in page.text
    assert "16 Mar 2026" in page.text
    assert f"/cases/{case.id}" in page.links
    assert "garden" not in page.text
    assert "No appeal is in this state." in desk.get("/appeals?state=upheld").text
    assert desk.get("/appeals?state=lost").status == 400


def test_no_appeal_about_an_account_of_ones_own_is_listed(
    desk: Browser, line: Line, noor: records.User
) -> None:
    case = appealed(line, noor)
    assert f"/cases/{case.id}" in desk.get("/appeals").links
    mika = line.store.user_named("mika")
    assert mika is not None
    line.wardline.declare_accounts(["account-9"], user=mika)
    page = desk.get("/appeals")
    assert f"/cases/{case.id}" not in page.links
    assert "The content was removed" not in page.text
    assert "No appeal is listed here." in page.text


def test_whoever_decides_an_appeal_sees_what_the_person_says_and_not_what_was_decided(
    desk: Browser, line: Line, noor: records.User
) -> None:
    case = appealed(line, noor)
    assert case.stage is Stage.APPEAL
    page = desk.send(desk.get(f"/cases/{case.id}").form("/claim")).text
    assert "It is &lt;b&gt;our garden&lt;/b&gt;." in page
    assert "Shown when yours is in effect" in page
    assert "spam, 2 from users" in page
    for hidden in (WROTE, "another rule", "Another rule", "noor", "Account warned"):
        assert hidden not in page, hidden
    account = desk.get(f"/cases/{case.id}/account").text
    assert "another rule" not in account
    assert "<h2>Strikes</h2>" not in account


def test_whoever_decides_an_appeal_cannot_look_up_meanwhile_what_was_decided(
    api: Api, line: Line, noor: records.User
) -> None:
    case = appealed(line, noor)
    made = make.referral(case_id=case.id, decision_id=line.store.decisions_of(case.id)[0].id)
    line.store.commit(Insert(made), entries=[make.entry()])
    somebody(line, "lea", Role.LEAD)
    lead = Browser(api)
    lead.sign_in("lea")
    assert made.id in lead.get("/referrals").text
    lead.send(lead.get(f"/cases/{case.id}").form("/claim"))
    while line.sequence():
        pass
    assert made.id not in lead.get("/referrals").text
    assert lead.get(f"/referrals/{made.id}").status == 403
    for path in ("/audit", f"/audit?record={case.id}"):
        assert "other-rule" not in lead.get(path).text
    assert "waits for a decision" in lead.get("/appeals").text
    lea = line.store.user_named("lea")
    assert lea is not None
    line.wardline.return_case(case.id, user=lea)
    assert lead.get(f"/referrals/{made.id}").status == 200


def test_both_decisions_stand_side_by_side_once_the_second_is_in(
    desk: Browser, line: Line, noor: records.User
) -> None:
    case = appealed(line, noor)
    decide(desk, line, case)
    page = desk.get(f"/cases/{case.id}").text
    assert "Another rule" in page
    assert WROTE in page
    assert "No violation" in page
    assert any(each.reversal is not None for each in line.store.actions_of(case.id))
    (strike,) = line.store.strikes_of("example", "account-9")
    assert strike.voided_by is not None
    assert "overturned" in desk.get("/appeals?state=overturned").text


def test_whoever_decided_first_is_told_that_somebody_else_decides_now(
    desk: Browser, line: Line, api: Api
) -> None:
    mika = line.store.user_named("mika")
    assert mika is not None
    case = appealed(line, mika)
    page = desk.get(f"/cases/{case.id}")
    assert "You had a part in what is appealed, so somebody else decides." in page.text
    assert [form for form in page.forms if form.action.endswith("/claim")] == []
    somebody(line, "lea", Role.LEAD)
    other = Browser(api)
    other.sign_in("lea")
    assert "Somebody appeals against what was decided." in other.get("/queue").text
    assert ">Appeals" in other.get("/queue").text


def test_an_answer_that_is_late_says_so(desk: Browser, line: Line, noor: records.User) -> None:
    appealed(line, noor)
    line.clock.advance(line.parts.rules.promises.answer_within)
    desk.sign_in("mika")
    assert "past target" in desk.get("/appeals").text


def test_no_further_opinion_is_offered_where_nobody_would_be_asked(
    desk: Browser, line: Line, noor: records.User
) -> None:
    """Beyond a first decision it would be ticked for nothing: the page has no such box, and a form that has it all the same is refused."""
    case = appealed(line, noor)
    page = desk.send(desk.get(f"/cases/{case.id}").form("/claim"))
    assert "second-opinion" not in page.text
    asked = {**page.form("/decisions").fields, "category": "not-a-violation", "second-opinion": "yes"}
    refused = desk.post(page.form("/decisions").action, asked)
    assert refused.status == 400
    assert "say that you cannot tell" in refused.text or "only of a first decision" in refused.text
    assert line.store.case(case.id).state is CaseState.OPEN
    first = line.submit(picture(2), flag="spam", content_reference="post-2")
    assert "second-opinion" in desk.send(desk.get(f"/cases/{line.case_of(first).id}").form("/claim")).text


def test_what_two_people_decided_of_an_identical_file_names_nobody_as_having_decided_the_copy(
    desk: Browser, line: Line, noor: records.User
) -> None:
    line.wardline.parts = replace(line.parts, rules=replace(line.parts.rules, audit_share=0.0))
    key = line.platform_key(trust=KeyTrust.TRUSTED).record
    uploads = [
        line.submit(picture(), account=f"account-{number}", content_reference=f"post-{number}", flag="spam")
        for number in range(3)
    ]
    *judged, copy = [line.case_of(each) for each in uploads]
    for case, person in zip(judged, (noor, line.person("olli").user), strict=True):
        line.wardline.claim(case.id, user=person)
        line.wardline.decide(case.id, user=person, judgement=OTHER)
        line.pass_time(line.parts.rules.undo_window)
    assert line.store.case(copy.id).state is CaseState.CLOSED
    complaint = Complaint(text=SAID, account_reference="account-2", content_reference="post-2")
    line.wardline.appeal(complaint, api_key=key)
    decide(desk, line, copy)
    page = desk.get(f"/cases/{copy.id}").text
    first = page.split("First decision", 1)[1].split("</dl>", 1)[0]
    assert "nobody here: two people decided an identical file" in first
    assert "somebody" not in first

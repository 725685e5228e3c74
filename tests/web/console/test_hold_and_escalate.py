from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records, review
from wardline.records import ActionKind, CaseState, Outcome, Role, Verb
from wardline.testing.harness import Line

REASON = "Asked the platform whether the account is theirs."


@pytest.fixture
def case(line: Line) -> records.Case:
    line.list_of([picture()])
    return line.case_of(line.submit(picture()))


@pytest.fixture
def lead(api: Api, line: Line) -> Browser:
    somebody(line, "lea", Role.LEAD)
    browser = Browser(api)
    browser.sign_in("lea")
    return browser


def _take(desk: Browser) -> Seen:
    return desk.send(desk.get("/queue").form("/queue/next"))


def _verbs(line: Line, case: records.Case) -> list[Verb]:
    line.sequence()
    return [entry.verb for _, entry in line.wardline.newest_entries(50) if entry.subject_id == case.id][::-1]


def test_a_case_that_is_set_aside_comes_back_when_its_time_has_come(
    desk: Browser, line: Line, case: records.Case
) -> None:
    queue = desk.send(_take(desk).form("/hold"), hours="4", reason=REASON)
    assert "Nothing waits" in queue.text
    assert REASON not in queue.text
    assert "comes back" in desk.get("/queue?view=held").text.lower()
    assert line.store.case(case.id).held_until == line.clock.now() + timedelta(hours=4)
    line.pass_time(timedelta(hours=4))
    desk.sign_in("mika")  # nobody used the session meanwhile
    assert REASON in _take(desk).text
    assert Verb.CASE_HELD in _verbs(line, case)


def test_a_case_that_is_set_aside_can_be_taken_up_before(
    desk: Browser, line: Line, case: records.Case
) -> None:
    desk.send(_take(desk).form("/hold"), hours="24", reason=REASON)
    taken = desk.send(desk.get(f"/cases/{case.id}").form("/claim"))
    assert REASON in taken.text
    assert line.store.case(case.id).held_until is None


def test_evidence_of_a_case_that_is_set_aside_outlives_its_hold(
    desk: Browser, line: Line, case: records.Case
) -> None:
    desk.send(_take(desk).form("/hold"), hours="168", reason=REASON)
    line.pass_time(timedelta(days=60))
    assert line.store.item(case.item_ids[0]).sealed


def test_a_case_with_danger_offers_no_setting_aside_and_refuses_it_on_the_page(
    desk: Browser, line: Line, case: records.Case
) -> None:
    page = _take(desk)
    assert "Set it aside" in page.text
    old = page.form("/hold")
    user = line.store.user_named("mika")
    assert user is not None
    line.wardline.mark_danger(case.id, user=user, note="a threat for today")
    assert "Set it aside" not in desk.get(f"/cases/{case.id}").text
    refused = desk.send(old, hours="24", reason="asked the platform")
    assert refused.status == 409
    assert "a child may be in danger now" in refused.text.lower()
    assert line.store.case(case.id).held_until is None


def test_a_case_that_was_handed_on_goes_to_a_lead_first(
    desk: Browser, lead: Browser, line: Line, case: records.Case
) -> None:
    page = _take(desk)
    desk.send(page.form("/escalation"), reason=REASON)
    assert "Nothing waits" in desk.get("/queue").text
    refused = desk.post(f"/cases/{case.id}/claim", {"csrf": page.form("/pause").fields["csrf"]})
    assert refused.status == 403
    assert "Handed to the leads" in lead.get("/queue?view=leads").text
    taken = _take(lead)
    assert REASON in taken.text
    assert str(taken.answer.url).endswith(case.id)
    assert lead.send(taken.form("/decisions"), category="A1").status == 200
    assert _verbs(line, case)[-4:] == [
        Verb.CASE_CLAIMED,
        Verb.CASE_ESCALATED,
        Verb.CASE_CLAIMED,
        Verb.CASE_DECIDED,
    ]


def test_handing_on_to_leads_that_there_are_not_tells_a_person(
    desk: Browser, line: Line, case: records.Case
) -> None:
    desk.send(_take(desk).form("/escalation"), reason=REASON)
    line.run_due()
    (alarm,) = line.store.open_alarms()
    assert (alarm.kind, alarm.subject_id) == (records.AlarmKind.CASE_STUCK, case.id)
    assert "Add a lead" in alarm.message


def test_who_gives_a_second_opinion_does_not_learn_who_gave_the_first(
    desk: Browser, lead: Browser, line: Line, case: records.Case
) -> None:
    page = desk.send(_take(desk).form("/reveals"))
    desk.send(page.form("/decisions"), category="cannot-tell", note="It reminds me of an earlier case.")
    second = _take(lead)
    assert str(second.answer.url).endswith(case.id)
    assert "mika" not in second.text
    assert "earlier case" not in second.text
    assert "A colleague revealed" in second.text
    decided = lead.send(second.form("/decisions"), category="not-a-violation")
    assert "mika" not in decided.text
    line.pass_time(timedelta(minutes=2))
    assert line.store.case(case.id).state is records.CaseState.CLOSED
    lead.send(lead.get(f"/cases/{case.id}/record").form("/opening"), reason="To see who decided what.")
    assert "mika" in lead.get(f"/cases/{case.id}/record").text


def test_what_breaks_another_rule_goes_and_the_account_stays_with_a_warning(
    desk: Browser, line: Line, case: records.Case
) -> None:
    desk.send(_take(desk).form("/decisions"), category="other-rule")
    line.pass_time(timedelta(minutes=2))
    stored = line.store.case(case.id)
    assert stored.state is CaseState.CLOSED
    assert line.store.decision(str(stored.decision_id)).outcome is Outcome.OTHER_RULE
    assert [action.kind for action in line.store.actions_of(case.id)] == [
        ActionKind.RESTRICT_CONTENT, ActionKind.REMOVE_CONTENT, ActionKind.WARN_ACCOUNT,
    ]  # fmt: skip
    assert line.store.referrals() == []
    line.pass_time(timedelta(days=15))
    assert not line.store.item(case.item_ids[0]).sealed


def test_answers_and_a_note_are_kept_with_the_decision(desk: Browser, line: Line, case: records.Case) -> None:
    form = _take(desk).form("/decisions")
    sent = {"answer-potentialMeme": "no", "answer-generativeAi": "not-sure", "answer-viral": "yes"}
    desk.send(form, category="A2", note="The list\r\nagrees.", **sent)
    decision = line.store.decision(str(line.store.case(case.id).decision_id))
    assert [(answer.about, answer.reply) for answer in decision.answers] == [
        ("potentialMeme", "no"), ("generativeAi", "not-sure"), ("viral", "yes"),
    ]  # fmt: skip
    assert decision.findings[0].annotations == (records.FileAnnotation.VIRAL,)
    assert [note.text for note in line.store.notes_of(case.id)] == ["The list agrees."]


def test_notes_about_what_was_no_violation_go_with_the_account(desk: Browser, line: Line) -> None:
    case = line.case_of(line.submit(picture(), flag="looks-wrong"))
    desk.send(_take(desk).form("/decisions"), category="not-a-violation", note="account-1 is a school")
    line.pass_time(timedelta(days=31))
    assert line.store.case(case.id).account_reference == ""
    assert line.store.notes_of(case.id) == []
    assert line.store.item(case.item_ids[0]).matches == ()
    assert line.verify().ok


def test_the_accounts_page_tells_its_cases_and_no_others(
    desk: Browser, line: Line, case: records.Case
) -> None:
    line.submit(picture(), account="somebody-else", flag="looks-wrong")
    second = line.case_of(line.submit(picture(2), flag="looks-wrong"))
    assert desk.get(f"/cases/{case.id}/account").status == 403
    desk.send(desk.get(f"/cases/{case.id}").form("/claim"))
    seen = desk.get(f"/cases/{case.id}/account")
    assert seen.status == 200
    for each in (case, second):
        assert f"/cases/{each.id}" in seen.links
    linked = {link for link in seen.links if link.startswith("/cases/")}
    assert linked == {f"/cases/{each.id}" for each in (case, second)}
    assert "account-1" not in str(seen.answer.url)
    assert "somebody-else" not in seen.text


def test_an_account_that_was_unlinked_has_no_page(desk: Browser, line: Line) -> None:
    case = line.case_of(line.submit(picture(), flag="looks-wrong"))
    desk.send(_take(desk).form("/decisions"), category="not-a-violation")
    line.pass_time(timedelta(days=31))
    desk.sign_in("mika")
    assert desk.get(f"/cases/{case.id}/account").status == 404


def test_who_judges_besides_others_learns_neither_what_was_taken_back_nor_how_long_others_looked(
    desk: Browser, lead: Browser, line: Line, case: records.Case
) -> None:
    first = line.person("quillfeather").user
    line.wardline.claim(case.id, user=first)
    line.wardline.reveal(case.id, item_id=case.item_ids[0], user=first)
    asked = review.Judgement(outcome=records.Outcome.NOT_VIOLATION, second_opinion=True)
    line.wardline.decide(case.id, user=first, judgement=asked)
    line.pass_time(timedelta(minutes=2))
    page = desk.send(_take(desk).form("/reveals"))
    desk.send(page.form("/decisions"), category="other-rule", note="It reminds me of an earlier case.")
    line.wardline.undo(case.id, user=records_of(line, "mika"))
    line.wardline.return_case(case.id, user=records_of(line, "mika"))
    third = _take(lead)
    assert str(third.answer.url).endswith(case.id)
    for secret in (
        "mika",
        "quillfeather",
        "earlier case",
        "another rule",
        "no violation",
        "revealed file",
        "taken back",
    ):
        assert secret not in third.text.split("What happened")[1], secret


def records_of(line: Line, name: str) -> records.User:
    found = line.store.user_named(name)
    assert found is not None
    return found

"""The page of a case that was told without a file: its words are covered, revealed on purpose, and never anywhere else."""

from __future__ import annotations

import pytest

from tests.acceptance.test_an_incident_without_a_file import WORDS, decided, told
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records, review
from wardline.pipeline import Complaint, seeing
from wardline.records import CaseState, IncidentKind, Outcome
from wardline.testing.harness import Line

MARKUP = "<script>alert(1)</script> & an \u202eoverride"


@pytest.fixture
def case(line: Line) -> records.Case:
    return line.case_of(
        line.wardline.tell(told(what_happened=f"{WORDS}\n{MARKUP}"), api_key=line.platform_key().record)
    )


def take(desk: Browser) -> Seen:
    return desk.send(desk.get("/queue").form("/queue/next"))


def test_it_is_taken_revealed_and_decided_by_forms_alone(
    desk: Browser, line: Line, case: records.Case
) -> None:
    page = take(desk)
    assert page.images == []
    assert WORDS not in page.text
    assert 'value="A1"' not in page.text
    assert "online enticement" in page.text
    revealed = desk.send(page.form("/reveals"))
    assert WORDS in revealed.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; an" in revealed.text
    assert "<script>alert" not in revealed.text
    assert revealed.answer.headers["cache-control"] == "no-store"
    assert WORDS not in desk.get(f"/cases/{case.id}").text, "loaded again it is covered"
    assert len(line.store.reveals_of(case.id)) == 1

    decided = desk.send(revealed.form("/decisions"), category="trafficking", report="sextortion")
    assert "trafficking" in decided.text
    stored = line.store.case(case.id)
    assert stored.state is CaseState.DECIDED
    decision = line.store.decision(str(stored.decision_id))
    assert decision.outcome is Outcome.VIOLATION
    assert [(each.category, each.incident) for each in decision.findings] == [
        (None, IncidentKind.TRAFFICKING)
    ]


def test_with_scripts_only_its_part_of_the_page_is_sent_and_covered_again(
    desk: Browser, line: Line, case: records.Case
) -> None:
    page = take(desk)
    form = page.form("/reveals")
    part = desk.post(form.action, form.fields, **{"HX-Request": "true"})
    assert WORDS in part.text
    assert "<html" not in part.text
    covered = desk.post(f"/cases/{case.id}/coverings", {**form.fields}, **{"HX-Request": "true"})
    assert WORDS not in covered.text
    assert "Covered again" in covered.text
    assert len(line.store.coverings_by(line.store.users()[0].id, since=case.opened_at)) == 1


def test_the_kind_of_an_incident_is_asked_and_a_category_refused(
    desk: Browser, line: Line, case: records.Case
) -> None:
    refused = desk.send(take(desk).form("/decisions"), category="A2")
    assert refused.status == 400
    assert "Not recorded yet" in refused.text
    assert line.store.case(case.id).state is CaseState.OPEN


def test_a_file_has_a_category_and_no_kind_of_an_incident(desk: Browser, line: Line) -> None:
    from tests.acceptance.stories import picture

    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    refused = desk.send(take(desk).form("/decisions"), category="enticement")
    assert refused.status == 400
    assert line.store.case(case.id).state is CaseState.OPEN


def test_its_words_are_on_no_other_page(api: Api, desk: Browser, line: Line, case: records.Case) -> None:
    desk.send(take(desk).form("/decisions"), category="enticement")
    line.pass_time(line.parts.rules.undo_window)
    (referral,) = line.store.referrals()
    somebody(line, "lena", records.Role.LEAD)
    lead = Browser(api)
    lead.sign_in("lena")
    pages = [
        "/queue", f"/cases/{case.id}", f"/cases/{case.id}/account", "/referrals", f"/referrals/{referral.id}",
        f"/referrals/{referral.id}/officer", f"/referrals/{referral.id}/documents/report.xml", "/holds", "/alarms",
    ]  # fmt: skip
    for path in pages:
        seen = lead.get(path)
        assert seen.status in (200, 403, 404), path
        assert WORDS not in seen.text, path
        assert "meet me at" not in seen.text, path
    officer = lead.get(f"/referrals/{referral.id}/officer").text
    assert "without a file: 2 messages by 2 names, 2 with their time" in officer
    assert "not shown here" in officer


def test_the_account_and_an_answered_appeal_say_which_kind_was_decided(api: Api, line: Line) -> None:
    key = line.platform_key().record
    case = line.case_of(line.wardline.tell(told(), api_key=key))
    noor, olli = line.person("noor"), line.person("olli")
    decided(line, case, noor, kind=IncidentKind.TRAFFICKING)
    line.pass_time(line.parts.rules.undo_window)
    seeing.look_into(line.parts, case.id, somebody(line, "lena", records.Role.LEAD), "a question of police")
    lead = Browser(api)
    lead.sign_in("lena")
    account = " ".join(lead.get(f"/cases/{case.id}/account").text.split())
    assert 'data-label="Outcome">a violation trafficking</td>' in account

    (action,) = line.store.actions_of(case.id)
    line.wardline.appeal(Complaint(text="It was a joke.", action_id=action.id), api_key=key)
    line.run_due()
    assert "Shown when yours is in effect" in lead.get(f"/cases/{case.id}").text
    line.wardline.claim(case.id, user=olli.user)
    nothing = review.Judgement(outcome=Outcome.NOT_VIOLATION)
    line.wardline.decide(case.id, user=olli.user, judgement=nothing)
    line.pass_time(line.parts.rules.undo_window)
    page = " ".join(lead.get(f"/cases/{case.id}").text.split())
    assert "First decision</dt><dd><b>A violation</b>, trafficking, noor" in page


def test_no_list_says_that_words_are_visible_content(
    api: Api, desk: Browser, line: Line, case: records.Case
) -> None:
    row = desk.get("/queue").text.split(f"/cases/{case.id}")[1].split("</tr>")[0]
    assert 'data-label="Content now">none</td>' in row
    somebody(line, "lena", records.Role.LEAD)
    lead = Browser(api)
    lead.sign_in("lena")
    first = lead.get("/team").text.split("Why are these cases first?")[1]
    assert "; no content. In" in first
    assert "visible" not in first.split("</ol>")[0]

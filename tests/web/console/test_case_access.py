"""What a case is about is seen by who holds it, and by leads and auditors who gave a reason that the log has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import picture, violation
from tests.web.client import Api
from tests.web.console.browser import Browser, Seen, somebody
from wardline import records
from wardline.pipeline import people
from wardline.records import FactKind, Role
from wardline.testing.harness import Line

ACCOUNT = "account-of-somebody"


@pytest.fixture
def case(line: Line) -> records.Case:
    line.list_of([picture()])
    return line.case_of(line.submit(picture(), account=ACCOUNT))


def _browser(api: Api, line: Line, name: str, role: Role) -> Browser:
    somebody(line, name, role)
    browser = Browser(api)
    browser.sign_in(name)
    return browser


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD])
def test_a_case_that_is_not_held_tells_nothing_of_the_account(
    role: Role, api: Api, line: Line, case: records.Case
) -> None:
    browser = _browser(api, line, "one", role)
    page = browser.get(f"/cases/{case.id}")
    assert page.status == 200
    assert ACCOUNT not in page.text
    assert "Matches" not in page.text
    assert page.images == []
    assert browser.get(f"/cases/{case.id}/account").status == 403
    assert browser.get(f"/cases/{case.id}/covers/{case.item_ids[0]}").status in (403, 409)
    taken = browser.send(page.form("/claim"))
    assert ACCOUNT in taken.text
    assert browser.get(f"/cases/{case.id}/account").status == 200


def test_what_was_held_is_closed_again_when_it_is_given_back_or_the_lease_ends(
    desk: Browser, line: Line, case: records.Case
) -> None:
    page = desk.send(desk.get(f"/cases/{case.id}").form("/claim"))
    desk.send(page.form("/pass"))
    assert ACCOUNT not in desk.get(f"/cases/{case.id}").text
    line.wardline.claim(case.id, user=people.named(line.parts, "mika"))
    assert ACCOUNT in desk.get(f"/cases/{case.id}").text
    line.clock.advance(line.parts.rules.lease)
    assert ACCOUNT not in desk.get(f"/cases/{case.id}").text


@pytest.mark.parametrize("role", [Role.LEAD, Role.AUDITOR])
def test_a_lead_and_an_auditor_open_a_case_with_a_reason_that_is_logged_first(
    role: Role, api: Api, line: Line, case: records.Case
) -> None:
    browser = _browser(api, line, "one", role)
    asked = browser.get(f"/cases/{case.id}/record")
    assert ACCOUNT not in asked.text
    assert browser.send(asked.form("/opening"), reason="  ").status == 400
    seen = browser.send(asked.form("/opening"), reason="a complaint came in")
    assert ACCOUNT in seen.text
    assert seen.images == []
    (opening,) = [line.store.opening_of(case.id, people.named(line.parts, "one").id, now=line.clock.now())]
    assert opening is not None
    assert opening.reason == "a complaint came in"
    line.sequence()
    told = [entry.verb for _, entry in line.wardline.entries_about(case.id, 20)]
    assert records.Verb.CASE_LOOKED_INTO in told
    line.clock.advance(timedelta(minutes=30))
    assert ACCOUNT not in browser.get(f"/cases/{case.id}/record").text
    assert line.verify().ok


def test_an_opening_shows_no_picture(api: Api, line: Line, case: records.Case) -> None:
    lead = _browser(api, line, "lea", Role.LEAD)
    lead.send(lead.get(f"/cases/{case.id}/record").form("/opening"), reason="a complaint")
    token = lead.get("/you").form("/sign-out").fields["csrf"]
    assert ACCOUNT in lead.get(f"/cases/{case.id}").text
    assert lead.get(f"/cases/{case.id}/covers/{case.item_ids[0]}").status == 409
    sent = {"csrf": token, "item_id": case.item_ids[0]}
    assert lead.post(f"/cases/{case.id}/reveals", sent).status == 409
    assert line.store.reveals_of(case.id) == []


def test_programs_see_of_a_case_what_people_see(api: Api, line: Line, case: records.Case) -> None:
    mika, lea, otto = line.person("mika"), line.person("lea", Role.LEAD), line.person("otto", Role.AUDITOR)
    path = f"/v1/cases/{case.id}"
    for person in (mika, lea, otto):
        assert api.get(path, person.secret).json()["account_reference"] == ""
        assert api.get(f"{path}/reveals", person.secret).status_code == 403
    assert api.get("/v1/cases", lea.secret).json()["items"][0]["account_reference"] == ""
    assert {each["account_reference"] for each in api.get(f"{path}/actions", mika.secret).json()} <= {""}
    api.post(f"{path}/claim", mika.secret)
    assert api.get(path, mika.secret).json()["account_reference"] == ACCOUNT
    assert api.get(path, lea.secret).json()["account_reference"] == ""
    assert api.post(f"{path}/openings", mika.secret, json={"reason": "curious"}).status_code == 403
    for person in (lea, otto):
        assert api.post(f"{path}/openings", person.secret, json={"reason": "a complaint"}).status_code == 201
        assert api.get(path, person.secret).json()["account_reference"] == ACCOUNT
        assert api.get(f"{path}/reveals", person.secret).status_code == 200
    line.clock.advance(timedelta(minutes=31))
    assert api.get(path, lea.secret).json()["account_reference"] == ""


def opened_record(browser: Browser, case: records.Case) -> Seen:
    asked = browser.get(f"/cases/{case.id}/record")
    if asked.forms and any(form.action.endswith("/opening") for form in asked.forms):
        return browser.send(asked.form("/opening"), reason="a complaint came in")
    return browser.get(f"/cases/{case.id}/record")


def test_a_record_lists_what_people_wrote_down_with_who_and_when(
    api: Api, line: Line, case: records.Case
) -> None:
    mika = line.person("mika")
    auditor, lead = (_browser(api, line, name, role) for name, role in (("otto", Role.AUDITOR), ("lea", Role.LEAD)))  # fmt: skip
    assert "Nothing." in opened_record(auditor, case).text
    line.wardline.claim(case.id, user=mika.user)
    line.wardline.add_fact(case.id, user=mika.user, kind=FactKind.LOCATION, text="a town by the sea")
    line.wardline.add_fact(case.id, user=mika.user, kind=FactKind.LINKED, text="<b>account-2</b>")
    told = 'Location: a town by the sea <span class="small quiet">(mika, 2 Mar 2026, 09:00)</span>'
    assert told in opened_record(auditor, case).text
    assert "&lt;b&gt;account-2&lt;/b&gt;" in opened_record(auditor, case).text
    # Who may have to judge it is told what others know as little as on the case's page.
    page = opened_record(lead, case).text
    assert "a town by the sea" not in page
    assert "Nothing by you." in page
    assert "once the case is closed" in page
    line.wardline.decide(case.id, user=mika.user, judgement=violation(case))
    line.pass_time(line.parts.rules.undo_window)
    (found,) = line.store.referrals(case_id=case.id)
    user = people.named(line.parts, "lea")
    line.wardline.add_to_referral(found.id, user=user, kind=FactKind.IDENTIFIER, text="a name elsewhere")
    page = opened_record(lead, case).text
    assert told in page
    assert "Another identifier of the account or person: a name elsewhere" in page
    assert "(lea, " in page

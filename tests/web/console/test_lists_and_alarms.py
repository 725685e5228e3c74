from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import records
from wardline.pipeline import alarms
from wardline.records import AlarmKind, HashListState, ListTrust, Role
from wardline.testing.harness import Line
from wardline.web.console.alarms import WORDS


@pytest.fixture
def admin(api: Api, line: Line) -> Browser:
    return _signed_in(api, line, "ada", Role.ADMIN)


@pytest.fixture
def lead(api: Api, line: Line) -> Browser:
    return _signed_in(api, line, "lea", Role.LEAD)


def _signed_in(api: Api, line: Line, name: str, role: Role) -> Browser:
    somebody(line, name, role)
    browser = Browser(api)
    browser.sign_in(name)
    return browser


def _add(line: Line, by: str, name: str = "county") -> records.HashList:
    path = line.list_file([picture()], name)
    user = line.store.user_named(by)
    assert user is not None
    added = line.wardline.add_list(
        path, name=name, provenance="compiled by the county", trust=ListTrust.UNVERIFIED, user=user
    )
    return added.hash_list


def _state(line: Line, hash_list: records.HashList) -> HashListState:
    return line.store.hash_list(hash_list.id).state


# --- hash lists -----------------------------------------------------------------------------------------------------------------------
def test_a_list_says_who_added_it_and_where_its_proposal_is(admin: Browser, line: Line) -> None:
    _add(line, "ada")
    (approval,) = line.store.approvals()
    page = admin.get("/hash-lists")
    for words in ("waits for a second person", "compiled by the county", "ada", "matches nothing yet"):
        assert words in page.text
    assert f"/approvals#{approval.id}" in page.links
    assert f'id="{approval.id}"' in admin.get("/approvals").text


def test_an_old_list_is_called_stale_and_one_that_is_off_is_not(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    assert "stale" not in admin.get("/hash-lists").text
    line.clock.advance(line.parts.rules.list_stale_after + timedelta(seconds=1))
    admin.sign_in("ada")
    page = admin.get("/hash-lists")
    assert "1 list had no news for over 7 days" in page.text
    assert "stale" in page.text
    off = admin.send(page.form(f"{listed.id}/disable"))
    assert "stale" not in off.text


def test_switching_a_list_off_is_asked_for_twice(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    page = admin.get("/hash-lists")
    before = page.text.split(f"{listed.id}/disable")[0]
    assert before.rfind("<details>") > before.rfind("</details>")
    seen = admin.send(page.form("/disable"))
    assert "It was switched off and matches nothing" in seen.text
    assert _state(line, listed) is HashListState.DISABLED


def test_a_list_whose_proposal_was_refused_can_be_proposed_again(
    admin: Browser, lead: Browser, line: Line
) -> None:
    listed = _add(line, "ada")
    lead.send(lead.get("/approvals").form("/refuse"))
    page = admin.get("/hash-lists")
    assert "Its proposal was refused" in page.text
    assert "waits for a second person" not in page.text
    assert "refused by lea" in page.text
    again = admin.send(page.form("/activation"))
    assert "Switch on the hash list county" in again.text
    lead.send(lead.get("/approvals").form("/approve"))
    assert _state(line, listed) is HashListState.ACTIVE


def test_without_a_list_the_page_says_how_to_get_one(lead: Browser) -> None:
    assert "wardline hash-list add" in lead.get("/hash-lists").text


def test_an_auditor_reads_lists_and_changes_none(api: Api, line: Line) -> None:
    somebody(line, "ada", Role.ADMIN)
    auditor = _signed_in(api, line, "uma", Role.AUDITOR)
    _add(line, "ada")
    line.list_of([picture()])
    for path in ("/hash-lists", "/approvals", "/alarms"):
        page = auditor.get(path)
        assert [form.action for form in page.forms if form.action.startswith(path)] == [], path
    assert "A lead or an administrator decides this" in auditor.get("/approvals").text


# --- approvals ------------------------------------------------------------------------------------------------------------------------
def test_a_proposal_says_exactly_what_is_proposed(admin: Browser, lead: Browser, line: Line) -> None:
    listed = _add(line, "ada")
    page = lead.get("/approvals").text
    for words in ("county", f"<dd>{listed.entries}</dd>", "Unverified", "compiled by the county", "hides nothing",
                  "ada, 2 Mar 2026, 09:00"):  # fmt: skip
        assert words in page, words


def test_whoever_proposed_sees_why_they_cannot_approve(admin: Browser, line: Line) -> None:
    _add(line, "ada")
    page = admin.get("/approvals")
    assert "You proposed this, so another person decides" in page.text
    assert [form.action for form in page.forms if "/approvals/" in form.action] == []


def test_a_proposal_that_is_out_of_date_can_only_be_refused(
    admin: Browser, lead: Browser, line: Line
) -> None:
    listed = _add(line, "ada")
    line.wardline.disable_list(listed.id, user=line.person("bo", Role.ADMIN).user)
    page = lead.get("/approvals")
    assert "changed after this was proposed" in page.text
    assert [form.action for form in page.forms if form.action.endswith("/approve")] == []
    seen = lead.send(page.form("/refuse"))
    assert "refused" in seen.text
    assert _state(line, listed) is HashListState.DISABLED


def test_what_was_decided_says_by_whom(admin: Browser, lead: Browser, line: Line) -> None:
    _add(line, "ada")
    seen = lead.send(lead.get("/approvals").form("/approve"))
    assert "Nothing waits for a second person" in seen.text
    assert "<td>approved</td>" in seen.text
    assert "lea, 2 Mar 2026, 09:00" in seen.text


# --- alarms ---------------------------------------------------------------------------------------------------------------------------
def test_every_kind_of_alarm_has_words_that_end_in_what_to_do() -> None:
    assert set(WORDS) == set(AlarmKind)
    for words in WORDS.values():
        assert words.todo.endswith(".")
        assert words.meanwhile.endswith(".")


def test_an_alarm_says_what_is_what_to_do_and_since_when(lead: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    alarms.raise_alarm(line.parts, AlarmKind.LIST_STALE, listed.id, "A hash list had no news for too long.")
    line.clock.advance(timedelta(minutes=20))
    page = lead.get("/alarms")
    for words in (
        "A hash list is old",
        "had no news",
        "What to do",
        "for 20 min, since 2 Mar 2026, 09:00",
        "known",
    ):
        assert words in page.text, words
    assert page.links.count("/hash-lists") == 2
    seen = lead.send(page.form("/resolve"))
    assert "Nothing is open" in seen.text


def test_an_alarm_leads_to_its_record_for_those_who_may_open_it(
    admin: Browser, lead: Browser, line: Line
) -> None:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    alarms.raise_alarm(line.parts, AlarmKind.CASE_STUCK, case.id, "Everybody who may take it could not tell.")
    assert f"/cases/{case.id}" in lead.get("/alarms").links
    assert f"/cases/{case.id}" not in admin.get("/alarms").links

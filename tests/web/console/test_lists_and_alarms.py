from __future__ import annotations

from datetime import timedelta

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import Browser, somebody
from wardline import enforcement, records
from wardline.pipeline import alarms, care
from wardline.records import AlarmKind, HashListState, ListTrust, Replace, Role, Verb
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
def test_the_page_of_lists_says_of_each_what_it_means_and_where_it_stands(admin: Browser, line: Line) -> None:
    listed = _add(line, "ada")
    page = admin.get("/hash-lists")
    for words in ("county", "Graded illegal by its owner", "for a second person", "is a reason to look", "a file",
                  "unverified, 31 bits, everywhere", "last news under a minute ago"):  # fmt: skip
        assert words in page.text, words
    assert f"/hash-lists/{listed.id}" in page.links
    assert page.forms[0].action != "/hash-lists"


def test_a_list_in_preview_tells_what_it_would_have_matched(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    admin.send(admin.get(f"/hash-lists/{listed.id}").form("/preview"))
    assert isinstance(line.submit(picture()).route, records.Release)
    page = admin.get("/hash-lists").text
    assert "in preview" in page
    assert "would have matched 1" in page


def test_the_numbers_of_a_list_are_of_the_last_thirty_days(admin: Browser, line: Line) -> None:
    line.list_of([picture()])
    line.submit(picture())
    assert "1 matched" in admin.get("/hash-lists").text
    line.clock.advance(timedelta(days=29))
    admin.sign_in("ada")
    assert "1 matched" in admin.get("/hash-lists").text
    line.clock.advance(timedelta(days=1))
    admin.sign_in("ada")
    assert "0 matched" in admin.get("/hash-lists").text


def test_an_old_list_is_called_stale_and_one_that_is_off_is_not(admin: Browser, line: Line) -> None:
    listed = line.list_of([picture()])
    assert "stale" not in admin.get("/hash-lists").text
    line.clock.advance(line.parts.rules.list_stale_after + timedelta(seconds=1))
    admin.sign_in("ada")
    page = admin.get("/hash-lists")
    assert "1 list had no news for over 7 days" in page.text
    assert "stale" in page.text
    seen = admin.get(f"/hash-lists/{listed.id}")
    assert "No news for over 7 days" in seen.text
    assert "stale" not in admin.send(seen.form("/disable")).text
    assert "stale" not in admin.get("/hash-lists").text


def test_without_a_list_the_page_says_how_to_get_one(lead: Browser) -> None:
    assert "wardline hash-list add" in lead.get("/hash-lists").text


def test_an_auditor_reads_lists_and_changes_none(api: Api, line: Line) -> None:
    somebody(line, "ada", Role.ADMIN)
    auditor = _signed_in(api, line, "uma", Role.AUDITOR)
    added = _add(line, "ada")
    listed = line.list_of([picture()])
    bo = line.person("bo", Role.ADMIN).user
    care.hold(line.parts, listed.id, ["hash-batch-1:7"], cause=records.HoldCause.BY_HAND, actor=bo.id)
    for path in (
        "/hash-lists",
        f"/hash-lists/{listed.id}",
        f"/hash-lists/{added.id}",
        "/approvals",
        "/alarms",
    ):
        page = auditor.get(path)
        assert page.status == 200
        assert [
            form.action for form in page.forms if "/hash-list" in form.action or "/held-" in form.action
        ] == [], path
        assert [form.action for form in page.forms if form.action.startswith(path)] == [], path
    assert "A lead or an administrator decides this" in auditor.get("/approvals").text
    assert "A lead or an administrator switches a list" in auditor.get(f"/hash-lists/{listed.id}").text


# --- approvals ------------------------------------------------------------------------------------------------------------------------
def test_a_proposal_says_exactly_what_is_proposed(admin: Browser, lead: Browser, line: Line) -> None:
    listed = _add(line, "ada")
    page = lead.get("/approvals").text
    for words in ("county", f"<dd>{listed.entries}</dd>", "Unverified", "compiled by the county", "is a reason to look, nothing more",
                  "graded illegal by its owner", "everywhere, within 31 bits", "a file", "ada, 2 Mar 2026, 09:00"):  # fmt: skip
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
    assert ">approved</td>" in seen.text
    assert "lea, 2 Mar 2026, 09:00" in seen.text


def test_a_proposal_to_let_a_list_change_says_which_one_it_is_and_what_that_means(
    admin: Browser, lead: Browser, line: Line
) -> None:
    listed = line.list_of([picture()])
    admin.send(admin.get(f"/hash-lists/{listed.id}").form("/change"))
    page = lead.get("/approvals")
    assert "Let the hash list known change as much as it likes at its next sync" in page.text
    assert "not only 20 % of the list" in page.text
    assert "Switch on the hash list known" not in page.text.split("Decided")[0]
    lead.send(page.form("/approve"))
    assert line.store.hash_list(listed.id).may_change
    assert "Its next sync may change as much as it likes" in lead.get(f"/hash-lists/{listed.id}").text
    assert _state(line, listed) is HashListState.ACTIVE


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
    assert page.links.count(f"/hash-lists/{listed.id}") == 1
    seen = lead.send(page.form("/resolve"))
    assert "Nothing is open" in seen.text


@pytest.mark.parametrize("kind", [AlarmKind.ENTRY_HELD, AlarmKind.LIST_NOT_SYNCED, AlarmKind.LIST_STALE])
def test_an_alarm_about_a_list_leads_to_its_page_and_names_it(
    kind: AlarmKind, lead: Browser, line: Line
) -> None:
    listed = line.list_of([picture()])
    alarms.raise_alarm(line.parts, kind, listed.id, f"Something is wrong with {listed.id}.")
    page = lead.get("/alarms")
    assert f"/hash-lists/{listed.id}" in page.links
    assert "Something is wrong with known." in page.text


def test_an_alarm_leads_to_its_record_for_those_who_may_open_it(
    admin: Browser, lead: Browser, line: Line
) -> None:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    alarms.raise_alarm(line.parts, AlarmKind.CASE_STUCK, case.id, "Everybody who may take it could not tell.")
    assert f"/cases/{case.id}" in lead.get("/alarms").links
    assert f"/cases/{case.id}" not in admin.get("/alarms").links


def test_what_cannot_wait_stands_on_top_and_no_kind_hides_another(lead: Browser, line: Line) -> None:
    line.list_of([picture()])
    kept = line.case_of(line.submit(picture()))
    for number in range(30):
        alarms.raise_alarm(
            line.parts, AlarmKind.WEBHOOK_UNDELIVERED, f"platform-{number}", "It takes nothing."
        )
    alarms.raise_alarm(line.parts, AlarmKind.REFERRAL_PAST, "3:past", "Reports of priority 3 are late.")
    alarms.raise_alarm(line.parts, AlarmKind.REFERRAL_PAST, "1:past", "Reports of priority 1 are late.")
    alarms.raise_alarm(line.parts, AlarmKind.DANGER_UNATTENDED, kept.id, "Nobody may take it.")
    page = lead.get("/alarms").text
    order = ["Nobody may take it.", "Reports of priority 1 are late.", "Reports of priority 3 are late.", "It takes nothing.", "25 newer alarms of this kind"]  # fmt: skip
    assert [page.index(each) for each in order] == sorted(page.index(each) for each in order)
    assert page.count("It takes nothing.") == 5


def test_a_message_that_is_refused_is_not_called_an_action(lead: Browser, line: Line) -> None:
    alarms.raise_alarm(line.parts, AlarmKind.WEBHOOK_UNDELIVERED, line.parts.new_id("message"), "Refused.")  # fmt: skip
    page = lead.get("/alarms").text
    assert "A platform does not take a message" in page
    assert "does not take an action" not in page


def test_what_was_refused_is_sent_again_from_its_alarm(lead: Browser, line: Line) -> None:
    line.list_of([picture()])
    (action,) = line.store.actions_of(line.case_of(line.submit(picture())).id)
    failed = enforcement.refused(action)
    line.store.commit(Replace(failed), entries=[line.parts.entry(Verb.ACTION_FAILED, action.id)])
    alarms.raise_alarm(
        line.parts, AlarmKind.WEBHOOK_UNDELIVERED, action.id, "The platform refused an action for good."
    )
    page = lead.get("/alarms")
    assert "Nothing is open" in lead.send(page.form("/sending")).text
    assert line.store.action(action.id).state is records.ActionState.PENDING

from __future__ import annotations

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import PASSWORD, Browser, somebody
from wardline.pipeline import admitting, people
from wardline.records import Role
from wardline.testing.harness import Line

NEW = "another long enough password"


@pytest.fixture
def elsewhere(api: Api, desk: Browser) -> Browser:
    """The same person in another browser."""
    browser = Browser(api)
    browser.sign_in("mika")
    return browser


# --- the password ---------------------------------------------------------------------------------------------------------------------
def test_ones_own_password_is_changed_and_this_session_stays(
    desk: Browser, elsewhere: Browser, api: Api
) -> None:
    seen = desk.send(desk.get("/you").form("/you/password"), old=PASSWORD, new=NEW, again=NEW)
    assert "Your password is changed" in seen.text
    assert desk.get("/queue").status == 200
    assert "Sign in" in elsewhere.get("/queue").text
    assert Browser(api).sign_in("mika").status == 401
    assert "Your queue" in Browser(api).sign_in("mika", NEW).text


@pytest.mark.parametrize(
    ("old", "new", "again", "status", "points_to"),
    [
        ("not the password", NEW, NEW, 401, "#old"),
        (PASSWORD, NEW, NEW + "x", 400, "#new"),
        (PASSWORD, "short", "short", 400, "#new"),
        (PASSWORD, PASSWORD, PASSWORD, 400, "#new"),
        (PASSWORD, "", "", 400, "#new"),
    ],
)
def test_a_password_that_cannot_be_changed_is_as_it_was(
    old: str, new: str, again: str, status: int, points_to: str, desk: Browser, api: Api
) -> None:
    seen = desk.send(desk.get("/you").form("/you/password"), old=old, new=new, again=again)
    assert seen.status == status
    assert "Your password is as it was" in seen.text
    assert points_to in seen.links
    fields = seen.form("/you/password").fields
    assert (fields["old"], fields["new"], fields["again"]) == ("", "", "")
    assert "Your queue" in Browser(api).sign_in("mika").text


def test_guessing_the_password_in_an_open_session_locks_the_person(
    desk: Browser, api: Api, line: Line
) -> None:
    form = desk.get("/you").form("/you/password")
    for guess in range(admitting.FAILURES_BEFORE_LOCK):
        desk.send(form, old=f"guess number {guess}", new=NEW, again=NEW)
    assert desk.send(form, old=PASSWORD, new=NEW, again=NEW).status == 401
    assert people.named(line.parts, "mika").locked_until is not None
    assert Browser(api).sign_in("mika").status == 401


# --- sessions -------------------------------------------------------------------------------------------------------------------------
def test_one_of_ones_own_sessions_is_closed(desk: Browser, elsewhere: Browser) -> None:
    seen = desk.send(desk.get("/you").form("/close"))
    assert "here and nowhere else" in seen.text
    assert "Sign in" in elsewhere.get("/queue").text


def test_all_other_sessions_are_closed_at_once(desk: Browser, elsewhere: Browser, api: Api) -> None:
    third = Browser(api)
    third.sign_in("mika")
    desk.send(desk.get("/you").form("/close-others"))
    assert desk.get("/queue").status == 200
    for other in (elsewhere, third):
        assert "Sign in" in other.get("/queue").text


def test_somebody_elses_session_is_not_found_and_stays(desk: Browser, api: Api, line: Line) -> None:
    noor = somebody(line, "noor")
    other = Browser(api)
    other.sign_in("noor")
    (session,) = line.store.sessions_of(noor.id)
    token = desk.get("/you").form("/pause").fields["csrf"]
    assert session.id not in desk.get("/you").text
    assert desk.post(f"/you/sessions/{session.id}/close", {"csrf": token}).status == 404
    assert other.get("/queue").status == 200


# --- preferences ----------------------------------------------------------------------------------------------------------------------
def test_single_keys_are_switched_off_and_on(desk: Browser, api: Api) -> None:
    assert "data-keys" not in desk.get("/queue").text
    form = desk.get("/you").form("/you/keys")
    off = desk.send(form, keys="off")
    assert 'data-keys="off"' in off.text
    assert 'data-keys="off"' in desk.get("/queue").text
    assert off.form("/you/keys").fields["keys"] == "off"
    assert "data-keys" not in desk.send(form, keys="on").text


def test_the_script_asks_whether_single_keys_are_on(desk: Browser) -> None:
    script = desk.get("/static/keys.js").text
    assert 'dataset.keys === "off"' in script


def test_the_preference_is_out_of_reach_of_scripts_and_other_sites(desk: Browser, api: Api) -> None:
    form = desk.get("/you").form("/you/keys")
    answer = api.send(
        "POST", form.action, data={**form.fields, "keys": "off"},
        headers={"Origin": "http://wardline.test", "Cookie": f"wardline_session={desk.cookies['wardline_session']}"},
    )  # fmt: skip
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("wardline_keys=off")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_preference_that_is_none_is_refused(desk: Browser) -> None:
    assert desk.send(desk.get("/you").form("/you/keys"), keys="perhaps").status == 400
    desk.cookies["wardline_keys"] = "nonsense"
    assert "data-keys" not in desk.get("/queue").text


def test_the_appearance_is_chosen_on_this_page_too(desk: Browser) -> None:
    page = desk.get("/you")
    form = next(form for form in page.forms if form.action == "/theme" and form.fields.get("next") == "/you")
    assert 'data-theme="dark"' in desk.send(form, theme="dark").text


# --- exposure -------------------------------------------------------------------------------------------------------------------------
def test_everybody_sees_their_own_exposure_and_nobody_elses(desk: Browser, api: Api, line: Line) -> None:
    line.list_of([picture()])
    line.submit(picture())
    assert "You were shown no files" in desk.get("/you").text
    desk.send(desk.send(desk.get("/queue").form("/queue/next")).form("/reveals"))
    assert "<b>1</b> of 200" in desk.get("/you").text

    for name, role in (("lea", Role.LEAD), ("ada", Role.ADMIN), ("uma", Role.AUDITOR)):
        somebody(line, name, role)
        other = Browser(api)
        other.sign_in(name)
        page = other.get("/you").text
        assert "<b>1</b> of" not in page
        # Administrators and auditors are shown nothing, so there is nothing to count.
        assert ("You were shown no files" in page) == (role is Role.LEAD)


def test_the_name_in_the_corner_leads_to_you(desk: Browser) -> None:
    page = desk.get("/queue")
    assert '<a class="who" href="/you">mika, moderator</a>' in page.text
    assert page.links.count("/you") >= 2, "the corner is hidden on narrow screens, so the rooms have it too"

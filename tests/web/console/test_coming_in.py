from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.routing import Route

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import HOST, PASSWORD, Browser, somebody
from wardline import records
from wardline.pipeline import changing_people
from wardline.records import Role
from wardline.testing.harness import Line
from wardline.web import console

ANYBODYS = {
    ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/sign-in/passkey"), ("POST", "/sign-in/key"),
    ("POST", "/sign-in/with/{provider}"), ("GET", "/sign-in/with/{provider}/back"), ("GET", "/sign-in/with/{provider}/farewell"), ("POST", "/sign-in/with/{provider}/signed-out"),
    ("POST", "/sign-out"), ("POST", "/theme"),
}  # fmt: skip


def _concrete(path: str, line: Line) -> str:
    names = {"case_id": "case", "item_id": "item", "referral_id": "referral", "hash_list_id": "hash-list", "approval_id": "approval",
             "alarm_id": "alarm", "user_id": "user", "api_key_id": "api-key", "session_id": "session",
             "passkey_id": "passkey", "identity_id": "identity"}  # fmt: skip
    for name, kind in names.items():
        path = path.replace(f"{{{name}}}", line.parts.new_id(kind))
    return path.replace("{name}", "nothing").replace("{provider}", "nothing")


@pytest.mark.parametrize("role", list(Role))
def test_every_role_reaches_its_own_pages_and_no_others(role: Role, api: Api, line: Line) -> None:
    somebody(line, "one", role)
    browser = Browser(api)
    start = browser.sign_in("one")
    token = start.form("/pause").fields["csrf"]
    for method, path, roles in console.rules():
        address = _concrete(path, line)
        seen = browser.get(address) if method == "GET" else browser.post(address, {"csrf": token})
        if role.value in roles:
            assert seen.status in (200, 400, 404, 409), (method, path, seen.status)
        else:
            assert seen.status == 403, (method, path, seen.status)


def test_nobody_reaches_a_page_without_signing_in(api: Api, line: Line) -> None:
    for method, path, _ in console.rules():
        browser = Browser(api)
        address = _concrete(path, line)
        seen = browser.get(address) if method == "GET" else browser.post(address, {})
        if method == "GET":
            assert "Sign in" in seen.text
        else:
            assert seen.status == 401
            # Whoever needs to stop reads that they have stopped, whatever could not be done.
            assert ("You have stopped" if path == "/pause" else "was not taken") in seen.text


def test_every_route_of_the_console_has_a_rule(line: Line) -> None:
    routes = {
        (method, route.path)
        for route in console.routes(line.wardline)
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert routes == {(method, path) for method, path, _ in console.rules()} | ANYBODYS
    assert all(roles for _, _, roles in console.rules())


def test_a_wrong_password_says_nothing_about_the_name(api: Api, line: Line) -> None:
    somebody(line)
    known = Browser(api).sign_in("mika", "not the password")
    unknown = Browser(api).sign_in("nobody", "not the password")
    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert known.status == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api: Api, line: Line) -> None:
    somebody(line)
    form = Browser(api).get("/sign-in").form("/sign-in")
    answer = api.send(
        "POST", form.action, data={"name": "mika", "password": PASSWORD, "next": ""}, headers={"Origin": HOST}
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_form_from_another_site_is_refused(headers: dict[str, str], desk: Browser, line: Line) -> None:
    line.list_of([picture()])
    line.submit(picture())
    form = desk.get("/queue").form("/queue/next")
    assert desk.post(form.action, form.fields, **headers).status == 403
    assert line.store.cases()[0].claimed_by is None


def test_a_form_without_its_token_is_refused(desk: Browser, line: Line) -> None:
    line.list_of([picture()])
    line.submit(picture())
    assert desk.post("/queue/next", {}).status == 403
    assert desk.post("/queue/next", {"csrf": "0" * 64}).status == 403
    assert line.store.cases()[0].claimed_by is None


def test_signing_out_ends_the_session(desk: Browser, api: Api) -> None:
    cookies = dict(desk.cookies)
    desk.send(desk.get("/queue").form("/sign-out"))
    assert "Sign in" in Browser(api, cookies).get("/queue").text


def test_a_session_ends_by_itself(desk: Browser, line: Line) -> None:
    line.pass_time(timedelta(hours=11))
    assert "Sign in" in desk.get("/queue").text


def test_somebody_who_was_locked_out_is_out_at_once(desk: Browser, line: Line) -> None:
    changing_people.disable_user(line.parts, "mika")
    assert "Sign in" in desk.get("/queue").text


@pytest.mark.parametrize(
    "next_",
    ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"],
)
def test_signing_in_never_leads_to_another_site(next_: str, api: Api, line: Line) -> None:
    somebody(line)
    answer = api.send(
        "POST",
        "/sign-in",
        data={"name": "mika", "password": PASSWORD, "next": next_},
        headers={"Origin": HOST},
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_every_page_keeps_itself_out_of_caches_frames_and_other_peoples_scripts(desk: Browser) -> None:
    for path in ("/queue", "/sign-in", "/pause"):
        headers = desk.get(path).answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_has_script_or_style_of_its_own(api: Api, line: Line) -> None:
    somebody(line, "lea", Role.LEAD)
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    browser = Browser(api)
    browser.sign_in("lea")
    for path in ("/queue", f"/cases/{case.id}", "/referrals", "/holds", "/hash-lists", "/approvals", "/alarms", "/audit",
                 "/statistics", "/people", "/sign-in"):  # fmt: skip
        seen = browser.get(path)
        assert seen.status == 200, path
        assert " style=" not in seen.text, path
        assert "<style" not in seen.text, path
        assert " onclick" not in seen.text, path
        assert "<script>" not in seen.text, path


def test_what_accounts_write_never_becomes_markup(desk: Browser, line: Line) -> None:
    line.submit(picture(), flag="<script>alert(1)</script>")
    case = line.store.cases()[0]
    for path in ("/queue", f"/cases/{case.id}"):
        assert "<script>alert" not in desk.get(path).text
        assert "&lt;script&gt;alert" in desk.get(path).text


def test_the_theme_is_remembered(desk: Browser) -> None:
    seen = desk.send(desk.get("/queue").form("/theme"), theme="dark")
    assert 'data-theme="dark"' in seen.text
    assert 'data-theme="dark"' in desk.get("/queue").text


def test_two_people_activate_a_list(api: Api, line: Line) -> None:
    lea, ada = somebody(line, "lea", Role.LEAD), somebody(line, "ada", Role.ADMIN)
    listed = line.list_of([picture()])
    line.wardline.disable_list(listed.id, user=ada)
    line.wardline.propose_activation(listed.id, user=ada)
    first, second = Browser(api), Browser(api)
    first.sign_in("ada")
    second.sign_in("lea")
    assert [form for form in first.get("/approvals").forms if form.action.endswith("/approve")] == []
    second.send(second.get("/approvals").form("/approve"))
    assert line.store.hash_list(listed.id).state is records.HashListState.ACTIVE
    assert lea.id in {each.decided_by for each in line.store.approvals()}

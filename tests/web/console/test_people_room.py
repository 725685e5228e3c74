from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.acceptance.stories import picture
from tests.web.client import Api
from tests.web.console.browser import PASSWORD, Browser, Seen, somebody
from wardline import records
from wardline.errors import NotAuthenticatedError
from wardline.pipeline import admitting, changing_people, people, sessions
from wardline.records import KeyTrust, Role, Scope
from wardline.testing.harness import Line


@pytest.fixture
def admin(api: Api, line: Line) -> Browser:
    """An administrator who has signed in."""
    somebody(line, "ada", Role.ADMIN)
    browser = Browser(api)
    browser.sign_in("ada")
    return browser


def _token(browser: Browser) -> str:
    return browser.get("/people").form("/pause").fields["csrf"]


def _shown(seen: Seen) -> str:
    """Read the secret that a page shows."""
    found = re.search(r'<output class="secret"[^>]*>([^<]+)</output>', seen.text)
    assert found, "the page shows no secret"
    return found.group(1)


def _person(browser: Browser, user: records.User) -> Seen:
    return browser.get(f"/people/{user.id}")


# --- adding people --------------------------------------------------------------------------------------------------------------------
def test_a_person_is_added_with_a_password_that_is_shown_once(admin: Browser, api: Api, line: Line) -> None:
    seen = admin.send(admin.get("/people/new").form("/people"), name="noor", role="lead")
    password = _shown(seen)
    assert seen.status == 200
    assert seen.answer.headers["cache-control"] == "no-store"
    noor = people.named(line.parts, "noor")
    assert noor.role is Role.LEAD
    for path in ("/people", f"/people/{noor.id}"):
        assert password not in admin.get(path).text
    assert "Your queue" in Browser(api).sign_in("noor", password).text


def test_a_person_is_added_with_a_password_that_was_typed(admin: Browser, api: Api) -> None:
    typed = " spaces count in a password "
    seen = admin.send(admin.get("/people/new").form("/people"), name="noor", role="moderator", password=typed)
    assert "<h1>noor</h1>" in seen.text
    assert typed.strip() not in seen.text
    assert "Your queue" in Browser(api).sign_in("noor", typed).text


@pytest.mark.parametrize(
    ("fields", "status", "points_to"),
    [
        ({"name": "noor"}, 400, "#role"),
        ({"name": "noor", "role": "owner"}, 400, "#role"),
        ({"name": "noor", "role": "lead", "password": "short"}, 400, "#password"),
        ({"name": "", "role": "lead"}, 400, "#name"),
        ({"name": "n" * 65, "role": "lead"}, 400, "#name"),
        ({"name": "no\x00or", "role": "lead"}, 400, "#name"),
        ({"name": "ada", "role": "lead"}, 409, "#name"),
    ],
)
def test_what_cannot_be_added_is_said_with_what_was_typed(
    fields: dict[str, str], status: int, points_to: str, admin: Browser, line: Line
) -> None:
    seen = admin.send(admin.get("/people/new").form("/people"), **fields)
    assert seen.status == status
    assert "Nobody was added" in seen.text
    assert "Code: " in seen.text
    assert points_to in seen.links
    again = seen.form("/people").fields
    assert again["name"] == fields["name"].strip()
    assert again.get("role") == (fields.get("role") if fields.get("role") == "lead" else None)
    assert again["password"] == ""
    assert fields.get("password", "short") not in seen.text
    assert [user.name for user in line.store.users()] == ["ada"]


def test_reloading_the_answer_adds_nobody_twice(admin: Browser, line: Line) -> None:
    form = admin.get("/people/new").form("/people")
    first = admin.send(form, name="noor", role="lead")
    assert admin.send(form, name="noor", role="lead").status == 409
    sessions.sign_in(line.parts, "noor", _shown(first))


# --- changing people ------------------------------------------------------------------------------------------------------------------
def test_a_changed_role_counts_on_the_next_page(desk: Browser, admin: Browser, line: Line) -> None:
    mika = people.named(line.parts, "mika")
    seen = admin.send(_person(admin, mika).form("/role"), role="auditor")
    assert "Auditor, may sign in" in seen.text
    assert desk.get("/queue").status == 403
    assert desk.get("/audit").status == 200


def test_whoever_lost_the_role_while_a_case_was_open_is_refused_and_the_case_is_safe(
    desk: Browser, api: Api, admin: Browser, line: Line
) -> None:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    page = desk.send(desk.get("/queue").form("/queue/next"))
    revealed = desk.send(page.form("/reveals"), show="colour")
    decision = revealed.form("/decisions")
    admin.send(_person(admin, people.named(line.parts, "mika")).form("/role"), role="auditor")

    for refused in (
        desk.send(decision, category="A2"),
        desk.send(page.form("/reveals")),
        desk.get(f"/cases/{case.id}"),
    ):
        assert refused.status == 403
        assert "not for the role auditor, expected lead or moderator" in refused.text
        assert "Nothing was changed" in refused.text
        assert "Your role may have changed" in refused.text
    stored = line.store.case(case.id)
    assert (stored.state, stored.decision_id) == (records.CaseState.OPEN, None)

    line.clock.advance(line.parts.rules.lease)
    somebody(line, "noor")
    other = Browser(api)
    other.sign_in("noor")
    other.send(other.get("/queue").form("/queue/next"))
    assert line.store.case(case.id).claimed_by == people.named(line.parts, "noor").id


def test_whoever_lost_the_role_can_still_give_the_case_back(
    desk: Browser, admin: Browser, line: Line
) -> None:
    line.list_of([picture()])
    case = line.case_of(line.submit(picture()))
    page = desk.send(desk.get("/queue").form("/queue/next"))
    changing_people.change_role(line.parts, "mika", Role.AUDITOR)
    assert "You have stopped" in desk.send(page.form("/pause")).text
    assert line.store.case(case.id).claimed_by is None


def test_somebody_who_forgot_it_gets_a_new_password(
    desk: Browser, api: Api, admin: Browser, line: Line
) -> None:
    mika = people.named(line.parts, "mika")
    form = _person(admin, mika).form("/password")
    seen = admin.send(form)
    password = _shown(seen)
    assert seen.answer.headers["cache-control"] == "no-store"
    assert "Sign in" in desk.get("/queue").text
    assert Browser(api).sign_in("mika").status == 401

    again = admin.send(form)  # the answer was reloaded
    assert again.status == 409
    assert "Your queue" in Browser(api).sign_in("mika", password).text


def test_somebody_who_is_locked_after_failed_tries_is_let_in_again(
    api: Api, admin: Browser, line: Line
) -> None:
    mika = somebody(line, "mika")
    for _ in range(admitting.FAILURES_BEFORE_LOCK):
        Browser(api).sign_in("mika", "not the password")
    assert "locked" in admin.get("/people").text
    page = _person(admin, mika)
    assert "5 wrong passwords" in page.text
    assert PASSWORD not in page.text
    seen = admin.send(page.form("/unlock"))
    assert "may sign in" in seen.text
    assert [form for form in seen.forms if form.action.endswith("/unlock")] == []
    assert "Your queue" in Browser(api).sign_in("mika").text


def test_somebody_is_locked_out_for_good(desk: Browser, api: Api, admin: Browser, line: Line) -> None:
    mika = people.named(line.parts, "mika")
    _, secret = people.create_person_key(line.parts, "desk", mika)
    seen = admin.send(_person(admin, mika).form("/lock-out"))
    assert "locked out for good" in seen.text
    assert [form.action for form in seen.forms if mika.id in form.action] == []
    assert "Sign in" in desk.get("/queue").text
    assert Browser(api).sign_in("mika").status == 401
    with pytest.raises(NotAuthenticatedError):
        people.authenticate(line.parts, secret)


def test_what_cannot_be_undone_is_asked_for_twice(admin: Browser, line: Line) -> None:
    page = _person(admin, somebody(line, "mika")).text
    for action in ("/lock-out", "/password"):
        before = page.split(f'{action}"')[0]
        assert before.rfind("<details>") > before.rfind("</details>"), f"{action} is one click away"


def test_an_administrator_has_no_form_about_themselves_and_is_refused_without_one(
    admin: Browser, line: Line
) -> None:
    ada = people.named(line.parts, "ada")
    somebody(line, "bo", Role.ADMIN)
    assert [form.action for form in _person(admin, ada).forms if ada.id in form.action] == []
    token = _token(admin)
    for act in ("role", "lock-out", "password"):
        sent = {"csrf": token, "role": "lead", "version": str(line.store.user(ada.id).version)}
        seen = admin.post(f"/people/{ada.id}/{act}", sent)
        assert seen.status == 403, act
        assert "Nothing was changed" in seen.text
    assert people.administers(line.store.user(ada.id))


def test_a_role_that_is_none_is_refused_on_the_same_page(admin: Browser, line: Line) -> None:
    mika = somebody(line, "mika")
    seen = admin.send(_person(admin, mika).form("/role"), role="owner")
    assert seen.status == 400
    assert "Nothing was changed" in seen.text
    assert line.store.user(mika.id).role is Role.MODERATOR


def test_a_lead_sees_people_and_keys_and_changes_nothing(api: Api, line: Line) -> None:
    somebody(line, "lea", Role.LEAD)
    mika = somebody(line, "mika")
    line.platform_key()
    lead = Browser(api)
    lead.sign_in("lea")
    page = lead.get("/people")
    assert "mika" in page.text
    assert "example low" in page.text
    assert [form.action for form in page.forms if form.method == "post" and "people" in form.action] == []
    assert [link for link in page.links if link.startswith("/people/")] == []
    assert lead.post(f"/people/{mika.id}/role", {"csrf": _token(lead), "role": "admin"}).status == 403
    assert line.store.user(mika.id).role is Role.MODERATOR


def test_every_act_of_an_administrator_is_in_the_log_with_their_name(admin: Browser, line: Line) -> None:
    ada = people.named(line.parts, "ada")
    admin.send(admin.get("/people/new").form("/people"), name="noor", role="lead")
    noor = people.named(line.parts, "noor")
    admin.send(_person(admin, noor).form("/role"), role="moderator")
    admin.send(_person(admin, noor).form("/password"))
    admin.send(admin.get("/people/keys/new").form("/people/keys"), platform="example", label="uploads")
    admin.send(admin.get("/people").form("/revocation"))
    admin.send(_person(admin, noor).form("/lock-out"))
    while line.sequence():
        pass
    leaves = [leaf.decode() for _, leaf, _ in line.store.log_entries(0, line.store.log_size())]
    for verb in ("user:created", "user:role-changed", "user:password-changed", "api-key:created", "api-key:revoked",
                 "user:disabled"):  # fmt: skip
        assert any(verb in leaf and ada.id in leaf for leaf in leaves), verb
    assert line.verify().ok


# --- keys -----------------------------------------------------------------------------------------------------------------------------
def test_a_platforms_key_is_made_and_its_secret_is_shown_once(admin: Browser, line: Line) -> None:
    form = admin.get("/people/keys/new").form("/people/keys")
    seen = admin.send(form, platform="example", label="uploads", trust="trusted", requests_per_minute="120")
    secret = _shown(seen)
    assert seen.answer.headers["cache-control"] == "no-store"
    key, person = line.wardline.authenticate(secret)
    assert (key.label, key.platform, key.trust, key.requests_per_minute, person) == (
        "uploads",
        "example",
        KeyTrust.TRUSTED,
        120,
        None,
    )
    assert key.scopes == (Scope.ITEMS_WRITE, Scope.ITEMS_READ)
    assert secret not in admin.get("/people").text
    assert admin.send(form, platform="example", label="uploads").status == 409, "the answer was reloaded"
    assert len(line.store.api_keys()) == 1


def test_a_key_gets_low_trust_unless_somebody_chose_more(admin: Browser, line: Line) -> None:
    admin.send(admin.get("/people/keys/new").form("/people/keys"), platform="example", label="uploads")
    assert line.store.api_keys()[0].trust is KeyTrust.LOW


def test_a_key_for_a_platform_that_nobody_set_up_says_what_is_missing(admin: Browser) -> None:
    seen = admin.send(admin.get("/people/keys/new").form("/people/keys"), platform="exmaple", label="uploads")
    assert "names no platform exmaple" in seen.text


@pytest.mark.parametrize(
    ("fields", "points_to"),
    [
        ({"platform": ""}, "#platform"),
        ({"platform": "p" * 64}, "#platform"),
        ({"label": ""}, "#label"),
        ({"label": "a\u2028b"}, "#label"),
        ({"trust": "blind"}, "#trust"),
        ({"requests_per_minute": "0"}, "#requests_per_minute"),
        ({"requests_per_minute": "1e3"}, "#requests_per_minute"),
        ({"requests_per_minute": "9" * 20}, "#requests_per_minute"),
    ],
)
def test_a_key_that_cannot_be_made_keeps_what_was_typed(
    fields: dict[str, str], points_to: str, admin: Browser, line: Line
) -> None:
    sent = {
        "platform": "example",
        "label": "uploads",
        "trust": "trusted",
        "requests_per_minute": "77",
    } | fields
    seen = admin.send(admin.get("/people/keys/new").form("/people/keys"), **sent)
    assert seen.status == 400
    assert "No key was made" in seen.text
    assert points_to in seen.links
    again = seen.form("/people/keys").fields
    for name in ("platform", "label"):
        assert again[name] == sent[name]
    assert line.store.api_keys() == []


def test_a_revoked_key_is_refused_at_once(admin: Browser, line: Line) -> None:
    key = line.platform_key()
    seen = admin.send(admin.get("/people").form("/revocation"))
    assert "revoked" in seen.text
    assert [form.action for form in seen.forms if key.record.id in form.action] == []
    with pytest.raises(NotAuthenticatedError):
        line.wardline.authenticate(key.secret)


def test_what_is_not_there_is_not_found(admin: Browser, line: Line) -> None:
    token = _token(admin)
    assert admin.get(f"/people/{line.parts.new_id('user')}").status == 404
    assert admin.get("/people/keys").status == 400
    assert admin.post(f"/people/{line.parts.new_id('user')}/lock-out", {"csrf": token}).status == 404
    assert (
        admin.post(f"/people/keys/{line.parts.new_id('api-key')}/revocation", {"csrf": token}).status == 404
    )


def test_names_never_become_markup(admin: Browser, line: Line) -> None:
    user = somebody(line, "<b>mika</b>")
    for path in ("/people", f"/people/{user.id}"):
        text = admin.get(path).text
        assert "<b>mika</b>" not in text
        assert "&lt;b&gt;mika" in text


def test_a_lock_that_is_over_is_not_shown_as_one(api: Api, admin: Browser, line: Line) -> None:
    mika = somebody(line, "mika")
    for _ in range(admitting.FAILURES_BEFORE_LOCK):
        Browser(api).sign_in("mika", "not the password")
    line.clock.advance(admitting.FIRST_LOCK + timedelta(seconds=1))
    page = _person(admin, mika).text
    assert "may sign in" in page
    assert "Set the count back" in page


def test_no_page_of_this_room_has_script_or_style_of_its_own(admin: Browser, line: Line) -> None:
    mika = somebody(line, "mika")
    line.platform_key()
    pages = [
        admin.get(path)
        for path in ("/people", "/people/new", "/people/keys/new", f"/people/{mika.id}", "/you")
    ]
    pages.append(admin.send(_person(admin, mika).form("/password")))
    for seen in pages:
        assert seen.status == 200
        for forbidden in (" style=", "<style", " onclick", "<script>"):
            assert forbidden not in seen.text

"""Before a grave act people show again who they are; what they filled in is kept, and nothing is done by half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import HOST, PASSWORD, Browser, somebody
from wardline.pipeline import Rules, admitting
from wardline.pipeline.account_rules import AccountRules
from wardline.records import Role, SecondFactor
from wardline.testing.harness import REPORTER, Line
from wardline.web.console.building import PAGES

LATER = timedelta(minutes=16)


@pytest.fixture
def admin(api: Api, line: Line) -> Browser:
    somebody(line, "ada", Role.ADMIN)
    browser = Browser(api)
    browser.sign_in("ada")
    return browser


def test_the_acts_that_ask_again_are_these() -> None:
    assert {(page.method, page.path) for page in PAGES if page.grave} == {
        ("POST", "/approvals/{approval_id}/approve"), ("POST", "/approvals/{approval_id}/refuse"), ("POST", "/people"),
        ("POST", "/automation/proposals"), ("POST", "/destructions"), ("POST", "/preservations/{preservation_id}/end"),
        ("POST", "/people/{user_id}/role"), ("POST", "/people/{user_id}/password"), ("POST", "/people/{user_id}/keys"),
        ("POST", "/people/{user_id}/lock-out"), ("POST", "/people/keys"), ("POST", "/people/keys/{api_key_id}/revocation"),
        ("POST", "/referrals/{referral_id}/filed-before"), ("POST", "/referrals/{referral_id}/receiver"),
        ("POST", "/referrals/{referral_id}/withdrawal"), ("POST", "/referrals/{referral_id}/second"), ("POST", "/exports"),
        ("POST", "/exports/{export_id}/document"), ("POST", "/holds/{hold_id}/export"), ("POST", "/you/passkeys"), ("POST", "/you/passkeys/{passkey_id}/removal"), ("POST", "/you/accounts/{provider}/link"),
        ("POST", "/you/accounts/{identity_id}/unlink"),
    }  # fmt: skip


def test_a_grave_act_asks_for_the_password_and_is_done_with_it(admin: Browser, line: Line) -> None:
    form = admin.get("/people/new").form("/people")
    line.clock.advance(LATER)
    asked = admin.send(form, name="noor", role="lead")
    assert asked.status == 403
    assert "Nothing was done yet" in asked.text
    assert line.store.user_named("noor") is None
    assert "Add a person" in asked.text, "it says what was asked for"
    assert '<a class="btn btn-plain" href="/people">Back without doing it</a>' in asked.text
    again = asked.form("/people")
    assert (again.fields["name"], again.fields["role"]) == ("noor", "lead")

    wrong = admin.send(again, proof_password="not the password")
    assert wrong.status == 401
    assert line.store.user_named("noor") is None
    done = admin.send(wrong.form("/people"), proof_password=PASSWORD)
    assert done.status == 200
    noor = line.store.user_named("noor")
    assert noor is not None
    assert noor.role is Role.LEAD
    # What was shown counts for a while.
    assert admin.send(form, name="otto", role="auditor").status == 200
    assert line.verify().ok


def test_wrong_passwords_before_a_grave_act_lock_like_others(admin: Browser, line: Line) -> None:
    form = admin.get("/people/new").form("/people")
    line.clock.advance(LATER)
    asked = admin.send(form, name="noor", role="lead")
    for _ in range(admitting.FAILURES_BEFORE_LOCK):
        asked = admin.send(asked.form("/people"), proof_password="not the password")
    assert admin.send(asked.form("/people"), proof_password=PASSWORD).status == 401
    assert line.store.user_named("noor") is None


def test_a_forged_key_before_a_grave_act_is_refused(admin: Browser, line: Line) -> None:
    form = admin.get("/people/new").form("/people")
    line.clock.advance(LATER)
    asked = admin.send(form, name="noor", role="lead").form("/people")
    for fields in (
        {"proof_answer": "{}", "proof_journey": "x"}, {"proof_answer": "no json"}, {"proof_password": ""}
    ):  # fmt: skip
        assert admin.send(asked, **fields).status in (403, 409)
    assert line.store.user_named("noor") is None


def test_what_a_page_asks_by_itself_keeps_no_session_open(desk: Browser, line: Line) -> None:
    for _ in range(60):
        desk.request("GET", "/queue/count", {"HX-Request": "true"})
        line.clock.advance(timedelta(minutes=1))
    assert "Sign in" in desk.get("/queue").text


# --- where the settings name an address -----------------------------------------------------------------------------------------------
@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[Line]:
    """An installation that takes security keys, and whose leads have to show one."""
    factors = {**AccountRules().second_factor, Role.LEAD: SecondFactor.REQUIRED}
    rules = Rules(reporter=REPORTER, accounts=AccountRules(address=HOST, second_factor=factors))
    with Line(tmp_path, rules=rules, replaced={"password_hasher": CHEAP}) as made:
        yield made


def test_whoever_needs_a_key_first_gets_nothing_but_the_page_for_it(keyed: Line) -> None:
    from wardline.web.app import create_app

    somebody(keyed, "lea", Role.LEAD)
    lea = Browser(Api(create_app(keyed.wardline, low_trust_answer_seconds=0)))
    assert lea.sign_in("lea").status == 403
    for path in ("/queue", "/people", "/audit", "/referrals"):
        seen = lea.get(path)
        assert seen.status == 403
        assert "Your role needs a security key" in seen.text
    for path in ("/you", "/you/passkeys/new", "/pause"):
        assert lea.get(path).status == 200
    token = lea.get("/you").form("/sign-out").fields["csrf"]
    assert lea.post("/you/accounts/example/link", {"csrf": token}).status == 403


def test_answers_that_no_key_gave_let_nobody_in(keyed: Line) -> None:
    from wardline.web.app import create_app

    somebody(keyed)
    browser = Browser(Api(create_app(keyed.wardline, low_trust_answer_seconds=0)))
    for answer in (
        "",
        "{}",
        "[]",
        "no json",
        '{"id": 7}',
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
        "x" * 30_000,
    ):
        page = browser.send(browser.get("/sign-in").form("/sign-in/passkey"))
        form = page.form("/sign-in/key")
        assert browser.send(form, answer=answer).status == 401
        assert browser.send(form, answer=answer).status == 409, "a question is answered once"
    assert "wardline_session" not in browser.cookies
    page = browser.send(browser.get("/sign-in").form("/sign-in/passkey"))
    refused = browser.post(
        "/sign-in/key", page.form("/sign-in/key").fields, Origin="http://elsewhere.example"
    )
    assert refused.status == 403
